import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { ACME, run, workspaceWith } from './shoptool.ts'

// find, show, shelf, sync and import, as a person or a script would use them.

const SHOP = `${ACME}      category: { text: category, optional: true }
      couponAmount: { amount: coupon, unit: yuan, optional: true }
      commissionRate: { rate: rate, unit: percent, optional: true }
      sales: { count: sales, optional: true }
      link: { text: link, optional: true }
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: yuan }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { 已付款: paid, 已结算: settled } }
      orderedAt: { instant: ordered, pattern: yyyy-MM-dd }
      settledAt: { instant: settled, pattern: yyyy-MM-dd, optional: true }
  payouts:
    format: { type: csv }
    total: { amount: 合计, unit: yuan, optional: true }
    fields:
      orderId: { text: order, optional: true }
      amount: { amount: amount, unit: yuan }
      paidAt: { day: paid, pattern: yyyy-MM-dd }
calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 }
`
const GOODS = `sku,title,category,price,coupon,rate,sales,link
1,晴雨伞,雨具,59.00,10,20,1.2万+,https://a.example/1
2,马克杯,杯子,19.80,,9.1,500,https://a.example/2
3,保温杯 100%_不锈钢,杯子,99.00,20,30,80,
4,无价之宝,,5.00,,,,
`
const SOURCES = 'shelves: { main: { kind: custom } }\nsources:\n  goods: { partner: acme, feed: products, file: goods.csv }\n'
const shop = (files: Record<string, string | Buffer> = {}, more = SOURCES) =>
  workspaceWith(more, { 'partners/acme.yaml': SHOP, 'goods.csv': GOODS, ...files })

describe('find and show', () => {
  let cwd = ''
  beforeAll(async () => {
    cwd = shop()
    expect((await run(['sync'], { cwd })).code).toBe(0)
  })
  const skus = async (...args: string[]) => {
    const { stdout, code } = await run(['find', ...args, '--json'], { cwd })
    expect(code).toBe(0)
    return JSON.parse(stdout).products.map(({ sku }: { sku: string }) => sku)
  }

  it.each<[string[], string[]]>([
    [[], ['3', '1', '2', '4']],
    [
      ['--min-rate', '20%'],
      ['3', '1'],
    ],
    [['--min-rate', '20%', '--min-sales', '1000'], ['1']],
    [
      ['--min-commission', '9.80'],
      ['3', '1'],
    ],
    [['--min-commission', '9.81'], ['3']],
    [
      ['--price', '19.80..49'],
      ['1', '2'],
    ],
    [
      ['--price', '..19.80'],
      ['2', '4'],
    ],
    [['--price', '50..'], ['3']],
    [['--coupon'], ['3', '1']],
    [
      ['--category', '杯子'],
      ['3', '2'],
    ],
    [
      ['--partner', 'acme'],
      ['3', '1', '2', '4'],
    ],
    [['--partner', 'taobao'], []],
    [
      ['--sort', 'price'],
      ['4', '2', '1', '3'],
    ],
    [
      ['--sort', 'price', '--desc'],
      ['3', '1', '2', '4'],
    ],
    [
      ['--sort', 'sales'],
      ['1', '2', '3', '4'],
    ],
    [
      ['--sort', 'sales', '--asc'],
      ['3', '2', '1', '4'],
    ],
    [
      ['--sort', 'rate', '--asc'],
      ['2', '1', '3', '4'],
    ],
    [['伞'], ['1']],
    [['杯', '不锈'], ['3']],
    [['100%_'], ['3']],
    [['%'], ['3']],
    [['--limit', '1'], ['3']],
    [
      ['--source', 'goods', '--min-rate', '20%'],
      ['3', '1'],
    ],
    [['--source', 'import'], []],
    [['--status', 'gone'], []],
    [['--currency', 'JPY'], []],
    [
      ['--sort', 'score'],
      ['1', '3', '2', '4'],
    ],
    [
      ['--sort', 'score', '--asc'],
      ['4', '2', '3', '1'],
    ],
  ])('find %j → %j', async (args, expected) => {
    expect(await skus(...args)).toEqual(expected)
  })

  it('gives the fields of the contract, money as text', async () => {
    const { stdout } = await run(['find', '伞', '--json'], { cwd })
    expect(JSON.parse(stdout)).toEqual({
      schema: 'shoptool.find.v1',
      products: [
        {
          ...{
            partner: 'acme',
            sku: '1',
            title: '晴雨伞',
            brand: null,
            category: '雨具',
            shop: null,
            currency: 'CNY',
            price: '59.00',
          },
          coupon: { amount: '10.00', threshold: null, from: null, until: null },
          ...{ finalPrice: '49.00', commissionRate: '20', commission: '9.80', sales: 12000, imageUrl: null, url: null },
          ...{ link: 'https://a.example/1', code: null, status: 'live', net: '9.80' },
          ...{ firstSeen: '2026-11-25T12:00:00+08:00', lastSeen: '2026-11-25T12:00:00+08:00' },
        },
      ],
      next: null,
    })
  })

  it.each(['commission', 'rate', 'sales', 'price', 'score'])(
    'pages of one by %s give all goods once, in the same order',
    async (sort) => {
      for (const direction of ['--asc', '--desc']) {
        const seen: string[] = []
        let after: string | null = null
        do {
          const page: string[] = [
            'find',
            '--sort',
            sort,
            direction,
            '--limit',
            '1',
            '--json',
            ...(after ? ['--after', after] : []),
          ]
          const answer = JSON.parse((await run(page, { cwd })).stdout)
          seen.push(...answer.products.map(({ sku }: { sku: string }) => sku))
          after = answer.next
        } while (after)
        expect(seen).toEqual(await skus('--sort', sort, direction))
      }
    },
  )

  it('prints tab-separated rows into a pipe and a table that fits on a terminal', async () => {
    const piped = await run(['find', '伞'], { cwd })
    expect(piped.stdout).toBe('acme:1\t49.00\t20%\t9.80\t9.80\t12000\t晴雨伞\n')
    const { stdout } = await run(['find', '--no-color'], { cwd, tty: 60 })
    expect(stdout.split('\n')[0]).toBe('PRODUCT  PRICE  RATE  COMMISSION    NET  SALES  TITLE')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })

  it('finds by partner:sku and by sku alone', async () => {
    expect(JSON.parse((await run(['show', '2', '--json'], { cwd })).stdout).product).toMatchObject({
      sku: '2',
      read: { file: 'goods.csv', line: 3 },
    })
    expect((await run(['show', 'acme:2', '--raw'], { cwd })).stdout).toContain('2,马克杯,杯子,19.80,,9.1,500,https://a.example/2')
  })
})

