import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageFolder } from '../../src/context.ts'
import { run, workspaceWith } from './shoptool.ts'

const folder = mkdtempSync(join(tmpdir(), 'shoptool-report-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const shoptool = (...args: string[]) => run(args, { cwd: folder })
const json = async (...args: string[]) => JSON.parse((await shoptool(...args, '--json')).stdout)

beforeAll(async () => {
  cpSync(join(packageFolder(), 'templates/workspace'), folder, { recursive: true })
  await shoptool('sync', '-q')
  for (const partner of ['taobao', 'pdd', 'shanhuo'])
    await shoptool(
      'import',
      'payouts',
      ...['2026-10', '2026-11'].map((month) => `inbox/${partner}-${month}.csv`),
      '--partner',
      partner,
    )
})

describe('report', () => {
  it('says by pay day of each partner what settle says of the month', async () => {
    const settled = await json('settle', '--month', '2026-11')
    const { rows } = await json('report', '--basis', 'paid', '--month', '2026-11')
    const of = (list: { partner: string }[]) => list.toSorted((a, b) => (a.partner < b.partner ? -1 : 1))
    expect(of(rows).map((row: Record<string, unknown>) => [row.partner, row.currency, row.due, row.received])).toEqual(
      of(settled.partners).map((one: Record<string, unknown>) => [one.partner, one.currency, one.expected, one.paid]),
    )
  })

  it('names the date that it counts by in every form', async () => {
    expect(await json('report', '--per', 'quarter')).toMatchObject({
      schema: 'shoptool.report.v1',
      basis: 'ordered',
      per: 'quarter',
      by: ['partner'],
    })
    expect((await shoptool('report', '--basis', 'settled')).stdout.split('\n')[0]).toMatch(/^settled\t2026-\d\d\ttaobao\tCNY\t/)
    expect((await run(['report', '--basis', 'paid', '--no-color'], { cwd: folder, tty: true })).stdout).toMatch(/^PAID +PARTNER/)
    expect((await shoptool('report', '--md')).stdout).toMatch(
      /^\| basis \| period \| partner \|.*\n\| --- \|.*---: \|\n\| ordered \| 2026-09 \| taobao \|/,
    )
  })

  it('tells what has no such date', async () => {
    const { stdout, stderr } = await shoptool('report', '--basis', 'paid')
    expect(stdout).not.toContain('undated')
    expect(stderr).toMatch(
      /Without the day on which money was due and paid, and so in no period: \d+ order lines, estimated [\d.]+ CNY/,
    )
    expect((await json('report', '--basis', 'paid')).undated[0]).toMatchObject({ currency: 'CNY', received: '0.00' })
  })

  it('fits a terminal of 60 columns', async () => {
    const { stdout } = await run(['report', '--by', 'shop', '--per', 'year', '--top', '3', '--sort', 'due'], {
      cwd: folder,
      tty: 60,
    })
    const { default: width } = await import('string-width')
    for (const line of stdout.split('\n')) expect(width(line), line).toBeLessThanOrEqual(60)
    expect(stdout).toMatch(/\(\d+ others\)/)
    expect((await run(['report', '--by', 'channel', '--per', 'all'], { cwd: folder, tty: 60 })).stdout).toMatch(/█/)
  })

  it('writes CSV for spreadsheets, the same to a file and to stdout', async () => {
    const { stdout } = await shoptool('report', '--by', 'product', '--basis', 'paid', '--csv', '-')
    expect(stdout).toMatch(/^\ufeffbasis,period,product,currency,orders,estimated,.*\r\npaid,\t2026-10,/)
    expect(stdout).toMatch(/\r\npaid,undated,/)
    const { code, stdout: none, stderr } = await shoptool('report', '--by', 'product', '--basis', 'paid', '--csv', 'figures.csv')
    expect([code, none]).toEqual([0, ''])
    expect(stderr).toContain('figures.csv')
    expect(readFileSync(join(folder, 'figures.csv'), 'utf8')).toBe(stdout)
  })

  const WRONG: [string[], string][] = [
    [['--basis', 'cash'], '--basis: "cash" is not one of ordered, received, verified, settled, paid'],
    [['--by', 'chanel'], '--by: "chanel" is not one of partner, shop, channel, category, product, member; did you mean channel?'],
    [['--per', 'decade'], '--per: "decade" is not one of day, week, month, quarter, year, all'],
    [['--month', '2026-10', '--from', '2026-10-02'], '--month: goes without --from and --to'],
    [['--from', '2026-10-02', '--to', '2026-10-01'], '--to: "2026-10-01" is before --from'],
    [['--top', '0'], '--top: expected 1 or more'],
    [['--csv', '-', '--json'], '--json, --csv and --md: expected one of them'],
    [['--partner', 'nobody'], '--partner: unknown partner "nobody"'],
  ]
  it.each(WRONG)('refuses %s', async (args, message) => {
    const { code, stderr, stdout } = await shoptool('report', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  it('says what to do where there is nothing yet', async () => {
    const { code, stderr } = await run(['report'], { cwd: workspaceWith() })
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('there is no data yet; run "shoptool sync" or "shoptool import" first'),
    ])
  })
})
