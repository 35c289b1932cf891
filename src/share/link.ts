import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { dataError } from '../errors.ts'
import type { Links } from '../feeds/api.ts'
import { keepLinks, type MadeLinks } from '../store/links.ts'
import type { Database } from '../store/open.ts'
import type { Workspace } from '../workspace.ts'
import { safeName } from './name.ts'

/** The first bytes of the pictures that partners give. */
const ENDINGS = { '89504e47': 'png', ffd8ff: 'jpg', '47494638': 'gif' }

/**
 * Keeps what a partner gave for goods, in place of what it gave before for the same; a picture goes to out/links/.
 * @throws ShoptoolError (data) where the picture is none.
 */
export function keepGiven(
  db: Database,
  workspace: Pick<Workspace, 'folder' | 'out'>,
  goods: { partner: string; sku: string },
  whom: Omit<MadeLinks, 'values'>,
  { link, shortLink, code, miniProgram, picture }: Links,
): MadeLinks {
  const values = {
    ...(link !== null && { link }),
    ...(shortLink !== null && { shortLink }),
    ...(code !== null && { code }),
    ...(miniProgram !== null && { miniProgram: JSON.stringify(miniProgram) }),
    ...(picture !== null && { picture: writePicture(workspace, [goods.partner, goods.sku, whom.channel, whom.member], picture) }),
  }
  const made = { ...whom, values }
  keepLinks(db, goods, made)
  return made
}

/** Writes the picture beside its place and moves it there. Returns its path in the workspace. */
function writePicture({ folder, out }: Pick<Workspace, 'folder' | 'out'>, parts: readonly string[], picture: Buffer): string {
  const name = parts.filter((part) => part !== '').join('-')
  const ending = Object.entries(ENDINGS).find(([mark]) => picture.toString('hex', 0, 4).startsWith(mark))?.[1]
  if (!ending) throw dataError(`${name}: the partner gave a picture that is neither PNG, JPEG nor GIF`)
  const path = join(out, 'links', `${safeName(name)}.${ending}`)
  mkdirSync(join(out, 'links'), { recursive: true })
  writeFileSync(`${path}.new`, picture)
  renameSync(`${path}.new`, path)
  return relative(folder, path)
}