describe('a second reading', () => {
  const CHANGED = GOODS.replace('99.00,20,30', '89.00,20,30').replace(/^2,.*\n/m, '')

  it('tells changed and gone, keeps history, and brings goods back', async () => {
    const cwd = shop()
    const sync = async (goods: string, day: number) => {
      const { writeFileSync } = await import('node:fs')
      writeFileSync(join(cwd, 'goods.csv'), goods)
      const { stdout } = await run(['sync', '--json'], { cwd, now: Date.parse(`2026-11-0${day}T08:00:00+08:00`) })
      return JSON.parse(stdout).runs[0]
    }
    expect(await sync(GOODS, 1)).toMatchObject({ status: 'applied', read: 4, accepted: 4, added: 4 })
    expect(await sync(CHANGED, 2)).toMatchObject({ status: 'applied', read: 3, changed: 1, unchanged: 2, gone: 1 })
    const { product, history } = JSON.parse((await run(['show', '3', '--history', '--json'], { cwd })).stdout)
    expect(product).toMatchObject({ finalPrice: '69.00', firstSeen: '2026-11-01T08:00:00+08:00' })
    expect(history).toEqual([
      expect.objectContaining({ until: '2026-11-02T08:00:00+08:00', finalPrice: '79.00', status: 'live' }),
    ])
    expect(JSON.parse((await run(['show', '2', '--json'], { cwd })).stdout).product).toMatchObject({
      status: 'gone',
      lastSeen: '2026-11-01T08:00:00+08:00',
    })
    expect(await sync(GOODS, 3)).toMatchObject({ changed: 1, returned: 1, unchanged: 2 })
  })

  it('dry run says the same and changes nothing', async () => {
    const cwd = shop()
    const { code, stdout } = await run(['sync', '--dry-run', '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout).runs[0]).toMatchObject({ status: 'dry-run', added: 4 })
    expect(JSON.parse((await run(['sync', '--json'], { cwd })).stdout).runs[0]).toMatchObject({ status: 'applied', added: 4 })
  })
})

describe('shelf', () => {
  it('keeps the figures of the pick beside those of today', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    expect((await run(['shelf', 'add', '1', 'acme:3', '--reason', ' 好用\t便宜 '], { cwd })).stdout).toContain(
      'added  acme:1  晴雨伞  49.00, commission 9.80 (20 %)',
    )
    expect((await run(['shelf', 'add', '1'], { cwd })).stdout).toContain('was there  acme:1')
    expect(JSON.parse((await run(['shelf', 'list', '--json'], { cwd })).stdout).items).toEqual([
      expect.objectContaining({
        sku: '1',
        reason: '好用 便宜',
        picked: expect.objectContaining({
          finalPrice: '49.00',
          commission: '9.80',
          net: '9.80',
          coupon: { amount: '10.00', threshold: null, until: null },
        }),
        now: { currency: 'CNY', finalPrice: '49.00', commission: '9.80' },
      }),
      expect.objectContaining({ sku: '3' }),
    ])
    expect((await run(['shelf', 'remove', '3'], { cwd })).stdout).toBe('removed  acme:3\n')
    const db = openDatabase(join(cwd, 'shoptool.db'))
    db.exec("UPDATE product SET currency = 'JPY', final_price = 980, commission = 98 WHERE sku = '1'")
    db.close()
    expect((await run(['shelf', 'list'], { cwd })).stdout).toMatch(/^acme:1\t980\t98\tprice was 49\.00 CNY, is in JPY\t.*\n$/)
  })
})

type Case = {
  args: string[]
  files?: Record<string, string | Buffer>
  more?: string
  synced?: boolean
  code: number
  says: string | RegExp
}
const CASES: Record<string, Case> = {
  'find before anything was read': {
    args: ['find'],
    code: 2,
    says: /shoptool\.db: there is no data yet; run "shoptool sync" or "shoptool import" first$/,
  },
  'range that is none': {
    args: ['find', '--price', '5'],
    synced: true,
    code: 2,
    says: '--price: "5" is not a range, expected like 10..99, 10.. or ..99',
  },
  'range upside down': {
    args: ['find', '--price', '9..5'],
    synced: true,
    code: 2,
    says: '--price: "9..5" ends before it begins',
  },
  'amount that is none': {
    args: ['find', '--min-commission', '9,9'],
    synced: true,
    code: 2,
    says: '--min-commission: "9,9" is not an amount in CNY, expected like 9.90',
  },
  'amount below zero': {
    args: ['find', '--min-commission=-1'],
    synced: true,
    code: 2,
    says: '--min-commission: "-1" is not an amount in CNY, expected like 9.90',
  },
  'rate that is none': {
    args: ['find', '--min-rate', '20x'],
    synced: true,
    code: 2,
    says: '--min-rate: "20x" is not a percentage, expected like 20%',
  },
  'cursor that is none': {
    args: ['find', '--after', 'x'],
    synced: true,
    code: 2,
    says: '--after: "x" is not a cursor, expected the "next" of an earlier find',
  },
  'both directions': {
    args: ['find', '--asc', '--desc'],
    synced: true,
    code: 2,
    says: '--asc and --desc: expected one of the two',
  },
  'no rows asked for': {
    args: ['find', '--limit', '0'],
    synced: true,
    code: 2,
    says: '--limit: "0" is not a count of rows, expected 1 or more',
  },
  'unknown partner to find': {
    args: ['find', '--partner', 'acmee'],
    synced: true,
    code: 2,
    says: '--partner: unknown partner "acmee"; did you mean acme? (or describe it in partners/acmee.yaml)',
  },
  'a rate of more than everything': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,price,rate\n1,x,2,250\n2,y,3,25\n3,z,3,25\n' },
    code: 5,
    says: 'e.csv: line 2, commissionRate: rate: "250" is not between 0 and 100 %: is it in percent?',
  },
  'unknown sort': {
    args: ['find', '--sort', 'prise'],
    synced: true,
    code: 2,
    says: '--sort: "prise" is not one of commission, rate, sales, price, score; did you mean price?',
  },
  'unknown product': { args: ['show', '9'], synced: true, code: 2, says: '9: no such product; see "shoptool find"' },
  'unknown source': { args: ['sync', 'good'], code: 2, says: 'unknown source "good"; did you mean goods?' },
  'no sources': {
    args: ['sync'],
    more: '',
    code: 2,
    says: /^no sources yet: "shoptool source add" adds one to .*shoptool\.yaml; "shoptool import" reads single files$/,
  },
  'no address for a source': {
    args: ['sync'],
    more: 'sources: { web: { partner: acme, feed: products, url: "a.example/feed.csv" } }\n',
    code: 2,
    says: 'sources.web.url: is no address, expected like https://feeds.example/goods.csv.gz',
  },
  'whose file': {
    args: ['import', 'products', 'goods.csv'],
    code: 2,
    says: 'import products: whose files are these? Name the partner with --partner, like --partner taobao',
  },
  'unknown partner': {
    args: ['import', 'products', 'goods.csv', '--partner', 'acmee'],
    code: 2,
    says: '--partner: unknown partner "acmee"; did you mean acme? (or describe it in partners/acmee.yaml)',
  },
  'missing file': { args: ['import', 'products', 'no.csv', '--partner', 'acme'], code: 2, says: 'no.csv: no such file' },
  'no file matches': {
    args: ['import', 'products', 'no-*.csv', '--partner', 'acme'],
    code: 2,
    says: /^.*no-\*\.csv: no file matches/,
  },
  'a folder for a file': {
    args: ['import', 'products', 'partners', '--partner', 'acme'],
    code: 2,
    says: 'partners: is a folder, expected a file',
  },
  'empty file': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': '' },
    code: 4,
    says: 'e.csv: is empty',
  },
  'only a header': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,price\n' },
    code: 4,
    says: 'e.csv: has no rows; nothing was changed',
  },
  'binary junk': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]) },
    code: 4,
    says: 'e.csv: is not text (a NUL byte at offset 4); UTF-16 needs a byte order mark or "encoding: utf-16le"',
  },
  'unknown column': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,cost\n1,x,2\n' },
    code: 4,
    says: 'e.csv: no column "price" for price; the header has sku, title, cost',
  },
  'other delimiter': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku#title#price\n1#x#2\n' },
    code: 4,
    says: 'e.csv: no column "sku" for sku; the header is one column, "sku#title#price": is the delimiter another one?',
  },
  'a price that is none, in one of three rows': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,price\n1,x,"9,90"\n2,y,3\n3,z,4\n' },
    code: 5,
    says: 'e.csv: line 2, price: price: "9,90" is not an amount in yuan, expected like 9.90',
  },
  'most rows unusable': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,price\n1,x,a\n2,y,b\n3,z,4\n' },
    code: 4,
    says: /^e\.csv: 2 of 3 rows are not usable, expected at most 1; the first: line 2, price: .*; nothing was changed/,
  },
  'ragged row': {
    args: ['import', 'products', 'e.csv', '--partner', 'acme'],
    files: { 'e.csv': 'sku,title,price\n1,"x\ny",3\n2,y\n3,z,4\n' },
    code: 5,
    says: 'e.csv: line 4: has 2 cells, expected 3 as in the header',
  },
  'unknown status word': {
    args: ['import', 'orders', 'o.csv', '--partner', 'acme'],
    files: { 'o.csv': 'order,paid,commission,status,ordered\n1,9,1,已付款,2026-10-01\n2,9,1,奇怪,2026-10-01\n' },
    code: 5,
    says: 'o.csv: line 3, status: status: "奇怪" is not a known word, expected 已付款, 已结算',
  },
  'statement that does not add up': {
    args: ['import', 'payouts', 'p.csv', '--partner', 'acme'],
    files: { 'p.csv': 'order,amount,paid\n1,9.00,2026-11-20\n合计,9.10,\n' },
    code: 4,
    says: 'p.csv: states a total of 9.10, but its 1 lines add up to 9.00; nothing of it was taken',
  },
  'statement with a bad line': {
    args: ['import', 'payouts', 'p.csv', '--partner', 'acme'],
    files: { 'p.csv': 'order,amount,paid\n1,9.00,2026-11-20\n2,neun,2026-11-20\n' },
    code: 4,
    says: /^p\.csv: line 3, amount: .*; nothing of it was taken$/,
  },
  'half the goods missing': {
    args: ['sync'],
    synced: true,
    files: { 'goods.csv': GOODS },
    code: 4,
    says: 'goods: has 1 goods where the last good run had 4, expected at least 2; nothing was changed (--accept-shrink takes it all the same)',
  },
  'unknown shelf': {
    args: ['shelf', 'list', '--shelf', 'mian'],
    synced: true,
    code: 2,
    says: '--shelf: unknown shelf "mian"; did you mean main?',
  },
  'not on the shelf': { args: ['shelf', 'remove', '1'], synced: true, code: 2, says: '1: is not on the shelf main' },
  'nothing to draw': {
    args: ['poster'],
    synced: true,
    code: 2,
    says: 'poster: which goods? Name one or more, or a shelf with --shelf, or a saved search with --saved',
  },
  'goods without a link': {
    args: ['copy', '3'],
    synced: true,
    code: 2,
    says: 'acme:3: has neither a link nor a page to share; read a feed that holds links of yours',
  },
  'copy for an unknown channel': {
    args: ['copy', '1', '--channel', 'moment'],
    synced: true,
    code: 2,
    says: '--channel: unknown channel "moment"; did you mean moments?',
  },
  'nothing to settle': { args: ['settle'], synced: true, code: 2, says: /^there are no orders and no payouts yet/ },
  'month that is none': {
    args: ['settle', '--month', '2026-13'],
    synced: true,
    code: 2,
    says: '--month: "2026-13" is not a month, expected like 2026-10',
  },
  'whose statement': {
    args: ['settle', '--payout', 'p.csv'],
    synced: true,
    code: 2,
    says: '--payout: whose statements are these? Name one partner with --partner',
  },
}

