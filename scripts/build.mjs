// Bundles src into dist and makes the poster fonts. Runs from a fresh clone (after npm install) and from `npm pack`.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { makeFonts } from './fonts.mjs'

const home = fileURLToPath(new URL('..', import.meta.url))
// Native code, and what few commands load. Everything else is bundled: it costs a third of its many small files at start-up.
const external = ['@e965/xlsx', 'better-sqlite3', 'canvas', 'csv-stringify', 'inquirer', 'node-fetch', 'saxes', 'yauzl']

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: home,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external,
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
}

// The fonts stay: makeFonts knows when they are out of date.
for (const name of ['cli.js', 'chunks', '.built']) rmSync(`${home}/dist/${name}`, { recursive: true, force: true })
const rules = await compileRules()
await build({
  ...common,
  // Threads are found beside the chunk that starts them.
  entryPoints: { cli: 'src/cli.ts', 'chunks/reader': 'src/share/poster/reader.js', 'chunks/thread': 'src/settle/thread.ts' },
  outdir: 'dist',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // yoga-layout would fetch the WebAssembly that it holds, and node's fetch takes 40 ms to load; without one it decodes it at once.
  define: { fetch: 'undefined' },
  plugins: [
    {
      name: 'compiled word lists',
      setup: ({ onLoad }) =>
        onLoad({ filter: /copy\/compiled\.ts$/ }, () => ({
          contents: `export const compiled = ${JSON.stringify(JSON.stringify(rules))}`,
        })),
    },
  ],
})
await makeFonts()

/** What src/share/copy/adwords.ts makes of the word lists. */
async function compileRules() {
  const outfile = `${home}/dist/compile.mjs`
  await build({ ...common, entryPoints: ['src/share/copy/adwords.ts'], outfile })
  try {
    const { compileAdRules } = await import(outfile)
    return compileAdRules(home)
  } finally {
    rmSync(outfile)
  }
}
