import { cpSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { withCheckDigit } from '../../src/catalog/code.ts'
import { realContext } from '../../src/context.ts'
import { followLink } from '../../src/share/follow.ts'
import { picture } from '../share/studio.ts'
import { ACME, CONFIGURATION, folderWith, run, workspaceWith } from './shoptool.ts'

// The register of links, whose tracking id is on them, shop codes, and orders told apart by sub-ids: from a feed to the report.

const AWIN = 'https://www.awin1.com/pclick.php?p=1&a=12345&m=2'
const FEED = `aw_product_id,product_name,search_price,currency,merchant_deep_link,aw_deep_link,merchant_image_url
20817531,Umbrella,39.90,EUR,https://shop.example/1,${AWIN},photo.jpg
20817532,Mug,9.90,EUR,https://shop.example/2,https://www.awin1.com/pclick.php?p=2&a=99&m=2,
100009,Lamp,19.90,EUR,https://shop.example/3,,
`
const TAOBAO = `商品id,商品名称,商品主图,商品详情页链接地址,店铺名称,商品价格(单位：元),商品月销量,收入比率(%),佣金,淘宝客短链接(300天内有效),淘口令(30天内有效)
614252180627,晴雨伞,,https://item.taobao.com/item.htm?id=1,店,39.90,10,20,7.98,https://s.click.taobao.com/Ab1,￥abc123￥
614252180628,马克杯,,https://item.taobao.com/item.htm?id=2,店,19.90,10,20,3.98,,
`
const NOON = Date.parse('2026-11-25T12:00:00+08:00')
const DAY = 86_400_000

const SHOP = `sources:
  awin: { partner: awin, feed: products, file: awin.csv }
  tb: { partner: taobao, feed: products, file: tb.csv }
channels: { weibo: { surface: weibo/post, forms: [url, code] }, moments: { surface: wechat/moments, forms: [image] } }
shelves: { main: { kind: custom } }
`
let synced = ''
beforeAll(async () => {
  synced = workspaceWith(SHOP, { 'awin.csv': FEED, 'tb.csv': TAOBAO, 'photo.jpg': picture('jpeg', 300, 300) })
  expect((await run(['sync'], { cwd: synced })).code).toBe(0)
})

/** A synced workspace of its own. */
function shop(tracking = 'tracking: { awin: [12345] }\n') {
  const cwd = folderWith()
  cpSync(synced, cwd, { recursive: true })
  writeFileSync(join(cwd, 'shoptool.yaml'), CONFIGURATION + SHOP + tracking)
  return { cwd, shoptool: (args: string[], days = 0) => run(args, { cwd, now: NOON + days * DAY }) }
}

describe('a link that is not yours', () => {
  it('is not shared; yours is, and a page only where that is said', async () => {
    const { shoptool } = shop()
    expect((await shoptool(['copy', '20817531', '--channel', 'weibo'])).stdout).toContain(AWIN)
    const foreign = await shoptool(['copy', '20817532', '--channel', 'weibo'])
    expect([foreign.code, foreign.stderr]).toEqual([
      2,
      'shoptool: awin:20817532: the link of its feed carries the tracking id 99, which is not yours (12345); its page carries no tracking id and earns nothing; read a feed that holds links of yours\n',
    ])
    const page = await shoptool(['copy', 'awin:100009', '--channel', 'weibo'])
    expect(page.stderr).toBe(
      'shoptool: awin:100009: its page carries no tracking id and earns nothing; read a feed that holds links of yours, or share it all the same with --untracked\n',
    )
    const untracked = await shoptool(['copy', 'awin:100009', '--channel', 'weibo', '--untracked'])
    expect(untracked.stdout).toContain('https://shop.example/3')
    expect(untracked.stderr).toBe('shoptool: its page carries no tracking id and earns nothing\n')
    const made = await shoptool(['link', '20817532', '--channel', 'weibo'])
    expect([made.code, made.stdout]).toEqual([2, ''])
    expect(made.stderr).toContain('which is not yours (12345); shoptool knows no API of Awin that makes links')
  })

  it('cannot be told where none of yours is known, or it hides its id: said once, and shared', async () => {
    const { shoptool } = shop('')
    const unknown = await shoptool(['copy', '20817531', '20817532', '--channel', 'weibo'])
    expect([unknown.code, unknown.stderr.split('\n').length]).toEqual([0, 3])
    expect(unknown.stderr).toContain(
      'awin: whether links carry your tracking id cannot be told; name it in shoptool.yaml: tracking: { awin: [12345] }',
    )
    const hidden = await shoptool(['copy', '614252180627', '--channel', 'weibo', '--json'])
    expect(JSON.parse(hidden.stdout).warnings).toContain(
      'taobao: whose tracking id is on links at s.click.taobao.com cannot be told; make sure that they are from your own account with 淘宝联盟',
    )
  })

  it('of a partner that does not exist is a mistake in shoptool.yaml', async () => {
    const { shoptool } = shop('tracking: { awn: [1] }\n')
    const { code, stderr } = await shoptool(['copy', '20817531'])
    expect([code, stderr]).toEqual([2, expect.stringContaining('tracking.awn: unknown partner "awn"; did you mean awin?')])
    expect((await run(['find'], { cwd: workspaceWith('tracking: { awin: 1 }\n') })).stderr).toContain(
      'expected a list of tracking ids, like [mm_1_2_3], or a channel for each, like { mm_1_2_3: moments }',
    )
  })
})

describe('a sub-id', () => {
  it('is written on the link of the feed, for a channel, a member and a day', async () => {
    const { shoptool } = shop()
    const first = JSON.parse((await shoptool(['link', '20817531', '--channel', 'weibo', '--member', 'mei', '--json'])).stdout)
      .links[0]
    expect(first).toMatchObject({
      status: 'made',
      channel: 'weibo',
      member: 'mei',
      trackingId: '12345',
      subId: 'weibo-mei-261125',
    })
    expect(first.link).toBe('https://www.awin1.com/pclick.php?clickref=weibo-mei-261125&p=1&a=12345&m=2')
    const again = ['link', '20817531', '--channel', 'weibo', '--member', 'mei', '--json']
    expect(JSON.parse((await shoptool(again)).stdout).links[0].status).toBe('kept')
    expect(JSON.parse((await shoptool(again, 1)).stdout).links[0]).toMatchObject({ status: 'made', subId: 'weibo-mei-261126' })
    // copy takes the member's, or that of the feed
    const text = async (...args: string[]) => (await shoptool(['copy', '20817531', '--channel', 'weibo', ...args], 1)).stdout
    expect([(await text('--member', 'mei')).includes('weibo-mei-261126'), (await text()).includes('clickref')]).toEqual([
      true,
      false,
    ])
  })

  it('is not used any more where the feed has another link', async () => {
    const { cwd, shoptool } = shop()
    await shoptool(['link', '20817531', '--channel', 'weibo'])
    const copy = () => shoptool(['copy', '20817531', '--channel', 'weibo'])
    expect((await copy()).stdout).toContain('clickref=weibo-261125&p=1&')
    writeFileSync(join(cwd, 'awin.csv'), FEED.replace('p=1&', 'p=7&'))
    await shoptool(['sync', 'awin'])
    const { stdout, stderr } = await copy()
    expect(stdout).toContain('?p=7&')
    expect(stderr).toContain('the link made on 2026-11-25 for weibo was made of a link that its feed has no more: not used')
    expect((await shoptool(['link', 'check', '20817531'])).code).toBe(5)
    await shoptool(['link', '20817531', '--channel', 'weibo'])
    expect((await copy()).stdout).toContain('clickref=weibo-261125&p=7&')
  })

  it('is on posters for that channel alone; on those for several it would tell the wrong one', async () => {
    const { cwd, shoptool } = shop()
    await shoptool(['link', '20817531', '--channel', 'weibo'])
    const card = ['poster', '20817531', '--style', 'card', '--size', 'square', '--format', 'jpeg', '--json']
    const made = async (...args: string[]) => {
      const { bundles, warnings } = JSON.parse((await shoptool([...card, ...args])).stdout)
      return [bundles[0].posters[0].qr.text.includes('clickref=weibo-261125'), warnings]
    }
    const passedOver =
      'links made for weibo are not used: these posters and texts are for several channels; --channel weibo makes them for that one'
    expect(await made()).toEqual([false, [passedOver]])
    // the only channel need not be named
    writeFileSync(
      join(cwd, 'shoptool.yaml'),
      `${CONFIGURATION}tracking: { awin: [12345] }\nchannels: { weibo: { surface: weibo/post, forms: [image, url] } }\n`,
    )
    expect(await made()).toEqual([true, []])
  })

  it('makes no new link: it ends with the one that it was written on', async () => {
    const rules = 'links: { hosts: [a.example], subId: { parameter: s, max: 20 }, valid: { link: 30 } }\n'
    const cwd = workspaceWith('sources: { acme: { partner: acme, feed: products, file: a.csv } }\n', {
      'partners/acme.yaml': `${ACME}      link: { text: link }\n${rules}`,
      'a.csv': 'sku,title,price,link\n1,伞,9.90,https://a.example/1\n',
    })
    await run(['sync'], { cwd, now: NOON })
    const made = await run(['link', '1', '--member', 'mei'], { cwd, now: NOON + 29 * DAY })
    expect(made.stdout).toContain('https://a.example/1?s=mei261224')
    const ended = await run(['link', 'list', '--expiring', '1'], { cwd, now: NOON + 29 * DAY })
    expect(ended.stdout).toContain('2026-12-24\t2026-12-25 (soon)')
  })

  it('leads orders back: list, show and the sums of each channel', async () => {
    const { cwd, shoptool } = shop('tracking: { awin: [12345], taobao: { mm_1_2_3: moments } }\n')
    await shoptool(['link', '20817531', '--channel', 'weibo', '--member', 'mei'])
    const sale = (id: string, ref: string, amount: string, commission: string, status = 'pending') =>
      `${id},W-${id},2026-11-26T10:00:00,,${status},${amount},GBP,${commission},GBP,${ref},false`
    const header =
      'id,orderRef,transactionDate,validationDate,commissionStatus,saleAmount,saleCurrency,commissionAmount,commissionCurrency,clickRef,paidToPublisher'
    const sales = [
      sale('1', 'WEIBO-MEI-261125', '10.00', '1.00'),
      sale('2', 'weibo', '0.10', '0.01'),
      sale('3', 'elsewhere', '5.00', '0.50'),
      sale('4', 'weibo', '7.00', '0.70', 'declined'),
    ]
    writeFileSync(join(cwd, 'orders.csv'), `${[header, ...sales].join('\n')}\n`)
    expect((await shoptool(['import', 'orders', 'orders.csv', '--partner', 'awin'])).stderr).not.toContain('rejected')
    const { channels } = JSON.parse((await shoptool(['orders', 'channels', '--json'])).stdout)
    expect(channels.map(({ channel, lines, refunded }: never) => [channel, lines, refunded])).toEqual([
      ['weibo', 3, { lines: 1, amount: '7.00' }],
      [null, 1, { lines: 0, amount: '0.00' }],
    ])
    expect(channels[0]).toMatchObject({ currency: 'GBP', paidAmount: '17.10', commission: '1.01' })
    const listed = JSON.parse((await shoptool(['orders', 'list', '--channel', 'weibo', '--json'])).stdout).orders
    expect(listed.map(({ orderId, member, day }: never) => [orderId, member, day])).toContainEqual(['1', 'mei', '2026-11-25'])
    expect(listed).toHaveLength(3)
    expect(JSON.parse((await shoptool(['orders', 'list', '--channel', 'none', '--json'])).stdout).orders).toHaveLength(1)
    const wrong = await shoptool(['orders', 'list', '--channel', 'webo'])
    expect([wrong.code, wrong.stderr]).toEqual([2, 'shoptool: --channel: unknown channel "webo"; did you mean weibo?\n'])
    expect((await shoptool(['orders', 'list', '--channel', 'moments'])).stderr).toBe('No such orders.\n')
    expect((await shoptool(['orders', 'show', 'awin:1'])).stdout).toContain('  shared in weibo, mei, posted 2026-11-25\n')
    const month = await shoptool(['orders', 'channels', '--month', '2025-01'])
    expect([month.code, month.stdout, month.stderr]).toEqual([0, '', 'No such orders.\n'])
    expect((await shoptool(['orders', 'channels', '--month', '2026-10', '--from', '2026-10-02'])).stderr).toContain(
      '--month: goes without --from and --to',
    )
  })
})

describe('the end of a link', () => {
  it('is warned of a week before; what has ended is not shared', async () => {
    const { shoptool } = shop()
    await shoptool(['shelf', 'add', '614252180627'])
    expect((await shoptool(['link', 'list', '--shelf', 'main'])).stdout).toContain(
      'code (feed)\t2026-11-25\t2026-12-25\t￥abc123￥',
    )
    const copy = ['copy', '614252180627', '--channel', 'weibo']
    expect((await shoptool(copy, 25)).stderr).toContain('the code of its feed ends on 2026-12-25')
    const ended = await shoptool(copy, 31)
    expect([ended.stdout.includes('￥abc123￥'), ended.stdout.includes('s.click.taobao.com/Ab1')]).toEqual([false, true])
    expect(ended.stderr).toContain('the code of its feed ended on 2026-12-25: not used')
    const none = await shoptool(copy, 301)
    expect([none.code, none.stdout]).toEqual([2, ''])
    expect(none.stderr).toContain(
      'the short link of its feed ended on 2027-09-21; its page carries no tracking id and earns nothing; make one with "shoptool link taobao:614252180627"',
    )
    const list = await shoptool(['link', 'list', '--shelf', 'main', '--expiring', '7'], 31)
    expect(list.stdout.split('\n').filter(Boolean)).toHaveLength(1)
    expect(list.stderr).toBe('shoptool: 1 ended and not used any more; "shoptool link <sku>" makes another\n')
    expect((await shoptool(['link', 'list'])).stderr).toBe('No links.\n')
  })

  it('link show says all that there is, link forget what was made', async () => {
    const { shoptool } = shop()
    await shoptool(['link', '20817531', '--channel', 'weibo'])
    const { links } = JSON.parse((await shoptool(['link', 'show', '20817531', '--json'])).stdout)
    expect(
      links.map(({ from, form, tracking, subId, expiresAt, fault }: never) => [from, form, tracking, subId, expiresAt, fault]),
    ).toEqual([
      ['made', 'link', 'own', 'weibo-261125', null, null],
      ['feed', 'link', 'own', null, null, null],
      ['page', 'link', 'missing', null, null, 'carries no tracking id and earns nothing'],
    ])
    expect((await shoptool(['link', 'show', '20817531'])).stdout).toContain('not known')
    expect((await shoptool(['link', 'forget', '20817531', '--channel', 'moments'])).stdout).toBe('awin:20817531  0 forgotten\n')
    expect((await shoptool(['link', 'forget', '20817531'])).stdout).toBe('awin:20817531  1 forgotten\n')
  })

  it.each([
    [['link', '20817531', '--source', 'nowhere'], '--source: unknown source "nowhere"'],
    [['link', 'list', '--channel', 'wiebo'], '--channel: unknown channel "wiebo"; did you mean weibo?'],
    [['link', 'forget', '20817531', '--channel', 'wiebo'], '--channel: unknown channel "wiebo"; did you mean weibo?'],
    [['link', ''], '"": is not the name of a product, expected partner:sku'],
  ])('%s is refused', async (args, message) => {
    const { code, stdout, stderr } = await shop().shoptool(args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(message)])
  })
})