describe('every message on one line, with its exit code', () => {
  it.each(Object.entries(CASES))('%s', async (name, { args, files = {}, more = SOURCES, synced, code, says }) => {
    const cwd = shop(files, more)
    if (synced) await run(['sync'], { cwd })
    if (name === 'half the goods missing') {
      const { writeFileSync } = await import('node:fs')
      writeFileSync(join(cwd, 'goods.csv'), GOODS.split('\n').slice(0, 2).join('\n'))
    }
    const answer = await run(args, { cwd })
    expect(answer.code).toBe(code)
    const [first, ...others] = answer.stderr.trimEnd().split('\n')
    expect(first).toMatch(/^shoptool: /)
    if (typeof says === 'string') expect(first).toBe(`shoptool: ${says}`)
    else expect(first!.slice('shoptool: '.length)).toMatch(says)
    expect(others).toEqual([])
    expect(answer.stderr).not.toContain('    at ')
  })
})

it('reads a file from standard input', async () => {
  const cwd = shop()
  const { code, stdout } = await run(['import', 'products', '-', '--partner', 'acme', '--json'], { cwd, stdin: GOODS })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'shoptool.import.v1',
    runs: [{ source: '-', feed: 'products', read: 4, accepted: 4, error: null }],
  })
})

it('names the encoding that it read', async () => {
  const cwd = shop({ 'e.csv': Buffer.from([0xff, 0xfe, ...Buffer.from('sku,title,price\n1,茶,2\n', 'utf16le')]) })
  expect((await run(['import', 'products', 'e.csv', '--partner', 'acme'], { cwd })).stderr).toBe('e.csv: read as utf-16le\n')
})

