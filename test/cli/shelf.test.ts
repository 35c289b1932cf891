import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ACME, ask, NOW, run, workspaceWith } from './shoptool.ts'

// Shelves under the rules of their kinds.

const PARTNER = `${ACME}      couponAmount: { amount: coupon, unit: yuan, optional: true }
      commissionRate: { rate: rate, unit: percent, optional: true }
      sales: { count: sales, optional: true }
      url: { text: url, optional: true }
  orders:
    format: { type: csv }
    fields:
      orderId: { text: order }
      paidAmount: { amount: paid, unit: yuan }
      refundAmount: { amount: refund, unit: yuan, optional: true }
      commission: { amount: commission, unit: yuan }
      status: { oneOf: status, words: { settled: settled, refunded: refunded } }
      orderedAt: { instant: ordered, pattern: "yyyy-MM-dd" }
      settledAt: { instant: settled, pattern: "yyyy-MM-dd", optional: true }
fees: [ { name: 技术服务费, of: commission, rate: "10%", rounding: half-up } ]
`
const SHELVES = `shelves:
  six: { kind: 云卖 }
  keeper: { kind: taoxiaopu }
  wechat: { kind: 微信小商店 }
  own: { kind: custom, cap: 2 }
sources:
  goods: { partner: acme, feed: products, file: goods.csv }
`
type Row = { title?: string; price?: number; coupon?: string; rate?: number; sales?: number; url?: string } | null
const NAMES = ['晴雨伞', '马克杯', '保温杯', '落地灯', '乳胶枕', '红茶罐', '蓝牙耳机', '洗面奶']
const feed = (changes: Record<number, Row> = {}) =>
  `sku,title,price,coupon,rate,sales,url\n${NAMES.map((name, i) => {
    const row = changes[i + 1]
    if (row === null) return ''
    const { title = name, price = 20 + i, coupon = '', rate = 10, sales = 1000 * (i + 1), url = '' } = row ?? {}
    return `${i + 1},${title},${price}.00,${coupon},${rate},${sales},${url}\n`
  }).join('')}`

let cwd = ''
const shelf = (...args: string[]) => run(['shelf', ...args], { cwd })
const sync = async (changes: Record<number, Row> = {}, day = 0) => {
  writeFileSync(join(cwd, 'goods.csv'), feed(changes))
  expect((await run(['sync', '--accept-shrink'], { cwd, now: NOW + day * 86_400_000 - 60_000 })).code).toBe(0)
}
const skus = async (name: string) => (await shelf('list', '--shelf', name)).stdout.replace(/acme:(\d).*\n/g, '$1')
const shop = async (more = SHELVES, files: Record<string, string> = {}, changes: Record<number, Row> = {}) => {
  cwd = workspaceWith(more, { 'partners/acme.yaml': PARTNER, ...files })
  await sync(changes)
}