describe('a shop code', () => {
  it('names goods wherever a sku does, unless it is one', async () => {
    const { shoptool } = shop()
    expect((await shoptool(['link', 'code', '614252180627', '20817531'])).stdout).toBe(
      '100009\ttaobao:614252180627\t晴雨伞\n100014\tawin:20817531\tUmbrella\n'.replace('100014', codeOf(10001)),
    )
    expect((await shoptool(['show', codeOf(10001)])).stdout).toContain(`shop code\t${codeOf(10001)}`)
    expect((await shoptool(['link', 'code', codeOf(10001), '--json'])).stdout).toContain('"isNew": false')
    // where buyers ask back, the first comment says it
    const comment = (sku: string) => shoptool(['copy', sku, '--channel', 'moments', '--part', 'comment'])
    expect((await comment('614252180627')).stdout).toContain('\n咨询请报编号 100009\n')
    expect((await comment('awin:20817531')).stdout).toContain(codeOf(10001))
    // the lamp has it for its sku
    expect((await shoptool(['show', '100009'])).stderr).toBe(
      'shoptool: 100009: is a shop code, and a sku, name one of awin:100009, taobao:614252180627\n',
    )
    expect((await shoptool(['show', 'awin:100009'])).stdout).toContain('Lamp')
    const [typed, other] = [codeOf(10001).replace(/.$/, (digit) => String((Number(digit) + 1) % 10)), codeOf(20000)]
    expect((await shoptool(['show', typed])).stderr).toBe(
      `shoptool: ${typed}: no such product, and as a shop code its check digit is wrong: a digit is another one, or two are swapped; see "shoptool find"\n`,
    )
    expect((await shoptool(['copy', other])).stderr).toContain(`${other}: no such product, and no shop code that was given`)
  })
})