it('goes on with other files when one fails, and answers with the graver code', async () => {
  const cwd = shop({ 'bad.csv': 'sku,title,price\n' })
  const { code, stdout } = await run(['import', 'products', 'bad.csv', 'no.csv', 'goods.csv', '--partner', 'acme', '--json'], {
    cwd,
  })
  expect(code).toBe(2)
  expect(JSON.parse(stdout).runs.map(({ status }: { status: string }) => status)).toEqual(['refused', 'failed', 'applied'])
})

it('settles payouts that are read in the same command', async () => {
  const cwd = shop({
    'o.csv':
      'order,paid,commission,status,ordered,settled\n1,100,9,已结算,2026-10-01,2026-10-09\n2,50,5,已结算,2026-10-01,2026-10-09\n',
    'p.csv': 'order,amount,paid\n1,9.00,2026-11-20\n合计,9.00,\n',
  })
  await run(['import', 'orders', 'o.csv', '--partner', 'acme'], { cwd })
  const { code, stdout } = await run(['settle', '--month', '2026-11', '--partner', 'acme', '--payout', 'p.csv', '--json'], {
    cwd,
  })
  expect(code).toBe(5)
  expect(JSON.parse(stdout).partners[0]).toMatchObject({ expected: '14.00', paid: '9.00', difference: '-5.00' })
  expect(readFileSync(join(cwd, 'out/settle/2026-11/findings.csv'), 'utf8')).toContain('missing')
})

