import { existsSync } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownPid } from '../context.ts'
import { escaped, pageHead } from '../html.ts'
import { minorDigits, readDecimal } from '../money.ts'
import { priceOf } from './facts.ts'
import { SCRIPT, STYLE } from './gallery-style.ts'
import { MANIFEST_FILE, type Manifest, type RecruitManifest, readManifest, type SharedPoster } from './manifest.ts'

export const GALLERY_FILE = 'index.html'
const MARK = '<meta name="generator" content="shoptool">'

/**
 * Writes `index.html` beside the bundles of a folder, with all of them that are there: pictures, texts to copy, links, prices and warnings.
 * The page needs nothing but the pictures. The same bundles give the same bytes. Returns its path; null where another program's
 * index.html stands there.
 */
export async function writeGallery(out: string, shopName: string): Promise<string | null> {
  const path = join(out, GALLERY_FILE)
  if (existsSync(path) && !(await readFile(path, 'utf8')).includes(MARK)) return null
  const fresh = join(out, `.${GALLERY_FILE}.${ownPid()}.new`)
  const names = { partners: new Map<string, string>(), channels: new Set<string>(), count: 0 }
  for await (const { manifest } of bundlesIn(out)) {
    names.count++
    if (!('product' in manifest)) continue
    names.partners.set(manifest.partner.id, manifest.partner.name)
    for (const { channel } of manifest.copy) names.channels.add(channel)
  }
  // Thousands of bundles are never in memory at once.
  const file = await open(fresh, 'w')
  try {
    await writePage(file, out, shopName, names)
  } catch (error) {
    await rm(fresh, { force: true })
    throw error
  } finally {
    await file.close()
  }
  await rename(fresh, path)
  return path
}

type Names = { partners: ReadonlyMap<string, string>; channels: ReadonlySet<string>; count: number }

async function writePage(file: FileHandle, out: string, shopName: string, names: Names): Promise<void> {
  const options = (pairs: Iterable<readonly [string, string]>) =>
    [...pairs].map(([value, text]) => `<option value="${escaped(value)}">${escaped(text)}</option>`).join('')
  await file.write(`${pageHead({ title: `${shopName} · 分享素材`, style: STYLE, script: SCRIPT, pictures: true, meta: MARK })}
<body>
<header>
<h1>${escaped(shopName)} · 分享素材 <span lang="en">to share</span></h1>
<p class="sub">${names.count} 件 · 长按图片保存，文字一键复制 · <span lang="en">long-press a picture to save it</span></p>
</header>
<form class="tools" role="search" hidden>
<label class="words">查找 <input id="words" type="search" placeholder="名称、编号 · title, sku" autocomplete="off"></label>
<label>平台 <select id="partner"><option value="">全部 · all</option>${options(names.partners)}</select></label>
<label>渠道 <select id="channel"><option value="">全部 · all</option>${options([...names.channels].map((name) => [name, name] as const))}</select></label>
<p class="count" role="status"></p>
</form>
<main>
`)
  for await (const { dir, manifest } of bundlesIn(out))
    await file.write('product' in manifest ? goodsArticle(dir, manifest) : recruitArticle(dir, manifest))
  await file.write(`<p class="none" hidden>没有找到 · <span lang="en">nothing found</span></p>
</main>
<p class="told" role="status" aria-live="polite"></p>
<script>${SCRIPT}</script>
</body>
</html>
`)
}

/** The bundles right below a folder, whichever run made them, by the names of their folders. */
async function* bundlesIn(out: string): AsyncGenerator<{ dir: string; manifest: Manifest | RecruitManifest }> {
  for (const dir of (await readdir(out)).sort()) {
    if (dir.startsWith('.') || !existsSync(join(out, dir, MANIFEST_FILE))) continue
    const read = await readManifest(join(out, dir))
    if (read.kind === 'bundle' || read.kind === 'recruit') yield { dir, manifest: read.manifest }
  }
}

