import { Writable } from 'node:stream'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { GlobalFlags } from '../../src/commands/command.ts'
import { jsonPieces, makePrint, type Print } from '../../src/commands/print.ts'
import type { Context } from '../../src/context.ts'

const PLAIN: GlobalFlags = { workspace: undefined, json: false, quiet: false, verbose: false, color: false, input: false }

/** What `work` prints, on a terminal of `columns` or, without, into a pipe. */
async function printed(
  work: (print: Print) => void,
  columns?: number,
  flags: Partial<GlobalFlags> = {},
  secrets = new Set<string>(),
) {
  const written = { out: '', err: '' }
  const to = (name: 'out' | 'err') =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          written[name] += chunk
          done()
        },
      }),
      columns ? { isTTY: true, columns } : {},
    )
  const ctx = { stdout: to('out'), stderr: to('err') } as unknown as Context
  work(await makePrint(ctx, { ...PLAIN, ...flags }, secrets))
  return written
}

const HEADS = [{ title: 'SKU' }, { title: 'PRICE', align: 'right' as const }, { title: 'TITLE', cut: true }]
const ROWS = [
  ['614252180627', '9.90', '汉服女春秋季新款交领襦裙'],
  ['jd:1', '1279.00', 'Tea cup'],
]

describe('a table on a terminal', () => {
  it('is aligned with full-width characters, numbers to the right', async () => {
    const { out } = await printed((print) => print.table(HEADS, ROWS), 80)
    expect(out).toBe(
      `SKU             PRICE  TITLE
614252180627     9.90  汉服女春秋季新款交领襦裙
jd:1          1279.00  Tea cup
`,
    )
  })

  it('cuts what may be cut where it is narrow, at whole characters', async () => {
    const { out } = await printed((print) => print.table(HEADS, ROWS), 40)
    expect(out.split('\n').map((line) => stringWidth(line) <= 40)).not.toContain(false)
    expect(out).toContain('614252180627     9.90  汉服女春秋季新款…\n')
  })

  it('shares the cut between the longest columns', async () => {
    const heads = [{ title: 'A', cut: true }, { title: 'B', cut: true }, { title: 'C' }]
    const { out } = await printed((print) => print.table(heads, [['a'.repeat(50), 'b'.repeat(40), 'c']]), 60)
    const [, a, b] = /^(a+…) {2}(b+…) {2}c$/m.exec(out)!
    expect(a!.length + b!.length).toBe(55)
    expect(Math.abs(a!.length - b!.length)).toBeLessThanOrEqual(1)
  })

  it('becomes one value a line where ids and amounts do not fit', async () => {
    const { out } = await printed((print) => print.table(HEADS, ROWS), 24)
    expect(out).toBe(
      `SKU    614252180627
PRICE  9.90
TITLE  汉服女春秋季新款…

SKU    jd:1
PRICE  1279.00
TITLE  Tea cup
`,
    )
  })

  it('breaks what may be broken into lines, also between Chinese characters, and never a long id', async () => {
    const heads = [{ title: 'ID' }, { title: 'WHAT', wrap: true }]
    const rows = [['1', 'paid on day 20, one month later: 结算后次月二十日打款，遇节假日顺延。']]
    const wide = await printed((print) => print.table(heads, rows), 32)
    expect(wide.out).toBe('ID  WHAT\n1   paid on day 20, one month\n    later: 结算后次月二十日打\n    款，遇节假日顺延。\n')
    const narrow = await printed((print) => print.table(heads, rows), 20)
    expect(narrow.out).toMatch(/^ID {4}1\nWHAT {2}paid on day\n {6}20, one month\n/)
    const { out } = await printed((print) => print.paragraph('see 9260908880044400000123 and so on', '  '), 20)
    expect(out).toBe('  see\n  9260908880044400000123\n  and so on\n')
  })

  it('without rows is nothing', async () => {
    expect((await printed((print) => print.table(HEADS, []), 80)).out).toBe('')
  })

  it('has colours only when they are wanted, and they do not move columns', async () => {
    const work = (print: Print) => print.table([{ title: 'A', paint: print.paint.red }, { title: 'B' }], [['汉', 'x']])
    const plain = (await printed(work, 80)).out
    const colored = (await printed(work, 80, { color: true })).out
    expect(plain).not.toContain('\x1b')
    expect(colored).toContain('\x1b[31m汉\x1b[39m')
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(plain)
  })
})