describe('the cap of a kind', () => {
  beforeEach(() => shop())

  it('refuses one too many, says what to drop, and changes nothing', async () => {
    expect((await shelf('add', '1', '2', '3', '4', '5', '6', '--shelf', 'six')).code).toBe(0)
    await sync({ 3: null })
    const before = [await skus('six'), (await shelf('log')).stdout]
    expect(await shelf('add', '7', '8', '--shelf', 'six')).toEqual({
      ...{ code: 2, stdout: '' },
      stderr:
        'shoptool: the shelf six would hold 8 goods; yunmai (云卖) allows 6, see "shoptool rules explain yunmai.cap": make room with "shoptool shelf remove acme:3 acme:1 --shelf six" (acme:3 is gone, acme:1 scores 23)\n',
    })
    expect([await skus('six'), (await shelf('log')).stdout]).toEqual(before)
    // what the message says to do makes the room
    await shelf('remove', 'acme:3', 'acme:1', '--shelf', 'six')
    expect((await shelf('add', '7', '8', '--shelf', 'six')).code).toBe(0)
    expect(await skus('six')).toBe('245678')
  })

  it('is that of shoptool.yaml for a shop of your own; more than fit at once are refused too', async () => {
    expect((await shelf('add', '1', '2', '3', '--shelf', 'own')).stderr).toBe(
      'shoptool: the shelf own would hold 3 goods; its cap in shoptool.yaml is 2: name 1 goods fewer\n',
    )
    await shelf('add', '1', '2', '--shelf', 'own')
    // again what is there already: nothing more
    expect((await shelf('add', '1', '--shelf', 'own')).code).toBe(0)
    expect((await shelf('swap', '6', '7', '8', '--shelf', 'own')).stderr).toContain(
      'cap in shoptool.yaml is 2: leave out acme:6 scores 33\n',
    )
  })

  it('holds for undo too, where the cap was lowered since', async () => {
    await shelf('add', '1', '2', '--shelf', 'own')
    await shelf('swap', '3', '--shelf', 'own')
    writeFileSync(
      join(cwd, 'shoptool.yaml'),
      `shop: { name: 小鹿, timezone: Asia/Shanghai, currency: CNY }\n${SHELVES.replace('cap: 2', 'cap: 1')}`,
    )
    expect((await shelf('undo', '--shelf', 'own')).stderr).toContain(
      'the shelf own would hold 2 goods; its cap in shoptool.yaml is 1',
    )
    expect(await skus('own')).toBe('3')
  })

  it('may be lifted or set by rules of the workspace', async () => {
    const rule = 'kinds: { yunmai: { rules: [{ id: cap, value: 1 }] }, taoxiaopu: { rules: [{ id: cap, value: null }] } }'
    await shop(SHELVES, { 'rules/shops.yaml': rule })
    expect((await shelf('add', '1', '2', '--shelf', 'six')).stderr).toContain('yunmai (云卖) allows 1')
    expect((await shelf('add', '1', '2', '--shelf', 'keeper')).code).toBe(0)
  })
})

describe('changes', () => {
  beforeEach(() => shop())

  it('swap replaces the whole set, keeps the figures of what stays, and undo brings the old set back', async () => {
    await shelf('add', '1', '2', '3', '--shelf', 'six', '--reason', '好用')
    await sync({ 2: { price: 50 } })
    expect((await shelf('swap', '5', '2', '--shelf', 'six')).stdout).toBe(
      'removed  acme:1\nremoved  acme:3\nadded  acme:5  乳胶枕  24.00, commission 2.40 (10 %)\nkept  acme:2  马克杯  50.00, commission 5.00 (10 %)\n',
    )
    const { items } = JSON.parse((await shelf('list', '--shelf', 'six', '--json')).stdout)
    expect(items).toMatchObject([
      { sku: '5', reason: null, picked: { finalPrice: '24.00' } },
      { sku: '2', reason: '好用', picked: { finalPrice: '21.00' }, now: { finalPrice: '50.00' } },
    ])
    expect((await shelf('undo', '--shelf', 'six')).stdout).toBe(
      'took back  shelf swap of 2026-11-25 12:00: added acme:1, acme:3; removed acme:5\n',
    )
    expect(await skus('six')).toBe('123')
    expect((await shelf('redo', '--shelf', 'six')).stdout).toContain('brought again  shelf swap')
    expect(await skus('six')).toBe('52')
  })

  it('move puts goods first, last or before others, in the order named', async () => {
    await shelf('add', '1', '2', '3', '4', '--shelf', 'six')
    expect((await shelf('move', '4', '3', '--first', '--shelf', 'six')).stdout).toBe(
      'moved  acme:4  1 of 4\nmoved  acme:3  2 of 4\n',
    )
    expect(await skus('six')).toBe('4312')
    await shelf('move', '2', '--before', '3', '--shelf', 'six')
    expect(await skus('six')).toBe('4231')
    await shelf('move', '4', '--last', '--shelf', 'six')
    expect(await skus('six')).toBe('2314')
  })

  it('reason changes the reason only, and shows it', async () => {
    await shelf('add', '1', '--shelf', 'six')
    expect((await shelf('reason', '1', '我家用了', '两年', '--shelf', 'six')).stdout).toBe('acme:1  我家用了 两年\n')
    expect((await shelf('reason', '1', '--shelf', 'six')).stdout).toBe('acme:1  我家用了 两年\n')
    expect((await shelf('reason', '1', '--clear', '--shelf', 'six')).stdout).toBe('acme:1\n')
  })

  it('log tells every change, when and by which command', async () => {
    await shelf('add', '1', '2', '3', '4', '--shelf', 'six')
    await shelf('reason', '1', '好看', '--shelf', 'six')
    await shelf('undo', '--shelf', 'six')
    await shelf('remove', '2', '--shelf', 'six')
    const at = '2026-11-25 12:00\tsix'
    expect((await shelf('log')).stdout).toBe(
      [
        `4\t${at}\tshelf remove\tremoved acme:2`,
        `3\t${at}\tshelf undo\ttook back 2: reason of acme:1 “好看”`,
        `2\t${at}\tshelf reason\treason of acme:1 “好看” (taken back)`,
        `1\t${at}\tshelf add\tadded acme:1, acme:2, acme:3 and 1 more`,
        '',
      ].join('\n'),
    )
    const { entries } = JSON.parse((await shelf('log', '--shelf', 'six', '--limit', '1', '--json')).stdout)
    expect(entries).toMatchObject([
      {
        id: 4,
        command: 'shelf remove',
        undone: false,
        items: [{ sku: '2', change: 'removed', before: { pick: { finalPrice: '21.00' } }, after: null }],
      },
    ])
    expect((await shelf('log', '--shelf', 'own')).stderr).toBe('No shelf was changed yet.\n')
    expect((await shelf('log', '--limit', '0')).stderr).toBe(
      'shoptool: --limit: "0" is not a number of changes, expected 1 or more\n',
    )
  })
})

