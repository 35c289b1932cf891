import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** The signature as the gateway works it out: on its own, not with the code under test. */
export function signatureOf(form: URLSearchParams, secret: string): string {
  const hash = createHash('md5').update(secret)
  for (const name of [...form.keys()].sort()) if (name !== 'sign') hash.update(name).update(form.get(name)!)
  return hash.update(secret).digest('hex').toUpperCase()
}

/** What goes wrong with a call instead of an answer. */
export type Trouble =
  | { status: number; headers?: Record<string, string>; body?: string | Buffer }
  | { code: number; message: string }
  /** Half an answer, or the connection broken; silence from the start, or after half of it. */
  | 'cut'
  | 'drop'
  | 'hang'
  | 'stall'

export type Call = { page: number; at: number; form: URLSearchParams }

export const GATEWAY_SECRET = 'gateway+secret/1'
/** Of the product at a place: beyond 2^53, neighbours that a JavaScript number cannot tell apart. */
export const goodsId = (at: number) => String(6_900_000_000_000_000_000n + BigInt(at))

/**
 * A partner's gateway on this machine, in the manner of Pinduoduo: form in, errors inside HTTP 200. It refuses a wrong signature, a call
 * more than ten minutes old, and more than `perSecond` calls a second; `trouble` is asked what goes wrong with a call.
 */
export async function startGateway(options: {
  items: number
  now(): number
  perSecond?: number
  trouble?(page: number, tries: number): Trouble | null
}): Promise<{ url: string; calls: Call[]; throttled(): number }> {
  const { items, now, perSecond = 20, trouble = () => null } = options
  const calls: Call[] = []
  let throttled = 0
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const form = new URLSearchParams(text)
    const page = Number(form.get('page'))
    calls.push({ page, at: now(), form })
    const tries = calls.filter((call) => call.page === page).length
    const refuse = (code: number, message: string) =>
      response.end(JSON.stringify({ error_response: { error_code: code, error_msg: message } }))
    // Some gateways show what they signed: the secret is in it.
    if (form.get('sign') !== signatureOf(form, GATEWAY_SECRET)) {
      return refuse(20004, `签名错误: ${form.get('client_secret_echo') ?? ''}\n(${form.get('client_id')})`)
    }
    if (Math.abs(now() / 1000 - Number(form.get('timestamp'))) > 600) return refuse(20006, 'timestamp')
    if (calls.filter((call) => call.at > now() - 1000).length > perSecond + 1) {
      throttled++
      return refuse(70031, 'too many calls')
    }
    const wrong = trouble(page, tries)
    if (wrong === null) response.end(goods(page, Number(form.get('page_size')), items))
    else if (typeof wrong === 'string') misbehave(wrong, response, goods(page, Number(form.get('page_size')), items))
    else if ('code' in wrong) refuse(wrong.code, wrong.message)
    else response.writeHead(wrong.status, wrong.headers).end(wrong.body ?? '<html>busy</html>')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/router`, calls, throttled: () => throttled }
}

function misbehave(how: 'cut' | 'drop' | 'hang' | 'stall', response: ServerResponse, body: string): void {
  if (how === 'drop') response.destroy()
  if (how === 'stall') response.write(body.slice(0, body.length / 2))
  if (how === 'cut') response.end(body.slice(0, body.length / 2))
}

/** A page as text, so that no number of it was ever a JavaScript number. */
function goods(page: number, size: number, items: number): string {
  const list: string[] = []
  for (let at = (page - 1) * size; at < Math.min(page * size, items); at++) {
    list.push(`{"goods_id":${goodsId(at)},"goods_name":"蜂蜜\\n${at}","min_group_price":1990,"rate":0.10}`)
  }
  return `{"goods_search_response":{"goods_list":[${list}],"total_count":${items}}}`
}

/** Numbers from 0 up to 1, the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