describe('a table in a pipe', () => {
  it('is tab-separated, without heading and never cut', async () => {
    const { out } = await printed((print) =>
      print.table(HEADS, [
        ['1', '9.90', '长'.repeat(100)],
        ['2', '1.00', 'a\tb\nc'],
      ]),
    )
    expect(out).toBe(`1\t9.90\t${'长'.repeat(100)}\n2\t1.00\ta b c\n`)
  })
})

describe('the streams', () => {
  const all = (print: Print) => {
    print.line('data')
    print.note('note')
    print.warn('warning')
    print.detail('detail')
    print.progress('progress')
    print.progress(null)
  }

  it('data to stdout, the rest to stderr', async () => {
    expect(await printed(all)).toEqual({ out: 'data\n', err: 'note\nshoptool: warning\n' })
  })

  it('--quiet silences notes and progress, --verbose says more', async () => {
    expect(await printed(all, 80, { quiet: true })).toEqual({ out: 'data\n', err: 'shoptool: warning\n' })
    expect((await printed(all, undefined, { verbose: true })).err).toBe('note\nshoptool: warning\ndetail\n')
  })

  it('progress is one line, cut to the terminal, gone before anything else is written', async () => {
    const { err } = await printed((print) => {
      print.progress('汉'.repeat(50))
      print.progress('two')
      print.note('done')
    }, 20)
    expect(err).toBe(`${'汉'.repeat(9)}…\r\x1b[2Ktwo\r\x1b[2Kdone\n`)
  })

  it('JSON is one document with its schema in front', async () => {
    const { out } = await printed((print) => print.json('find', { products: [], next: null }))
    expect(out).toBe('{\n  "schema": "shoptool.find.v1",\n  "products": [],\n  "next": null\n}\n')
  })

  it('a secret is shown nowhere, as it is or in a URL', async () => {
    const secrets = new Set<string>()
    const work = (print: Print) => {
      secrets.add('p@ss"word')
      print.json('x', { url: 'https://x/?k=p%40ss%22word', deep: [{ text: 'a p@ss"word b' }] })
      print.line('p@ss"word')
      print.note('p@ss"word')
      print.warn('p@ss"word')
      print.table([{ title: 'A' }], [['p@ss"word']])
    }
    const { out, err } = await printed(work, undefined, {}, secrets)
    expect(out + err).not.toMatch(/p@ss|p%40ss|word/)
    expect(JSON.parse(out.slice(0, out.indexOf('\n***')))).toMatchObject({ url: 'https://x/?k=***', deep: [{ text: 'a *** b' }] })
  })

  it('a cell cannot steer the terminal', async () => {
    const { out } = await printed((print) => print.table([{ title: 'A' }], [['\x1b[2Jgone']]), 80)
    expect(out).toContain('\\x1b[2Jgone')
  })
})

describe('JSON in pieces', () => {
  const kept = (_key: string, value: unknown) => value
  it('is what JSON.stringify gives', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.array(fc.jsonValue()), fc.array(fc.constant(undefined)))
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (document) => {
        expect([...jsonPieces(document, kept)].join('')).toBe(JSON.stringify(document, kept, 2))
      }),
      { numRuns: 500 },
    )
  })

  it('is not one text where a list is long', () => {
    const pieces = [...jsonPieces({ list: Array(1000).fill('x'.repeat(1000)) }, kept)]
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(100_000)
  })
})