describe('what makes no sense', () => {
  beforeAll(async () => {
    await shop()
    await shelf('add', '1', '--shelf', 'six')
  })

  it.each([
    [['move', '1', '--shelf', 'six'], 'shelf move: where to? Expected one of --first, --last and --before'],
    [['move', '1', '--before', '1', '--shelf', 'six'], '--before: acme:1 is itself to be moved'],
    [['move', '9', '--first', '--shelf', 'six'], '9: is not on the shelf six'],
    [['reason', '1', ' ', '--shelf', 'six'], 'shelf reason: the text is empty; --clear takes a reason away'],
    [['reason', '1', 'a', '--clear', '--shelf', 'six'], 'shelf reason: expected a text or --clear, not both'],
    [['unpark', '1', '--shelf', 'six'], 'acme:1: is not set aside'],
    [['undo', '--shelf', 'own'], 'shelf undo: there is no change of own to take back; see "shoptool shelf log"'],
    [['redo', '--shelf', 'six'], 'shelf redo: nothing of six was taken back, or it was changed since; see "shoptool shelf log"'],
    [['tier', '--shelf', 'own'], 'custom (自定义) has no tiers on 2026-11-25'],
    [['list'], '--shelf: which one? shoptool.yaml has six, keeper, wechat, own'],
  ])('%j is refused', async (args, says) => {
    expect(await shelf(...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${says}\n` })
  })
})

it.each([
  ['kind: 云卖', 'kind: 云麦', 'shoptool.yaml: shelves.six.kind: unknown kind "云麦"; did you mean 云卖?'],
  [
    'kind: taoxiaopu',
    'kind: taoxiaopu, cap: 5',
    'shoptool.yaml: shelves.keeper.cap: taoxiaopu (淘小铺) has a rule for that, see "shoptool rules explain taoxiaopu.cap"; write another one into rules/shops.yaml',
  ],
  ['cap: 2', 'cap: 0', 'shoptool.yaml:6: shelves.own.cap: expected 1 or more'],
])('shoptool.yaml with %s → %s is told', async (right, mistaken, says) => {
  cwd = workspaceWith(SHELVES.replace(right, mistaken))
  expect((await shelf('list', '--shelf', 'own')).stderr).toBe(`shoptool: ${says}\n`)
})

describe('the card', () => {
  it('is shown and asked at a terminal, and No takes nothing', async () => {
    await shop(SHELVES, {}, { 1: { price: 59, coupon: '10', rate: 20 } })
    const answer = (key: string, ...args: string[]) => ask(['shelf', ...args], cwd, [['?', key]])
    const no = await answer('n\r', 'add', '1', '--shelf', 'wechat')
    expect(no.code).toBe(0)
    for (const line of [
      'product     acme:1\n',
      'price       49.00 CNY, 59.00 before the coupon\n',
      'commission  9.80 (20 %)\n',
      'net         9.80 commission − 0.98 技术服务费 (10 % of 9.80, half-up) − 0.29 wechat-shop.payment-fee (0.6 % of 49.00, half-up) = 8.53\n',
      'source      acme, goods.csv:2 (goods), seen 2026-11-25\n',
      'Nothing taken.\n',
    ])
      expect(no.asked).toContain(line)
    expect(await skus('wechat')).toBe('')
    expect((await answer('\r', 'add', '1', '--shelf', 'wechat')).code).toBe(0)
    expect((await answer('n\r', 'swap', '2', '3', '--shelf', 'wechat')).asked).toContain(
      'Replace the 1 goods of wechat with these 2?',
    )
    expect(await skus('wechat')).toBe('1')
    expect((await answer('\r', 'add', '4', '5', '--shelf', 'wechat')).asked).toContain('Put these on the shelf wechat?')
    expect(await skus('wechat')).toBe('145')
  })

  it('--yes, --json and a pipe do not ask; the figures are kept with the row they were read from', async () => {
    await shop()
    expect((await run(['shelf', 'add', '1', '--shelf', 'six', '--yes'], { cwd, tty: true })).code).toBe(0)
    expect((await run(['shelf', 'add', '2', '--shelf', 'six', '--no-input'], { cwd, tty: true })).code).toBe(0)
    const { stdout } = await run(['shelf', 'add', '3', '--shelf', 'six', '--json'], { cwd, tty: true })
    expect(JSON.parse(stdout).items).toEqual([
      {
        ...{ partner: 'acme', sku: '3', added: true, warnings: [] },
        pick: {
          ...{ pickedAt: '2026-11-25T12:00:00+08:00', price: '22.00', finalPrice: '22.00', coupon: null },
          ...{ commissionRate: '10', commission: '2.20', net: '1.98', score: expect.any(Number) },
          read: { source: 'goods', file: 'goods.csv', line: 4, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        },
      },
    ])
  })
})

describe('shelf check', () => {
  it('finds what changed since the pick, parks what is gone, and puts it back when it is live again', async () => {
    await shop(SHELVES, {}, { 4: { coupon: '3' }, 5: { coupon: '3' } })
    await shelf('add', '1', '2', '3', '4', '5', '6', '--shelf', 'six')
    expect(await shelf('check', '--shelf', 'six')).toMatchObject({ code: 0, stderr: 'Nothing to tell of 6 goods on six.\n' })
    await sync({ 1: { price: 30 }, 2: { rate: 5 }, 3: null, 5: { coupon: '5', price: 26 } })
    const found = [
      'acme:1\tprice-up\t20.00\t30.00\t+50%\t\t晴雨伞',
      'acme:1\tcommission-up\t2.00\t3.00\t+50%\t\t晴雨伞',
      'acme:2\trate-down\t10%\t5%\t-50%\t\t马克杯',
      'acme:2\tcommission-down\t2.10\t1.05\t-50%\t\t马克杯',
      'acme:3\tgone\t\t2026-11-25\t\t\t保温杯',
      'acme:4\tprice-up\t20.00\t23.00\t+15%\t\t落地灯',
      'acme:4\tcommission-up\t2.00\t2.30\t+15%\t\t落地灯',
      'acme:4\tcoupon-ended\t3.00\t\t\t\t落地灯',
      'acme:5\tcoupon\t3.00\t5.00\t\t\t乳胶枕',
      'acme:5\traised\t\t\t\t\tprice raised',
    ]
    const check = await shelf('check', '--shelf', 'six')
    expect({
      code: check.code,
      found: check.stdout
        .replace(/(price raised).*/, '$1')
        .trim()
        .split('\n'),
    }).toEqual({ code: 5, found: found.slice(0, 9) })
    expect((await shelf('check', '--shelf', 'six', '--park')).stdout).toContain('acme:3\tgone\t\t2026-11-25\t\tparked\t保温杯')
    expect((await shelf('list', '--shelf', 'six')).stdout).toContain('acme:3\t22.00\t2.20\tset aside, gone\t保温杯')
    expect((await shelf('unpark', '3', '--shelf', 'six')).stderr).toContain('acme:3: is still gone from its feed')

    // set aside it counts no more, nor is it told again
    expect((await shelf('add', '7', '--shelf', 'six')).code).toBe(0)
    expect((await shelf('check', '--shelf', 'six')).stdout).not.toContain('acme:3')
    expect((await run(['poster', '--shelf', 'six', '--json'], { cwd })).stdout).not.toContain('"sku": "3"')

    await sync()
    expect((await shelf('check', '--shelf', 'six', '--park')).stdout).toContain('acme:3\tback\t2026-11-25\t\t\t\t保温杯')
    expect((await shelf('unpark', '3', '--shelf', 'six')).stderr).toContain('the shelf six would hold 7 goods')
    await shelf('remove', '7', '--shelf', 'six')
    expect((await shelf('check', '--shelf', 'six', '--park')).stdout).toContain('acme:3\tback\t2026-11-25\t\t\tunparked\t保温杯')
    expect((await shelf('log', '--limit', '1')).stdout).toContain('shelf check --park\tput back acme:3')
    await shelf('undo', '--shelf', 'six')
    expect((await shelf('unpark', '3', '--shelf', 'six')).stdout).toBe('put back  acme:3\n')
  })

  it('--accept takes the figures of today, in the log, and undo gives the old ones back', async () => {
    await shop()
    await shelf('add', '1', '2', '--shelf', 'own')
    await sync({ 1: { price: 30 }, 2: { price: 40 } })
    expect(JSON.parse((await shelf('check', '2', '--shelf', 'own', '--accept', '--json')).stdout).findings).toMatchObject([
      { shelf: 'own', finding: 'price-up', sku: '2', before: '21.00', now: '40.00', change: '90.4761', done: 'accepted' },
      { finding: 'commission-up', done: 'accepted' },
    ])
    expect((await shelf('check', '--shelf', 'own')).stdout).not.toContain('acme:2')
    expect((await shelf('log', '--limit', '1')).stdout).toContain('shelf check --accept\tnew figures of acme:2 (21.00 → 40.00)')
    await shelf('undo', '--shelf', 'own')
    expect((await shelf('check', '2', '--shelf', 'own')).stdout).toContain('acme:2\tprice-up\t21.00\t40.00')
  })

  it('a price that was raised before its discount is told, by add too', async () => {
    await shop(SHELVES, {}, { 1: { price: 39 } })
    await sync({ 1: { price: 59 } }, 1)
    await sync({ 1: { price: 59, coupon: '10' } }, 2)
    const says =
      'price raised from 39.00 to 59.00 on 2026-11-26, 1 day before the coupon of 10.00; with it 49.00, before the rise 39.00'
    const later = { cwd, now: NOW + 3 * 86_400_000 }
    expect((await run(['shelf', 'add', '1', '--shelf', 'own'], later)).stderr).toContain(`acme:1: ${says}\n`)
    const check = (...args: string[]) => run(['shelf', 'check', '--shelf', 'own', ...args], later)
    expect(await check()).toMatchObject({ code: 5, stdout: `acme:1\traised\t\t\t\t\t${says}\n` })
    // once accepted it is not told again, until it is another one
    expect((await check('--accept')).stdout).toBe(`acme:1\traised\t\t\t\taccepted\t${says}\n`)
    expect(await check()).toMatchObject({ code: 0, stdout: '' })
    expect((await shelf('log', '--limit', '1')).stdout).toContain('shelf check --accept\taccepted findings of acme:1\n')
    await shelf('undo', '--shelf', 'own')
    expect((await check()).code).toBe(5)
  })

  it('rules of the kind against goods, the name of the shop and the number of shelves', async () => {
    const second = {
      'partners/other.yaml': PARTNER.replaceAll('acme', 'other'),
      'other.csv': feed({ 2: { title: '※ 山茶花晴雨两用折叠伞', price: 19, rate: 25 } }),
    }
    const more = `${SHELVES.replace('shelves:', 'shelves:\n  second: { kind: 淘小铺 }')}  other: { partner: other, feed: products, file: other.csv }\n`
    const mine = { 1: { title: '山茶花晴雨两用折叠伞', url: 'https://item.taobao.com/item.htm?id=1' } }
    await shop(more, second, mine)
    writeFileSync(join(cwd, 'shoptool.yaml'), `shop: { name: 小鹿旗舰店, timezone: Asia/Shanghai, currency: CNY }\n${more}`)
    const noTaobao = '微信小商店 takes no goods of taobao (wechat-shop.no-partners)'
    const twin = 'the same goods elsewhere: other:2 pays 2.47 more and costs 1.00 less (same title) (taoxiaopu.best-offer)'
    expect((await shelf('add', 'acme:1', '--shelf', 'wechat')).stderr).toContain(`shoptool: acme:1: ${noTaobao}\n`)
    expect((await shelf('add', 'acme:1', '--shelf', 'keeper')).stderr).toBe(`shoptool: acme:1: ${twin}\n`)
    const name = 'shop.name "小鹿旗舰店" holds 旗舰 (taoxiaopu.name-words)'
    const shops = '2 shelves (second, keeper) are of kind taoxiaopu; most members have 1 (taoxiaopu.shops-per-member)'
    expect((await shelf('check')).stdout.split('\n').map((line) => line.split('\t').filter(Boolean).join(' | '))).toEqual([
      `second | rule | ${name}`,
      `keeper | acme:1 | rule | ${twin}`,
      `wechat | acme:1 | rule | ${noTaobao}`,
      `rule | ${shops}`,
      '',
    ])
    const { stdout } = await run(['doctor'], { cwd })
    expect(stdout).toContain(`warn\tshelves\t${name.replace(' (taoxiaopu.name-words)', '')}\n`)
    expect(stdout).toContain('warn\tshelves\t2 shelves (second, keeper) are of kind taoxiaopu; most members have 1\n')
  })
})

describe('shelf tier', () => {
  const ORDERS = `order,paid,refund,commission,status,ordered,settled
a,100.00,,200.00,settled,2026-09-28,2026-10-02
b,100.00,20.00,182.00,settled,2026-10-03,2026-10-31
c,100.00,,99.00,refunded,2026-10-03,
d,100.00,,50.00,settled,2026-10-30,2026-11-01
`
  const rules = (value: string) => `kinds: { taoxiaopu: { rules: [{ id: tiers, value: ${value} }] } }`
  const tier = async (value: string | null, ...args: string[]) => {
    await shop(SHELVES, { 'orders.csv': ORDERS, ...(value && { 'rules/shops.yaml': rules(value) }) })
    await run(['import', 'orders', 'orders.csv', '--partner', 'acme'], { cwd })
    return shelf('tier', '--shelf', 'keeper', ...args)
  }
  const BY_COMMISSION =
    '{ by: commission, tiers: [{ name: 新晋, from: 0 }, { name: 资深, from: 300.00 }, { name: 精英, from: 500.00 }] }'
  const EARNED = 'confirmed in 2026-10: 2 orders, commission 345.60 CNY\n  acme: 2 orders, 345.60\n'

  it('shows its arithmetic from the confirmed orders of the month before', async () => {
    expect(await tier(BY_COMMISSION)).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: `${EARNED}tier in 2026-11: 资深, since 345.60 CNY ≥ 300.00 CNY; 154.40 CNY short of 精英 from 500.00 CNY\n`,
    })
    expect(JSON.parse((await shelf('tier', '--shelf', 'keeper', '--month', '2026-12', '--json')).stdout)).toMatchObject({
      ...{ month: '2026-12', earnedIn: '2026-11', orders: 1, commission: '50.00', by: 'commission', tier: '新晋', from: '0.00' },
      next: { name: '资深', from: '300.00', short: '250.00' },
    })
  })

  it('counts orders, of some partners; says that thresholds are not known; refuses those that cannot be', async () => {
    expect((await tier('{ by: orders, tiers: [{ name: 新晋, from: 3 }] }')).stdout).toContain(
      'tier in 2026-11: none, 2 orders; 1 orders short of 新晋 from 3 orders\n',
    )
    const other = await tier(BY_COMMISSION.replace('{', '{ partners: [acne],'))
    expect(other.stdout).toContain('tier in 2026-11: 新晋, since 0.00 CNY ≥ 0.00 CNY')
    expect(other.stderr).toBe('shoptool: taoxiaopu.tiers: there are no orders of acne; did you mean acme?\n')
    expect((await tier(null)).stdout).toBe(
      `${EARNED}tier in 2026-11: not known, taoxiaopu.tiers gives no thresholds; write them into rules/shops.yaml ("shoptool rules explain taoxiaopu.tiers")\n`,
    )
    expect((await tier(BY_COMMISSION.replace('500.00', 'viel'))).stderr).toBe(
      'shoptool: rules/shops.yaml: taoxiaopu.tiers: "viel" of 精英 is not an amount in CNY\n',
    )
    expect((await tier(BY_COMMISSION.replace('500.00', '300'))).stderr).toBe(
      'shoptool: rules/shops.yaml: taoxiaopu.tiers: the threshold of 精英 is not above that of 资深\n',
    )
  })
})
