// Bundles src into dist and makes the poster fonts. Runs from a fresh clone (after npm install) and from `npm pack`.
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { makeFonts } from './fonts.mjs'

const root = new URL('..', import.meta.url)
const { dependencies } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
// What most commands need at start-up: bundled, they cost a third of their many small files.
const bundled = ['commander', 'chalk', 'yaml', 'zod', 'string-width']

// The fonts stay: makeFonts knows when they are out of date.
for (const name of ['cli.js', 'chunks', '.built']) rmSync(new URL(`dist/${name}`, root), { recursive: true, force: true })
await build({
  absWorkingDir: new URL('.', root).pathname,
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  external: Object.keys(dependencies).filter((name) => !bundled.includes(name)),
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
await makeFonts()
