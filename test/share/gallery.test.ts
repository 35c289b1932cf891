import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeBundle, openStudio } from '../../src/share/bundle.ts'
import { writeGallery } from '../../src/share/gallery.ts'
import { faint, inBrowser, small } from './browser.ts'
import { makeContext, makeItem, makeWorkspace } from './studio.ts'

const HOSTILE = `<script>document.title='taken'</script> "雨伞" & 'co' <img src=x onerror=alert(1)>`
const out = mkdtempSync(join(tmpdir(), 'shoptool-gallery-'))

beforeAll(async () => {
  const studio = await openStudio(makeContext(), { folder: makeWorkspace(), channels: {}, photoHosts: [] }, 2)
  const options = { out, styles: ['card'], sizes: ['square'], channels: ['moments', 'weibo'], format: 'jpeg' } as const
  await makeBundle(studio, makeItem({ sku: '1', title: HOSTILE }), options)
  await makeBundle(studio, makeItem({ sku: '2', couponUntil: '2026-11-01T00:00:00+08:00' }), {
    ...options,
    channels: ['moments'],
  })
  await makeBundle(studio, makeItem({ sku: '3' }, { partner: { id: 'jd', name: '京东' } }), options)
  await writeGallery(out, '小鹿 <好物>')
}, 60_000)

describe('the gallery page', () => {
  const page = () => readFileSync(join(out, 'index.html'), 'utf8')

  it('lists every bundle of the folder with pictures beside it, texts, link, price and warnings, all escaped', () => {
    const html = page()
    expect(html.match(/<article /g)).toHaveLength(3)
    for (const dir of ['taobao-1', 'taobao-2', 'jd-3'])
      expect(html).toContain(`<img src="${dir}/card-square.jpeg" width="1080" height="1080" loading="lazy"`)
    expect(html).toContain('&lt;script&gt;document.title=&#39;taken&#39;&lt;/script&gt;')
    expect(html.match(/<script>/g)).toHaveLength(1)
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('小鹿 &lt;好物&gt;')
    expect(html).toContain('<b>¥259</b><s>¥279</s>')
    expect(html).toContain('the coupon ended on 2026-11-01; it was left out')
    expect(html).not.toMatch(/commission|4\.66/)
    expect(html).not.toMatch(/(src|href)="(?!taobao-|jd-|https:\/\/s\.click)/)
  })

  it('is the same, byte for byte, when written again, and passes over what is no bundle', async () => {
    const before = page()
    mkdirSync(join(out, 'other'), { recursive: true })
    writeFileSync(join(out, 'other/manifest.json'), '{}')
    writeFileSync(join(out, 'notes.txt'), 'mine')
    expect(await writeGallery(out, '小鹿 <好物>')).toBe(join(out, 'index.html'))
    expect(page()).toBe(before)
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('says once what holds for several posters', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-gallery-'))
    const manifest = JSON.parse(readFileSync(join(out, 'jd-3/manifest.json'), 'utf8'))
    mkdirSync(join(folder, 'jd-3'))
    writeFileSync(join(folder, 'jd-3/manifest.json'), JSON.stringify({ ...manifest, warnings: ['cut', 'cut', 'old'] }))
    await writeGallery(folder, 'shop')
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toContain('<ul class="warnings"><li>cut</li><li>old</li></ul>')
  })

  it('leaves the page of another program alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shoptool-gallery-'))
    writeFileSync(join(folder, 'index.html'), '<h1>mine</h1>')
    expect(await writeGallery(folder, 'shop')).toBeNull()
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('<h1>mine</h1>')
  })
})

inBrowser((open) => {
  const gallery = join(out, 'index.html')
  const shown = (page: Page) => page.locator('article:visible').count()

  it('copies texts and links and says so, filters and counts', async () => {
    const page = await open(gallery, { permissions: ['clipboard-read', 'clipboard-write'] })
    const article = page.locator('article').filter({ hasText: '京东' })
    await article.locator('summary').first().click()
    const main = readFileSync(join(out, 'jd-3/moments-main.txt'), 'utf8').trimEnd()
    await article.getByRole('button', { name: '复制 moments 正文' }).click()
    expect(await page.locator('[aria-live]').textContent()).toBe('已复制 · copied: moments 正文')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(main)
    // as browsers that give a file no clipboard
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await page.evaluate("document.addEventListener('copy', () => { window.copied = document.activeElement.value })")
    await article.getByRole('button', { name: '复制链接' }).press('Enter')
    await page.waitForFunction('window.copied !== undefined')
    expect(await page.evaluate('window.copied')).toBe(makeItem().link)
    expect(await page.title()).toBe('小鹿 <好物> · 分享素材')
    await filters(page)
  })

  // By word, partner and channel.
  async function filters(page: Page) {
    expect(await shown(page)).toBe(3)
    await page.getByLabel('查找').fill('雨伞 <SCRIPT>')
    expect([await shown(page), await page.locator('.count').textContent()]).toEqual([1, '1 / 3'])
    await page.getByLabel('查找').fill('')
    await page.getByLabel('平台').selectOption('taobao')
    expect(await shown(page)).toBe(2)
    await page.getByLabel('渠道').selectOption('weibo')
    expect(await shown(page)).toBe(1)
    expect(
      await page.locator('details:visible').evaluateAll((all) => all.map((one) => one.getAttribute('data-channel'))),
    ).toEqual(['weibo'])
    expect(await page.getByText('没有找到').isVisible()).toBe(false)
    await page.getByLabel('查找').fill('没有这样的')
    expect([await shown(page), await page.getByText('没有找到').isVisible()]).toEqual([0, true])
  }

  it('fits a phone of 360 pixels, in the dark too, shows its pictures, and asks for nothing', async () => {
    const page = await open(gallery, { viewport: { width: 360, height: 740 }, colorScheme: 'dark' })
    await page.locator('summary').first().click()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(
      await page
        .locator('img')
        .first()
        .evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode()),
    ).toBeUndefined()
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(19, 20, 22)')
    expect([await small(page), await faint(page)]).toEqual([[], []])
  })

  it('shows all texts where scripts are off', async () => {
    const page = await open(gallery, { javaScriptEnabled: false })
    expect(await shown(page)).toBe(3)
    expect(await page.locator('.tools').isVisible()).toBe(false)
    await page.locator('summary').first().click()
    expect(await page.locator('pre:visible').first().textContent()).toContain('广告')
  })
})
