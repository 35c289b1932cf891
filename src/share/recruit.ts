import { join } from 'node:path'
import type { Day } from '../day.ts'
import type { Disclosure } from '../workspace.ts'
import { addPictures, type Bundle, choose, listPosters } from './bundle.ts'
import type { ShopFacts } from './facts.ts'
import { describeFiles, replaceFolder } from './folder.ts'
import { MANIFEST_FILE, type RecruitManifest } from './manifest.ts'
import { safeName } from './name.ts'
import type { Format } from './poster/encode.ts'
import { drawPoster, type Studio, type Subject, weightOf } from './studio.ts'

/** What a recruiting poster is about. `link` is where its QR leads, `linkOfShop` whether shoptool.yaml says so, `member` who invites. */
export type Recruiting = {
  name: string
  link: string
  linkOfShop: boolean
  slogan: string | null
  member: string | null
  asOf: Day
  disclosure: Disclosure
}

export const recruiting = ({ name, link, slogan, member, asOf, disclosure }: Omit<Recruiting, 'linkOfShop'>): Subject => ({
  name: 'recruit',
  facts: (size): ShopFacts => ({ shop: { name, link, slogan }, member, asOf, size, disclosure }),
})

/**
 * Makes posters that recruit for the operator's shop, with templates that are `of: shop`, and puts them with link and manifest into
 * `<out>/recruit/`, or `<out>/recruit-<member>/`, whole or not at all. The same call and tool give the same bytes.
 * @throws ShoptoolError before anything is written; usageError where the folder is there and is no bundle.
 */
export async function makeRecruiting(
  studio: Studio,
  about: Recruiting,
  options: { styles?: readonly string[]; sizes?: readonly string[]; format: Format; out: string },
): Promise<Pick<Bundle, 'dir' | 'posters' | 'warnings'>> {
  const chosen = choose(studio.styles, options, 'shop')
  const subject = recruiting(about)
  const drawn = await Promise.all(
    chosen.map((one) => studio.slot(() => drawPoster(studio, subject, one, options.format), weightOf(one))),
  )
  const files = new Map<string, Buffer>()
  const posters = addPictures(files, chosen, drawn, options.format)
  const { name, link, linkOfShop, slogan, member, asOf } = about
  files.set('link.txt', Buffer.from(`${link}\n`))
  const manifest: RecruitManifest = {
    ...{ schema: 'shoptool.recruit.v1', tool: studio.tool, asOf, shop: { name, link, slogan }, member, link, linkOfShop },
    posters,
    files: describeFiles(files),
  }
  files.set(MANIFEST_FILE, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`))
  const dir = join(options.out, safeName(member === null ? 'recruit' : `recruit-${member}`))
  await replaceFolder(dir, files)
  return { dir, posters: listPosters(manifest), warnings: drawn.flatMap(({ warnings }) => warnings) }
}
