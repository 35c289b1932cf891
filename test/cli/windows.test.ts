import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { realContext } from '../../src/context.ts'
import { addCoverage } from '../../src/store/coverage.ts'
import { openDatabase } from '../../src/store/open.ts'
import { signatureOf } from '../feeds/gateway.ts'
import { NOW, run, workspaceWith } from './shoptool.ts'

// Orders that are read by time: what one run asks for depends on what the runs before it have read.

// calls take their turns in real time
vi.setConfig({ testTimeout: 30_000 })

const SECRET = 'pdd+secret'
const HOUR = 3_600_000
let asked: [from: number, until: number][] = []
let broken = false

const server = createServer(async (request, response) => {
  let text = ''
  for await (const part of request) text += part
  const form = new URLSearchParams(text)
  if (form.get('sign') !== signatureOf(form, SECRET)) return response.end('{"error_response":{"error_code":20004}}')
  if (broken) return response.end('{"error_response":{"error_code":20031,"error_msg":"no permission"}}')
  asked.push([Number(form.get('start_update_time')) * 1000, Number(form.get('end_update_time')) * 1000])
  response.end('{"order_list_get_response":{"total_count":0,"order_list":[]}}')
})
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
afterAll(() => server.close())
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const shop = (query = '') =>
  workspaceWith(
    `sources: { pdd-orders: { partner: pdd, feed: orders, api: { clientId: x, clientSecret: "${SECRET}", gateway: "${url}" }${query} } }\n`,
  )

/** What a sync so many hours after noon of 25 November asks for: hours before and behind that noon. */
async function sync(cwd: string, hours: number) {
  asked = []
  const { code } = await run(['sync', '--json'], { cwd, now: NOW + hours * HOUR, fetch: realContext().fetch })
  return [code, asked.map((window) => window.map((time) => (time - NOW) / HOUR))]
}

it('go on where reading ended, with an hour of overlap; what a failed run missed is read by the next', async () => {
  const cwd = shop()
  expect(await sync(cwd, 0)).toEqual([
    0,
    [
      [-72, -48],
      [-48, -24],
      [-24, 0],
    ],
  ])
  expect(await sync(cwd, 2)).toEqual([0, [[-1, 2]]])
  broken = true
  expect(await sync(cwd, 20)).toEqual([2, []])
  broken = false
  expect(await sync(cwd, 26)).toEqual([
    0,
    [
      [1, 25],
      [25, 26],
    ],
  ])
  expect(await run(['orders', 'gaps'], { cwd, now: NOW + 26 * HOUR })).toMatchObject({ code: 0, stdout: '' })
})

it('the source may say how many days are read each time at least', async () => {
  const cwd = shop(', query: { days: 1 }')
  expect(await sync(cwd, 0)).toEqual([0, [[-24, 0]]])
  expect(await sync(cwd, 2)).toEqual([0, [[-22, 2]]])
})

it('with another query or account the source begins anew', async () => {
  const cwd = shop(', query: { days: 1 }')
  await sync(cwd, 0)
  const path = join(cwd, 'shoptool.yaml')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('days: 1', 'days: 2, query_order_type: 2'))
  expect(await sync(cwd, 1)).toEqual([
    0,
    [
      [-47, -23],
      [-23, 1],
    ],
  ])
  writeFileSync(path, text.replace('clientId: x', 'clientId: y').replace('days: 1', 'days: 2'))
  expect(await sync(cwd, 1)).toEqual([
    0,
    [
      [-47, -23],
      [-23, 1],
    ],
  ])
})

it('days that are no count are told', async () => {
  const { code, stderr } = await run(['sync'], { cwd: shop(', query: { days: all }'), fetch: realContext().fetch })
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('sources.pdd-orders.query.days: "all" is not a count of days, expected 1 or more'),
  ])
})

it('orders gaps names the time that was not read, and whether it still can be', async () => {
  const cwd = shop()
  await sync(cwd, 0)
  const db = openDatabase(`${cwd}/shoptool.db`)
  const question = db.prepare('SELECT question FROM coverage').pluck().get() as string
  for (const [from, until] of [
    [-125 * 24, -120 * 24],
    [-30 * 24, -20 * 24],
  ] as const)
    addCoverage(db, question, { from: NOW + from * HOUR, until: NOW + until * HOUR })
  db.close()
  const { code, stdout } = await run(['orders', 'gaps'], { cwd })
  expect(code).toBe(5)
  expect(stdout).toBe(
    [
      "pdd-orders\t2026-07-28 12:00\t2026-10-26 12:00\timport the partner's order file: its API does not answer for all of it any more",
      'pdd-orders\t2026-11-05 12:00\t2026-11-22 12:00\tsync',
      '',
    ].join('\n'),
  )
  const { unread } = JSON.parse((await run(['orders', 'gaps', '--json'], { cwd })).stdout)
  expect(unread[1]).toEqual({
    ...{ partner: 'pdd', source: 'pdd-orders', lost: false },
    ...{ from: '2026-11-05T12:00:00+08:00', until: '2026-11-22T12:00:00+08:00' },
  })
})
