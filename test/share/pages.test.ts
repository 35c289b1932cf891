import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeBundle } from '../../src/share/bundle.ts'
import { passages, readCalendar } from '../../src/share/channel.ts'
import { writeGallery } from '../../src/share/gallery.ts'
import { planChannel } from '../../src/share/plan.ts'
import { type PlanRow, renderPlan } from '../../src/share/plan-page.ts'
import { openStudio } from '../../src/share/studio.ts'
import type { Form } from '../../src/workspace.ts'
import { faint, inBrowser, small } from './browser.ts'
import { HOME, makeContext, makeItem, makeWorkspace } from './studio.ts'

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

/** Codes of Taobao may be sent to a group with a warning, pictures without one. */
const group = (name: string, forms: Form[] = ['code']) => {
  const channel = planChannel({ name, surface: 'wechat/group', forms, daily: null, texts: null })
  return { channel, forms: passages(readCalendar(HOME, '/nowhere'), channel, ['taobao'], '2026-11-25') }
}
const row = (at: string, title: string, changes: Partial<PlanRow> = {}): PlanRow => ({
  ...{
    at,
    ...group('<b>群', ['image']),
    product: { ...makeItem({ title }).product, partner: 'taobao' },
    state: 'new',
    problem: null,
  },
  ...changes,
})

describe('the page of a plan', () => {
  it('has a box for each post, by days, with everything escaped and nothing from elsewhere', () => {
    const page = renderPlan(
      '小鹿 & 好物',
      [
        row('2026-11-25T10:20', '<script>alert(1)</script>"', { problem: 'its coupon <ended>' }),
        row('2026-11-26T09:00', '伞', { state: 'posted' }),
      ],
      '2026-11-25',
      2,
    )
    expect(page.match(/<input type="checkbox"/g)).toHaveLength(2)
    expect(page.match(/ checked disabled/g)).toHaveLength(1)
    expect(page.match(/<section>/g)).toHaveLength(2)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;')
    expect(page).toContain('its coupon &lt;ended&gt;')
    expect(page).toContain('小鹿 &amp; 好物 · 2026-11-25 至 2026-11-26')
    expect(page).toContain('11月26日</time> <small>周四 · <span class="posts">1</span> 条')
    expect(page).not.toMatch(/<b>群|https?:|src=/)
    expect(page.match(/<script>/g)).toHaveLength(1)
  })

  it('says once a day what to be careful of, and on which channels', () => {
    const rows = ['甲', '乙', '甲'].map((name, i) => row(`2026-11-25T1${i}:00`, '伞', group(name)))
    expect(renderPlan('小鹿', rows, '2026-11-25', 1).match(/<p class="careful".*/g)).toEqual([
      '<p class="careful" data-channels="甲 乙">! 甲、乙 口令：微信自 2018 年 5 月起管控淘口令，发出后可能被折叠或拦截</p>',
    ])
  })

  it('of nothing says so', () => {
    expect(renderPlan('小鹿', [], '2026-11-25', 1)).toContain('这几天没有要发的。')
  })
})

inBrowser(({ phone, scriptless }) => {
  const gallery = join(out, 'index.html')
  const shown = (page: Page) => page.locator('article:visible').count()
  const plan = join(out, 'plan.html')
  const long = group('customers-of-the-shop-at-the-corner-who-buy-umbrellas')
  const posts = [
    row('2026-11-25T10:20', '<script>alert(1)</script>', { problem: 'its coupon has ended' }),
    row('2026-11-25T11:20', 'LIMITED'.repeat(40), long),
    row('2026-11-26T09:00', '伞', { ...long, state: 'posted' }),
  ]
  beforeAll(() => writeFileSync(plan, renderPlan('小鹿', posts, '2026-11-25', 2)))

  it('the gallery copies texts and links and says so, filters and counts', async () => {
    const page = await phone(gallery)
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

  it.each([
    ['gallery', gallery],
    ['plan', plan],
  ])('the %s fits a phone of 360 pixels, is legible in the dark, and easy to touch', async (_, path) => {
    const page = await phone(path)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(19, 20, 22)')
    await page.evaluate("document.querySelector('details')?.setAttribute('open', '')")
    expect([await small(page), await faint(page)]).toEqual([[], []])
    await page.evaluate('Promise.all([...document.images].map((image) => image.decode()))')
  })

  it('the plan keeps what is ticked off, counts and filters it, all by keyboard', async () => {
    const page = await phone(plan)
    const state = () =>
      page.evaluate(`[document.getElementById('count').textContent,
        [...document.querySelectorAll('li')].map((post) => post.hidden ? '' : post.querySelector('input').checked ? 'done' : 'open').join()]`)
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key)
    }
    expect(await state()).toEqual(['1 / 3', 'open,open,done'])
    expect(await page.getByText('<script>alert(1)</script>').count()).toBe(1)
    await press('Tab', 'Tab', 'Tab', 'Tab', 'Space') // past the filter: all and two channels
    expect(await state()).toEqual(['2 / 3', 'done,open,done'])
    await page.reload()
    expect(await state()).toEqual(['2 / 3', 'done,open,done'])
    await press('Tab', 'Tab', 'Enter')
    expect(await state()).toEqual(['1 / 1', 'done,,'])
    expect(await page.locator('.careful:visible').count()).toBe(0)
    expect(await page.locator('section:visible .posts').allTextContents()).toEqual(['1'])
    await press('Tab', 'Tab', 'Space', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab', 'Enter')
    expect(await state()).toEqual(['1 / 3', 'open,open,done'])
    await page.reload()
    expect(await state()).toEqual(['1 / 3', 'open,open,done'])
    await press('Tab', 'Tab', 'Tab', 'Enter')
    expect(await state()).toEqual(['1 / 2', ',open,done'])
    expect(await page.locator('.careful:visible').count()).toBe(2)
  })

  it('the gallery shows all texts where scripts are off', async () => {
    const page = await scriptless(gallery)
    expect([await shown(page), await page.locator('.tools').isVisible()]).toEqual([3, false])
    await page.locator('summary').first().click()
    expect(await page.locator('pre:visible').first().textContent()).toContain('广告')
    expect(await faint(page)).toEqual([])
  })

  it('the plan is a list to read where scripts are off', async () => {
    const page = await scriptless(plan)
    expect(await page.locator('li:visible').count()).toBe(3)
    expect(await page.locator('.tools').isVisible()).toBe(false)
    expect(await faint(page)).toEqual([])
  })
})
