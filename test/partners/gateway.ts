import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import { lastDays } from '../../src/catalog/windows.ts'
import { realContext } from '../../src/context.ts'
import { type Account, fetchApi, LIMITS, type LinkApi, type LinkGoods, type Links } from '../../src/feeds/api.ts'
import { callerOf } from '../../src/feeds/call.ts'
import { askForLinks } from '../../src/feeds/link.ts'
import type { Outside } from '../../src/feeds/tries.ts'
import type { Apis } from '../../src/partners/partner.ts'
import { folderWith, NOW, run, workspaceWith } from '../cli/shoptool.ts'

export type Asked = { path: string; query: URLSearchParams; body: string }
/** JSON, bytes of a picture, or half an answer. */
export type Answered = object | Buffer | { half: string }

/** A gateway on this machine; `answer` gets what was asked, and how many calls came before. */
export async function startGateway(answer: (asked: Asked, before: number) => Answered): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { pathname: path, searchParams: query } = new URL(request.url!, 'http://gateway')
    const answered = answer({ path, query, body }, asked.length)
    asked.push({ path, query, body })
    if (Buffer.isBuffer(answered)) response.setHeader('content-type', 'image/jpeg').end(answered)
    else response.end('half' in answered ? answered.half : JSON.stringify(answered))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

/** `sync --json` of one API source, in a new workspace or that of an earlier run; then what `find` or `orders list` show. */
export async function syncApi(source: { partner: string; feed: string; api: object; query?: object }, cwd = workspace(source)) {
  const { code, stdout, stderr } = await run(['sync', '--json'], { cwd, fetch: realContext().fetch })
  const list = source.feed === 'orders' ? ['orders', 'list', '--json'] : ['find', '--json']
  const listed = JSON.parse((await run(list, { cwd })).stdout)
  return { cwd, code, said: stdout + stderr, run: JSON.parse(stdout).runs[0], records: listed.orders ?? listed.products }
}

const workspace = (source: object) => workspaceWith(`sources: { one: ${JSON.stringify(source)} }\n`)

/** What an API gives, with a clock that only waiting moves; an error is its message and fault. */
export async function fetchWith(
  api: Apis['products'] | Apis['orders'],
  credentials: Record<string, string>,
  query: Record<string, string | number | boolean> = {},
) {
  let time = NOW
  const slept: number[] = []
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    time += milliseconds
  }
  const outside: Outside = { fetch: realContext().fetch, now: () => time, sleep, chance: () => 0 }
  const source = { name: 'one', partner: 'partner' }
  const span = api!.reach && lastDays(Number(query.days ?? api!.reach.days), api!.reach.most, NOW)
  const [done] = await Promise.allSettled([
    fetchApi(api!, { credentials, query }, source, `${folderWith()}/snapshots`, outside, { ...(span && { span }) }),
  ])
  const error = done.status === 'rejected' ? [done.reason.message, done.reason.fault] : null
  return { snapshot: done.status === 'fulfilled' ? done.value : null, error, pauses: slept.filter((one) => one >= 500) }
}

/** What the partner's API makes of goods, as `shoptool link` asks for it. */
export async function linksOf<Step>(api: LinkApi<Step>, goods: Partial<LinkGoods>, account: Account): Promise<Partial<Links>> {
  const outside: Outside = { fetch: realContext().fetch, now: () => NOW, sleep: async () => {}, chance: () => 0 }
  const caller = await callerOf(api.token, account, 'partner', outside, async () => {}, LIMITS)
  const links = await askForLinks(api, { sku: '', title: '', url: null, link: null, ...goods }, account, 'partner', caller)
  return Object.fromEntries(Object.entries(links).filter(([, value]) => value !== null))
}
