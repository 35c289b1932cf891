import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { realContext } from '../../src/context.ts'
import { LIMITS, type LinkApi, type Links, type SubId } from '../../src/feeds/api.ts'
import { callerOf } from '../../src/feeds/call.ts'
import { valueAt } from '../../src/feeds/formats/json.ts'
import { askForLinks } from '../../src/feeds/link.ts'
import { keepGiven } from '../../src/share/link.ts'
import { madeLinks } from '../../src/store/links.ts'
import { memoryDatabase } from '../../src/store/open.ts'
import { folderWith, NOW } from '../cli/shoptool.ts'

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

const PNG = Buffer.from('89504e470d0a1a0a00ff80', 'hex')
const NOBODY = { channel: '', member: '', trackingId: '', subId: null, madeAt: '2026-11-25T12:00:00+08:00' }
const MOMENTS = { ...NOBODY, channel: 'moments' }
const NOTHING: Links = { link: null, shortLink: null, code: null, miniProgram: null, picture: null }

/** First a link, at the second call since the first fails, then a picture of it. */
async function partner(picture: Buffer, type = 'image/png'): Promise<LinkApi<string>> {
  let calls = 0
  const server = createServer((request, response) => {
    if (request.url === '/picture') response.setHeader('content-type', type).end(picture)
    else if (++calls === 1) response.writeHead(500).end()
    else response.end('{"url":"https://a.example/1"}')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closing.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    perSecond: 10,
    first: (_goods, _account, sub) => (sub?.id === 'endless' ? 'again' : 'link'),
    request: (step) => ({ method: 'GET', url: `${url}/${step}`, headers: {} }),
    read(body, step) {
      if (step === 'again') return { links: {}, next: 'again' }
      if (Buffer.isBuffer(body)) return { links: { picture: body }, next: null }
      return { links: { link: String(valueAt(body, ['url'])) }, next: 'picture' }
    },
  }
}

const ask = async (api: LinkApi<string>, sub?: SubId) => {
  const outside = { fetch: realContext().fetch, now: () => NOW, sleep: async () => {} }
  const account = { credentials: {}, query: {} }
  const caller = await callerOf(api.token, account, 'acme', outside, async () => {}, LIMITS)
  return askForLinks(api, { sku: '1', title: '伞', url: null, link: null }, account, 'acme', caller, sub)
}

it('several steps come to one answer; a picture arrives byte for byte and goes to out/links', async () => {
  const links = await ask(await partner(PNG))
  expect(links).toEqual({ ...NOTHING, link: 'https://a.example/1', picture: PNG })
  const folder = folderWith()
  const db = memoryDatabase()
  const goods = { partner: 'acme', sku: '1/2' }
  keepGiven(db, { folder, out: join(folder, 'out') }, goods, MOMENTS, links)
  const { picture } = madeLinks(db, goods, MOMENTS)[0]!.values
  expect(picture).toMatch(/^out\/links\/acme-1_2-moments-[0-9a-f]{8}\.png$/)
  expect(readFileSync(join(folder, picture!))).toEqual(PNG)
  expect(readdirSync(join(folder, 'out/links'))).toHaveLength(1)
  expect(madeLinks(db, goods, NOBODY)).toEqual([])

  // what is made anew stands in place of all that was there
  const later = { ...MOMENTS, madeAt: '2026-11-26T12:00:00+08:00' }
  keepGiven(db, { folder, out: join(folder, 'out') }, goods, later, { ...NOTHING, code: '￥1￥' })
  expect(madeLinks(db, goods, MOMENTS)).toEqual([{ ...later, values: { code: '￥1￥' } }])
})

it('what calls itself a picture and is none is not kept', async () => {
  const links = await ask(await partner(Buffer.from('busy')))
  const folder = folderWith()
  const db = memoryDatabase()
  const keep = () => keepGiven(db, { folder, out: folder }, { partner: 'acme', sku: '1' }, NOBODY, links)
  expect(keep).toThrow('acme-1: the partner gave a picture that is neither PNG, JPEG nor GIF')
  expect([madeLinks(db, { partner: 'acme', sku: '1' }, NOBODY), readdirSync(folder)]).toEqual([[], []])
})

it('steps without an end are stopped', async () => {
  await expect(ask(await partner(PNG), { id: 'endless', steady: '' })).rejects.toThrow('acme, link to 1: no end after 20 steps')
})