const codeOf = (five: number) => withCheckDigit(String(five))

describe('link check', () => {
  it('of a link pasted from anywhere, before there is anything else', async () => {
    const cwd = workspaceWith('tracking: { awin: [12345] }\n')
    const check = async (link: string) => {
      const { code, stdout } = await run(['link', 'check', link, '--json'], { cwd })
      const [one] = JSON.parse(stdout).links
      return [code, one.partner, one.trackingId, one.fault ?? one.untold]
    }
    expect(await check(AWIN)).toEqual([0, 'awin', '12345', null])
    expect(await check(AWIN.replace('12345', '9'))).toEqual([
      5,
      'awin',
      '9',
      'carries the tracking id 9, which is not yours (12345)',
    ])
    expect(await check('https://item.jd.com/1.html')).toEqual([5, 'jd', null, 'carries no tracking id and earns nothing'])
    expect(await check('https://u.jd.com/1')).toEqual([0, 'jd', null, 'its tracking id cannot be read'])
    expect(await check('https://shop.example/1')).toEqual([0, null, null, 'no partner is known whose links are at shop.example'])
    expect((await run(['link', 'check', '//'], { cwd })).stderr).toBe(
      'shoptool: //: is no address, expected like https://u.jd.com/abc\n',
    )
  })

  it('of goods and of all in use; sub-ids lead to the channel', async () => {
    const { shoptool } = shop()
    expect((await shoptool(['link', 'check'])).stderr).toBe('No links.\n')
    await shoptool(['link', '20817531', '--channel', 'weibo'])
    await shoptool(['shelf', 'add', '20817532', '614252180628'])
    const { code, stdout } = await shoptool(['link', 'check', '--json'])
    expect(code).toBe(5)
    const { links } = JSON.parse(stdout)
    expect(links.map(({ product, link, channel, day, fault }: never) => [product, link, channel, day, fault])).toEqual([
      ['awin:20817532', 'the link of its feed', null, null, 'carries the tracking id 99, which is not yours (12345)'],
      ['taobao:614252180628', 'its page', null, null, 'carries no tracking id and earns nothing'],
      ['awin:20817531', 'the link made on 2026-11-25 for weibo', 'weibo', '2026-11-25', null],
      ['awin:20817531', 'the link of its feed', null, null, null],
    ])
    expect((await shoptool(['link', 'check', '20817531'])).stdout).toContain('\tok\t')
    // a code hides its id as a short link does
    const { links: hidden } = JSON.parse((await shoptool(['link', 'check', '614252180627', '--json'])).stdout)
    expect(hidden.map(({ untold }: { untold: string }) => untold)).toEqual(Array(2).fill('its tracking id cannot be read'))
    expect((await shoptool(['link', '614252180627', '--member', 'mei'])).stderr).toContain(
      'Links of feeds do not know the member; --refresh makes one for mei',
    )
  })

  it('--online opens links: dead ones, those that lead to others, and those that lose the id', async () => {
    const answers: Record<string, [status: number, location?: string]> = {
      '/ok?pid=1': [302, '/shop'],
      '/shop': [200],
      '/dead?pid=1': [404],
      '/busy?pid=1': [503],
      '/lost?pid=1': [301, '/page'],
      '/page': [200],
      '/short/own': [302, '/x?pid=1'],
      '/short/foreign': [302, '/x?pid=2'],
      '/x?pid=1': [200],
      '/app?pid=1': [302, 'openapp://x'],
      '/round?pid=1': [302, '/round?pid=1'],
    }
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url!)
      const [status, location] = answers[request.url!] ?? [500]
      response.writeHead(status, location === undefined ? {} : { location }).end('x')
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const rules = { hosts: ['127.0.0.1'], trackingId: { query: ['pid'] }, valid: {} }
    const terms = { rules, own: { ids: new Set(['1']), none: false }, hosts: ['127.0.0.1'] }
    const follow = (path: string, more = {}) =>
      followLink(host + path, { ...terms, ...more }, realContext().fetch, async () => {})
    const { fault, later } = await follow('/dead?pid=1')
    expect([fault, later]).toEqual([`is dead: answers HTTP 404 at ${host.slice(7)}`, null])
    expect(await follow('/busy?pid=1')).toMatchObject({ fault: null, later: `answers HTTP 503 at ${host.slice(7)}` })
    expect((await follow('/lost?pid=1')).fault).toBe(`loses the tracking id 1 on its way, at ${host.slice(7)}`)
    // behind the partner's own addresses nothing is asked of them
    const shopElsewhere = {
      rules: { ...rules, trackingId: { find: '^/(?:ok|x)\\?pid=(\\d)' }, hosts: [], hidden: ['127.0.0.1'] },
    }
    expect(await follow('/ok?pid=1', shopElsewhere)).toMatchObject({
      fault: null,
      later: null,
      trackingId: '1',
      end: `${host}/shop`,
    })
    const short = { rules: { ...rules, hidden: ['127.0.0.1'] } }
    expect(await follow('/short/own', short)).toMatchObject({ fault: null, trackingId: '1' })
    expect((await follow('/short/foreign', short)).fault).toBe('leads to the tracking id 2, which is not yours')
    expect(await follow('/app?pid=1')).toMatchObject({ fault: null, later: null })
    expect((await follow('/round?pid=1')).fault).toBe('redirects more than 10 times')
    // nothing private is asked unless the operator names it
    asked.length = 0
    expect(await follow('/ok?pid=1', { hosts: [] })).toMatchObject({
      fault: null,
      later: expect.stringContaining('ERR_ADDRESS_REFUSED'),
    })
    expect(asked).toEqual([])

    const partner = `${ACME}      link: { text: link }\nlinks: { hosts: [127.0.0.1], trackingId: { query: [pid] } }\n`
    const cwd = workspaceWith(
      'tracking: { acme: [1] }\nphotos: { hosts: [127.0.0.1] }\nsources: { acme: { partner: acme, feed: products, file: a.csv } }\n',
      { 'partners/acme.yaml': partner, 'a.csv': `sku,title,price,link\n1,伞,9.90,${host}/dead?pid=1\n` },
    )
    await run(['sync'], { cwd })
    expect((await run(['link', 'check', '1'], { cwd })).code).toBe(0)
    const online = await run(['link', 'check', '1', '--online'], { cwd, fetch: realContext().fetch, now: Date.now() })
    expect([online.code, online.stdout]).toEqual([5, expect.stringContaining('is dead: answers HTTP 404')])
    server.close()
  }, 20_000)
})

