// Makes modules of src importable here: one is bundled with what it imports into dist, where it also finds the package's folder.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ROOT, temporaryFolder } from './run.mjs'

let folder = ''

/** Imports a module of src by its path there, like `catalog/find.ts`. */
export async function source(/** @type {string} */ path) {
  mkdirSync(join(ROOT, 'dist'), { recursive: true })
  folder ||= temporaryFolder(join(ROOT, 'dist'))
  const outfile = join(folder, path.replace(/\W/g, '-').replace(/-ts$/, '.mjs'))
  await build({
    entryPoints: [join(ROOT, 'src', path)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  return import(pathToFileURL(outfile).href)
}