it('goes on with other sources when one names an unknown partner', async () => {
  const cwd = shop({}, `${SOURCES}  web: { partner: nobody, feed: products, file: goods.csv }\n`)
  const { code, stdout, stderr } = await run(['sync'], { cwd })
  expect(code).toBe(2)
  expect(stdout).toBe('goods\tapplied\t4\t4\t0\t0\t0\t0\t0\nweb\tfailed\t0\t0\t0\t0\t0\t0\t0\n')
  expect(stderr).toContain('shoptool: sources.web.partner: unknown partner "nobody"')
})

it('a dry run leaves no trace', async () => {
  const cwd = shop()
  const { readdirSync } = await import('node:fs')
  const before = readdirSync(cwd).sort()
  expect((await run(['sync', '--dry-run'], { cwd })).code).toBe(0)
  expect(readdirSync(cwd).sort()).toEqual(before)
})

describe('sync --dry-run and --apply', () => {
  const CHANGED = GOODS.replace('59.00,10,20', '39.00,10,10')
  const planned = async (cwd: string) => {
    const { stderr } = await run(['sync', 'goods', '--dry-run'], { cwd })
    return { stderr, plan: /--apply (\S+)/.exec(stderr)?.[1] ?? '' }
  }

  it('says the largest moves, and does exactly what was said', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    writeFileSync(join(cwd, 'goods.csv'), CHANGED)
    const { stderr, plan } = await planned(cwd)
    expect(stderr).toBe(
      [
        'goods: price of 1 49.00 → 29.00  晴雨伞',
        'goods: rate of 1 20% → 10%  晴雨伞',
        `To do exactly this: shoptool sync goods --apply ${plan}`,
        '',
      ].join('\n'),
    )
    expect((await run(['sync', 'goods', '--apply', plan], { cwd })).stdout).toBe('goods\tapplied\t4\t0\t1\t3\t0\t0\t0\n')
  })

  it('refuses where the file has changed since, or the plan was carried out already', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    writeFileSync(join(cwd, 'goods.csv'), CHANGED)
    const { plan } = await planned(cwd)
    writeFileSync(join(cwd, 'goods.csv'), CHANGED.replace('19.80', '9.80'))
    const refused = await run(['sync', 'goods', '--apply', plan], { cwd })
    expect([refused.code, refused.stderr]).toEqual([
      4,
      'shoptool: goods: the files, or what was read before, are not those of the plan; nothing was changed\n',
    ])
    writeFileSync(join(cwd, 'goods.csv'), CHANGED)
    expect((await run(['sync', 'goods', '--apply', plan], { cwd })).code).toBe(0)
    expect((await run(['sync', 'goods', '--apply', plan], { cwd })).code).toBe(4)
  })

  it.each<[string[], string]>([
    [['sync', '--apply', 'x'], '--apply: "x" is not a plan, expected what "sync --dry-run" printed'],
    [['sync', '--apply', '01234567-01234567'], '--apply: the plan is for 2 sources, not 1: name the same ones'],
    [['sync', '--apply', '01234567', '--dry-run'], '--apply and --dry-run: expected one of the two'],
  ])('%j is refused', async (args, message) => {
    expect(await run(args, { cwd: shop() })).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })
})