it('doctor tells which links end', async () => {
  const { shoptool } = shop()
  await shoptool(['shelf', 'add', '614252180627'])
  const found = async (days: number) =>
    JSON.parse((await shoptool(['doctor', '--json'], days)).stdout).checks.filter(
      ({ check }: { check: string }) => check === 'links',
    )
  expect(await found(0)).toEqual([{ check: 'links', state: 'ok', found: 'none ends within a week', todo: null }])
  expect(await found(295)).toMatchObject([{ state: 'warn', found: '1 ended, 1 will within a week' }])
})

it.each([
  ['links: { hosts: [a.b], trackingId: { find: "(" } }', 'links.trackingId'],
  ['links: { hosts: [a.b], subId: { parameter: s, max: 3 } }', 'links.subId.max: expected 10 or more'],
  ['links: { hosts: [a.b], valid: { code: soon } }', 'links.valid.code: expected a number of days, or forever'],
  ['links: { host: [a.b] }', 'links.host: unknown key; did you mean hosts?'],
])('a partner in YAML with %s is refused', async (links, message) => {
  const cwd = workspaceWith('sources: { acme: { partner: acme, feed: products, file: a.csv } }\n', {
    'partners/acme.yaml': `${ACME}${links}\n`,
    'a.csv': 'sku,title,price\n1,伞,9.90\n',
  })
  expect((await run(['sync'], { cwd })).stderr).toContain(message)
})
