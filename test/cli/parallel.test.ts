import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { describe as describeProgress, showFetches } from '../../src/commands/progress.ts'
import { realContext } from '../../src/context.ts'
import { startHost } from '../feeds/host.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

const { fetch } = realContext()
const goods = (sku: number) => `sku,title,price\n${sku},茶杯,9.90\n`

/** Hosts that all hold back their answers until `release` says so, and a workspace with a source of each. */
async function hosts(count: number, release: (waiting: number, open: Set<number>) => boolean) {
  const waiting = new Map<number, ServerResponse>()
  let most = 0
  const urls = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const { url } = await startHost((response) => {
        waiting.set(i, response)
        most = Math.max(most, waiting.size)
        if (!release(waiting.size, new Set(waiting.keys()))) return
        for (const [at, one] of [...waiting]) {
          waiting.delete(at)
          one.end(goods(at))
        }
      })
      return url
    }),
  )
  const sources = urls.map((url, i) => `  s${i}: { partner: acme, feed: products, url: "${url}" }\n`).join('')
  return { cwd: workspaceWith(`sources:\n${sources}`, { 'partners/acme.yaml': ACME }), most: () => most }
}

describe('sources are fetched in parallel', () => {
  it('the first waits for the last here, and results come in the order of the sources', async () => {
    const { cwd } = await hosts(3, (waiting) => waiting === 3)
    const { code, stdout } = await run(['sync'], { cwd, fetch })
    expect([code, stdout.split('\n').map((line) => line.split('\t').slice(0, 4).join(' '))]).toEqual([
      0,
      ['s0 applied 1 1', 's1 applied 1 1', 's2 applied 1 1', ''],
    ])
  })

  it('six at a time', async () => {
    let released = false
    const { cwd, most } = await hosts(9, (waiting) => {
      released ||= waiting === 6
      return released
    })
    expect((await run(['sync'], { cwd, fetch })).code).toBe(0)
    expect(most()).toBe(6)
  })

  it('one that fails does not stop the others, and its code is told', async () => {
    const { url } = await startHost((response) => response.writeHead(404).end())
    const more = `sources:
  bad: { partner: acme, feed: products, url: "${url}" }
  nobody: { partner: nobody, feed: products, file: goods.csv }
  good: { partner: acme, feed: products, file: goods.csv }
`
    const cwd = workspaceWith(more, { 'partners/acme.yaml': ACME, 'goods.csv': goods(1) })
    const { code, stdout, stderr } = await run(['sync'], { cwd, fetch })
    expect([code, stdout.split('\n').map((line) => line.split('\t').slice(0, 2).join(' '))]).toEqual([
      2,
      ['bad failed', 'nobody failed', 'good applied', ''],
    ])
    expect(stderr).toMatch(/sources\.bad \(127\.0\.0\.1:\d+\): answers HTTP 404: is the url right\?\n.*unknown partner "nobody"/)
  })
})

describe('progress', () => {
  it.each([
    [{ bytes: 12_345_678 }, 500, '12.3 MB'],
    [{ bytes: 10_000_000, total: 40_000_000 }, 2000, '10.0 of 40.0 MB, 5.0 MB/s, 6 s left'],
    [{ bytes: 0, total: 40_000_000 }, 2000, '0.0 of 40.0 MB, 0.0 MB/s'],
    [{ bytes: 1_200_000, pages: 34 }, 999, '34 pages, 1.2 MB'],
  ])('%o after %i ms', (so, took, text) => {
    expect(describeProgress(so, took)).toBe(text)
  })

  it('of all that are running, on one line, not more often than can be read', () => {
    const lines: (string | null)[] = []
    let time = 0
    const shown = showFetches({ progress: (text) => lines.push(text) }, () => time)
    shown.progress('a', { bytes: 1_000_000 })
    time = 50
    shown.progress('b', { bytes: 2_000_000 })
    time = 1100
    shown.progress('b', { bytes: 3_000_000 })
    shown.done('a')
    time = 1300
    shown.progress('b', { bytes: 5_000_000 })
    expect(lines).toEqual(['a 1.0 MB', 'a 1.0 MB, 0.9 MB/s · b 3.0 MB, 2.9 MB/s', 'b 5.0 MB, 4.0 MB/s'])
  })
})
