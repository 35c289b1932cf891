import { expect, it } from 'vitest'
import { fetchRun, loadRun } from '../../src/catalog/sync.ts'
import { realContext } from '../../src/context.ts'
import { type ApiFeed, fetchApi } from '../../src/feeds/api.ts'
import { amount, none, text } from '../../src/feeds/field.ts'
import { stepsOf, valueAt } from '../../src/feeds/formats/json.ts'
import { formOf, signSandwich, unixTime } from '../../src/feeds/sign.ts'
import type { Partner } from '../../src/partners/partner.ts'
import { folderWith, NOW } from '../cli/shoptool.ts'
import { GATEWAY_SECRET, goodsId, seeded, startGateway, type Trouble } from '../feeds/gateway.ts'
import { ACME, session, told } from './session.ts'

// From a gateway into the database: all pages, or nothing.

const SIZE = 100
const PARTNER: Partner = {
  ...ACME,
  feeds: {
    products: {
      format: { type: 'ndjson' },
      fields: {
        ...ACME.feeds.products.fields,
        ...{ sku: text('goods_id'), title: text('goods_name'), price: amount('min_group_price', 'fen') },
        ...{ currency: none, couponAmount: none, commissionRate: none, sales: none },
      },
    },
  },
}

const feedAt = (url: string): ApiFeed<number> => ({
  perSecond: 20,
  first: () => 1,
  request(page, { credentials }, now) {
    const form = { client_id: 'demo', timestamp: unixTime(now), page: String(page), page_size: String(SIZE) }
    const body = formOf({ ...form, sign: signSandwich(form, credentials.secret!) })
    return { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' }, body }
  },
  read(body, page) {
    const code = valueAt(body, stepsOf('error_response.error_code'))
    if (code !== undefined) return { fault: 'retry', message: String(code) }
    const rows = valueAt(body, stepsOf('goods_search_response.goods_list'))
    return { rows, next: Array.isArray(rows) && rows.length === SIZE && page < 100 ? page + 1 : null }
  },
})

async function sync(into: ReturnType<typeof session>, trouble: (page: number, tries: number) => Trouble | null) {
  let time = NOW
  const sleep = async (milliseconds: number) => {
    time += milliseconds
  }
  const outside = { fetch: realContext().fetch, now: () => time, sleep, chance: () => 0.5 }
  const { url } = await startGateway({ items: 10_000, now: () => time, trouble })
  const account = { credentials: { secret: GATEWAY_SECRET }, query: {} }
  const fetch = async () => ({
    snapshots: [await fetchApi(feedAt(url), account, { name: 'goods', partner: 'acme' }, `${folderWith()}/snapshots`, outside)],
  })
  const options = { complete: true, acceptShrink: false, dryRun: false, timezone: 'Asia/Shanghai', now: () => time }
  return loadRun(into.db, PARTNER, { kind: 'products', source: 'goods' }, await fetchRun(fetch, () => time), options)
}

it('10 000 products in 100 pages are synced completely, although one call in twenty fails; a page that fails for good changes nothing', async () => {
  const into = session()
  const random = seeded(7)
  const now = { status: 500 } as const
  const flaky = () => (random() < 0.05 ? (random() < 0.5 ? now : { status: 429, headers: { 'retry-after': '1' } }) : null)
  expect(told(await sync(into, flaky))).toBe('applied: 10000 read, 10000 added')
  const [[first, last]] = into.query<[string, string]>('SELECT min(sku), max(sku) FROM product') as [[string, string]]
  expect([first, last]).toEqual([goodsId(0), goodsId(9999)])
  const before = into.content()
  const failed = await sync(into, (page) => (page === 60 ? now : null))
  expect([failed.status, failed.fault, failed.error]).toEqual([
    'failed',
    'temporary',
    'acme, page 60: answers HTTP 500 (tried 6 times)',
  ])
  expect(into.content()).toEqual(before)
})