function goodsArticle(dir: string, { partner, product, posters, copy, link, warnings, asOf }: Manifest): string {
  const { sku, title, price, finalPrice, currency, coupon } = product
  const words = [title, sku, partner.id, partner.name, product.shop ?? '', product.brand ?? ''].join(' ').toLowerCase()
  const amount = (text: string) => escaped(priceOf(readDecimal(text, minorDigits(currency))!, currency).text)
  const before = price === finalPrice ? '' : `<s>${amount(price)}</s>`
  const until = coupon?.until ? `，至 ${escaped(coupon.until.slice(0, 10))}` : ''
  const off = coupon === null ? '' : `<span>券 ${amount(coupon.amount)}${until}</span>`
  const texts = copy.map(({ channel, headline, main, comment }) => {
    const parts = [
      ...(headline ? [textPart(channel, '标题', 'headline', headline)] : []),
      textPart(channel, '正文', 'main', main),
      ...(comment ? [textPart(channel, '首条评论', 'first comment', comment)] : []),
    ]
    return `<details data-channel="${escaped(channel)}"><summary>${escaped(channel)} <span>${escaped(main.split('\n', 1)[0]!)}</span></summary>${parts.join('')}</details>`
  })
  const told =
    warnings.length === 0
      ? ''
      : `<ul class="warnings">${[...new Set(warnings)].map((one) => `<li>${escaped(one)}</li>`).join('')}</ul>`
  return `<article data-partner="${escaped(partner.id)}" data-words="${escaped(words)}">
<header><div><h2>${escaped(title)}</h2><p class="note">${escaped(partner.name)} · ${escaped(sku)} · 价格截至 ${escaped(asOf)}</p></div><p class="price"><b>${amount(finalPrice)}</b>${before}${off}</p></header>
${pictureList(dir, posters, title)}
<div>${texts.join('')}${linkPart(link)}${told}</div>
</article>
`
}

function recruitArticle(dir: string, { shop, member, posters, link }: RecruitManifest): string {
  const title = `${shop.name} · 招募${member === null ? '' : ` · ${member}`}`
  return `<article data-partner="" data-words="${escaped(title.toLowerCase())}">
<header><div><h2>${escaped(title)}</h2></div></header>
${pictureList(dir, posters, title)}
<div>${linkPart(link)}</div>
</article>
`
}

function textPart(channel: string, name: string, english: string, text: string): string {
  return `<div class="text"><p>${name} <span lang="en">${english}</span></p><pre data-text>${escaped(text)}</pre><button type="button" data-copy="${escaped(channel)} ${name}" aria-label="复制 ${escaped(channel)} ${name}">复制</button></div>`
}

function linkPart(link: string): string {
  // Only what a browser should follow is a link; all else is text.
  const shown = /^https?:\/\//i.test(link)
    ? `<a href="${escaped(link)}" rel="noopener noreferrer" data-text>${escaped(link)}</a>`
    : `<span data-text>${escaped(link)}</span>`
  return `<div class="text link"><p>链接 <span lang="en">link</span></p>${shown}<button type="button" data-copy="链接" aria-label="复制链接">复制</button></div>`
}

function pictureList(dir: string, posters: readonly SharedPoster[], title: string): string {
  const items = posters
    .filter(({ pictures }) => pictures.length > 0)
    .map(({ style, scheme, size, pictures }) => {
      const name = `${style} · ${scheme} · ${size}`
      const images = pictures.map(({ file, width, height }, i) => {
        const path = escaped(`${encodeURIComponent(dir)}/${encodeURIComponent(file)}`)
        const what = pictures.length === 1 ? name : `${name} · ${i + 1}/${pictures.length}`
        return `<a href="${path}"><img src="${path}" width="${width}" height="${height}" loading="lazy" decoding="async" alt="${escaped(`${title}，海报 ${what}`)}"></a>`
      })
      // As many columns as there are tiles of one height: a square number of them, as posts show them.
      const columns = Math.ceil(Math.sqrt(pictures.length))
      const inner =
        pictures.length === 1
          ? images[0]!
          : `<div class="tiles" style="grid-template-columns:repeat(${columns},1fr)">${images.join('')}</div>`
      return `<li>${inner}<p>${escaped(name)}</p></li>`
    })
  return `<ul class="pictures" tabindex="0" aria-label="海报 posters">${items.join('')}</ul>`
}