describe('saved searches', () => {
  const search = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run(['find', ...args, '--json'], { cwd })
    return { code, stderr, skus: code === 0 ? JSON.parse(stdout).products.map(({ sku }: { sku: string }) => sku) : null }
  }

  it('keep words and flags, not what they find', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    const saving = await run(['find', '杯', '--min-rate', '9%', '--price', '10..', '--sort', 'price', '--save', 'cups'], { cwd })
    expect(saving).toMatchObject({ code: 0, stderr: 'Kept: shoptool find --saved cups\n' })
    expect((await search(cwd, '--saved', 'cups')).skus).toEqual(['2', '3'])
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(cwd, 'goods.csv'), `${GOODS}5,茶杯,杯子,30.00,,10,1,\n`)
    await run(['sync'], { cwd })
    expect((await search(cwd, '--saved', 'cups')).skus).toEqual(['2', '5', '3'])
  })

  it('give way to what is said further', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    await search(cwd, '杯', '--sort', 'price', '--desc', '--limit', '1', '--save', '杯 子')
    const saved = (...more: string[]) => search(cwd, '--saved', '杯 子', ...more).then(({ skus }) => skus)
    expect(await saved()).toEqual(['3'])
    expect(await saved('--limit', '9')).toEqual(['3', '2'])
    expect(await saved('--asc')).toEqual(['2'])
    expect(await saved('--sort', 'price')).toEqual(['2'])
    expect(await saved('伞')).toEqual(['1'])
    expect(await saved('伞', '--save', '伞')).toEqual(['1'])
    expect((await search(cwd, '--saved', '伞')).skus).toEqual(['1'])
    expect(await saved('--coupon', '--save', '杯 子')).toEqual(['3'])
    expect((await run(['find', '--saved', '杯 子', '--save', '杯 子'], { cwd })).stderr).toBe(
      "Kept: shoptool find --saved '杯 子'\n",
    )
  })

  it('that are not there are an error, which names the nearest', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    const none = 'shoptool: --saved: no search is kept as "cups"; keep one with "shoptool find … --save NAME"\n'
    expect(await search(cwd, '--saved', 'cups')).toEqual({ code: 2, stderr: none, skus: null })
    await search(cwd, '--save', 'cupx')
    expect((await search(cwd, '--saved', 'cups')).stderr).toBe(
      'shoptool: --saved: no search is kept as "cups"; did you mean cupx?\n',
    )
    expect((await search(cwd, '--saved', 'umbrellas')).stderr).toBe(
      'shoptool: --saved: no search is kept as "umbrellas"; there are cupx\n',
    )
  })

  it('are not kept where the search is wrong', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    expect((await search(cwd, '--price', '9..1', '--save', 'x')).code).toBe(2)
    expect((await search(cwd, '--saved', 'x')).code).toBe(2)
  })
})

describe('rejects', () => {
  const BAD = 'sku,title,price\n1,伞,9.90\n2,杯,free\n,无号,1.00\n4,灯,5.00\n'

  it('lists the rows that the last run of a source could not use', async () => {
    const cwd = shop({ 'goods.csv': BAD, 'x.csv': 'sku,title,price\n9,灯,x\n8,灯,1\n' })
    expect((await run(['sync'], { cwd })).code).toBe(5)
    expect((await run(['import', 'products', 'x.csv', '--partner', 'acme'], { cwd })).code).toBe(5)
    expect((await run(['sync'], { cwd })).code).toBe(5)
    const { code, stdout } = await run(['rejects', 'goods', '--json'], { cwd })
    const common = { source: 'goods', partner: 'acme', at: '2026-11-25T12:00:00+08:00', file: 'goods.csv', feed: 'products' }
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        schema: 'shoptool.rejects.v1',
        rejects: [
          {
            ...common,
            ...{ line: 3, where: 'line 3', field: 'price', raw: '2,杯,free' },
            reason: 'price: "free" is not an amount in yuan, expected like 9.90',
          },
          { ...common, ...{ line: 4, where: 'line 4', field: 'sku', raw: ',无号,1.00', reason: 'sku is empty' } },
        ],
        more: false,
      },
    ])
    const all = await run(['rejects'], { cwd })
    expect(all.stdout.split('\n').map((line) => line.split('\t').slice(0, 2).join(' '))).toEqual([
      'goods goods.csv: line 3',
      'goods goods.csv: line 4',
      'import x.csv: line 2',
      '',
    ])
  })

  it('says when there are more, none, and which source it does not know', async () => {
    const cwd = shop({ 'goods.csv': BAD })
    await run(['sync'], { cwd })
    const one = await run(['rejects', '--limit', '1', '--json'], { cwd })
    expect(JSON.parse(one.stdout)).toMatchObject({ rejects: [{ line: 3 }], more: true })
    expect((await run(['rejects', '--limit', '1'], { cwd })).stderr).toContain('There are more')
    writeFileSync(join(cwd, 'goods.csv'), 'sku,title,price\n1,伞,9.90\n')
    await run(['sync', '--accept-shrink'], { cwd })
    expect((await run(['rejects'], { cwd })).stderr).toBe('No row was rejected.\n')
    const unknown = await run(['rejects', 'god'], { cwd })
    expect([unknown.code, unknown.stderr]).toEqual([2, 'shoptool: unknown source "god"; did you mean goods?\n'])
  })
})

describe('limits of a source', () => {
  it('stand in shoptool.yaml; sync and import take all the same what is wanted', async () => {
    const cwd = shop({}, SOURCES.replace('file: goods.csv', 'file: goods.csv, guard: { rows: 5 }'))
    const refused = await run(['sync'], { cwd })
    expect([refused.code, refused.stderr]).toEqual([
      4,
      'shoptool: goods: has 4 rows, expected 5 or more; nothing was changed (--accept-shrink takes it all the same)\n',
    ])
    expect((await run(['sync', '--accept-shrink'], { cwd })).code).toBe(0)
    writeFileSync(
      join(cwd, 'x.csv'),
      GOODS.replace(/^(\d),(.*?),(.*?),(\d+\.\d+)/gm, '$1,$2,$3,9$4').replace(/,(20|9.1|30),/g, ',,'),
    )
    const words = ['import', 'products', 'x.csv', '--partner', 'acme']
    const file = await run(words, { cwd })
    expect([file.code, file.stderr]).toEqual([4, expect.stringContaining('(--accept-shrink takes it all the same)')])
    expect((await run([...words, '--accept-shrink'], { cwd })).code).toBe(0)
  })

  it('goods that have another id now stay on their shelf', async () => {
    const rows = (id: (i: number) => string) =>
      `sku,title,price\n${Array.from({ length: 12 }, (_, i) => `${id(i)},品${i},9.90\n`).join('')}`
    const cwd = shop({ 'goods.csv': rows((i) => `60000${i}`) })
    await run(['sync'], { cwd })
    await run(['shelf', 'add', '600003'], { cwd })
    writeFileSync(
      join(cwd, 'goods.csv'),
      rows((i) => `qeq-${i}`),
    )
    expect((await run(['sync'], { cwd })).code).toBe(4)
    const { code, stderr } = await run(['sync', '--accept-shrink'], { cwd })
    expect([code, stderr]).toEqual([
      0,
      'goods: 12 goods have another id; they keep the history that they had under the old one\n',
    ])
    const shelf = JSON.parse((await run(['shelf', 'list', '--json'], { cwd })).stdout)
    expect(shelf.items).toEqual([expect.objectContaining({ sku: '600003', title: '品3', status: 'live' })])
    const { product, history } = JSON.parse((await run(['show', '600003', '--history', '--json'], { cwd })).stdout)
    expect([product.sku, history.length]).toEqual(['qeq-3', 1])
  })

  it('a database that cannot be opened leaves no lock behind', async () => {
    const cwd = shop({ 'shoptool.db': 'no database at all, whatever its name says; '.repeat(50) })
    const { code, stderr } = await run(['sync'], { cwd })
    expect([code, stderr]).not.toEqual([0, ''])
    expect(existsSync(join(cwd, '.shoptool', 'lock'))).toBe(false)
    expect(await run(['sync'], { cwd })).toMatchObject({ code, stderr })
  })

  it('what a dry run says to type does what it said, by the same flags', async () => {
    const cwd = shop()
    await run(['sync'], { cwd })
    writeFileSync(join(cwd, 'goods.csv'), GOODS.split('\n').slice(0, 2).join('\n'))
    const { stderr } = await run(['sync', 'goods', '--dry-run', '--accept-shrink', '--offline'], { cwd })
    const [, typed] =
      /^To do exactly this: shoptool (sync goods --offline --accept-shrink --apply [0-9a-f]{8})$/m.exec(stderr) ?? []
    expect(await run(typed!.split(' '), { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining('applied') })
  })
})
