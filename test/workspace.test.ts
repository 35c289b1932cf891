import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editConfiguration, readConfiguration } from '../src/configuration.ts'
import { ownPid } from '../src/context.ts'
import { findWorkspace, lock, openWorkspace, readSecret } from '../src/workspace.ts'
import { CONFIGURATION, folderWith, NOW, workspaceWith } from './cli/shoptool.ts'

describe('finding the workspace', () => {
  const outer = workspaceWith('', { 'a/b/file.txt': '', 'inner/shoptool.yaml': CONFIGURATION })

  it('the nearest parent that holds shoptool.yaml', () => {
    expect(findWorkspace({ cwd: join(outer, 'a/b'), env: {} })).toBe(outer)
    expect(findWorkspace({ cwd: join(outer, 'inner'), env: {} })).toBe(join(outer, 'inner'))
    expect(findWorkspace({ cwd: '/', env: {} })).toBeNull()
  })

  it('$SHOPTOOL_WORKSPACE wins over the folder, -C over both', () => {
    const other = workspaceWith()
    expect(findWorkspace({ cwd: outer, env: { SHOPTOOL_WORKSPACE: other } })).toBe(other)
    expect(findWorkspace({ cwd: outer, env: { SHOPTOOL_WORKSPACE: '' } })).toBe(outer)
    expect(findWorkspace({ cwd: outer, env: { SHOPTOOL_WORKSPACE: other } }, 'inner')).toBe(join(outer, 'inner'))
  })

  it('a named one must be there', () => {
    expect(() => findWorkspace({ cwd: outer, env: {} }, 'nowhere')).toThrow('--workspace: nowhere does not exist')
    expect(() => findWorkspace({ cwd: outer, env: {} }, 'shoptool.yaml')).toThrow(
      '--workspace: shoptool.yaml is a file, expected the folder',
    )
    expect(() => findWorkspace({ cwd: outer, env: { SHOPTOOL_WORKSPACE: 'a' } })).toThrow(
      '$SHOPTOOL_WORKSPACE: a holds no shoptool.yaml',
    )
  })
})

/** As contract.md gives it, with the … filled in. */
const FULL = `shop: { name: 小鹿好物, timezone: Asia/Shanghai, currency: CNY }
shelves:
  main: { kind: taoxiaopu }          # rules of that kind: at most 1000 goods, reason only …
sources:
  taobao-picks: { partner: taobao, feed: products, file: "feeds/taobao-*.csv" }
  jd-hot:       { partner: jd, feed: products, api: { appKey: "\${JD_APP_KEY}", secret: "\${JD_APP_SECRET}" }, query: { eliteId: 22 } }
  acme:         { partner: acme, feed: products, url: https://acme.example/feed.csv.gz }   # partner described in partners/acme.yaml
channels:
  moments: { surface: wechat/moments, forms: [image] }
  group-a: { surface: wechat/group, forms: [image, code], daily: 10 }
notify: { on: [failure, findings], webhook: { kind: wecom, url: "\${WECOM_URL}" } }
`

describe('shoptool.yaml', () => {
  it('a source may say the currency and the zone of its files', () => {
    const own = 'feed: products, currency: EUR, timezone: Europe/Berlin, url'
    expect(readConfiguration(FULL.replace('feed: products, url', own)).sources.acme).toMatchObject({
      currency: 'EUR',
      timezone: 'Europe/Berlin',
    })
    expect(() => readConfiguration(FULL.replace('feed: products, url', 'feed: products, currency: Euro, url'))).toThrow(
      'sources.acme.currency: "Euro" is not a currency, expected an ISO 4217 code like CNY',
    )
  })

  it('is read as the contract gives it', () => {
    expect(readConfiguration(FULL)).toEqual({
      shop: { name: '小鹿好物', timezone: 'Asia/Shanghai', currency: 'CNY' },
      shelves: { main: { kind: 'taoxiaopu' } },
      sources: {
        'taobao-picks': {
          name: 'taobao-picks',
          partner: 'taobao',
          feed: 'products',
          from: { kind: 'file', files: ['feeds/taobao-*.csv'] },
        },
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what stands in the file
        'jd-hot': {
          name: 'jd-hot',
          partner: 'jd',
          feed: 'products',
          from: { kind: 'api', credentials: { appKey: '${JD_APP_KEY}', secret: '${JD_APP_SECRET}' }, query: { eliteId: 22 } },
        },
        acme: { name: 'acme', partner: 'acme', feed: 'products', from: { kind: 'url', url: 'https://acme.example/feed.csv.gz' } },
      },
      channels: {
        moments: { surface: 'wechat/moments', forms: ['image'], daily: null },
        'group-a': { surface: 'wechat/group', forms: ['image', 'code'], daily: 10 },
      },
      costs: [],
      photoHosts: [],
      team: [],
      tracking: {},
      notify: { on: ['failure', 'findings'], webhook: { kind: 'wecom', url: '${WECOM_URL}' } },
      // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
    })
  })

  it('needs no more than a shop', () => {
    expect(readConfiguration(CONFIGURATION)).toMatchObject({ shelves: {}, sources: {}, channels: {}, notify: null })
  })

  it.each([
    ['shelves:', 'shelfs:', 'shoptool.yaml:2: shelfs: unknown key; did you mean shelves?'],
    ['partner: taobao', 'partnr: taobao', 'shoptool.yaml:5: sources.taobao-picks.partnr: unknown key; did you mean partner?'],
    [
      'partner: taobao',
      'zzzzzzzzzzzz: 1',
      'shoptool.yaml:5: sources.taobao-picks.zzzzzzzzzzzz: unknown key, expected one of partner, feed, currency, timezone, prefer, file, url, api, query',
    ],
    [
      'taobao-picks:',
      'taobao picks:',
      'shoptool.yaml:5: sources.taobao picks: "taobao picks" is not a name, expected letters, digits, ".", "_" and "-"',
    ],
    ['kind: taoxiaopu', 'kynd: taoxiaopu', 'shoptool.yaml:3: shelves.main.kynd: unknown key; did you mean kind?'],
    ['name: 小鹿好物, ', '', 'shoptool.yaml:1: shop.name: is missing, expected a text'],
    ['name: 小鹿好物', 'name: 12', 'shoptool.yaml:1: shop.name: expected a text'],
    ['name: 小鹿好物', 'name: ""', 'shoptool.yaml:1: shop.name: is empty, expected a text'],
    [
      'Asia/Shanghai',
      'Asia/Shangai',
      'shoptool.yaml:1: shop.timezone: "Asia/Shangai" is not a time zone, expected like Asia/Shanghai',
    ],
    [
      'currency: CNY',
      'currency: RMB',
      'shoptool.yaml:1: shop.currency: "RMB" is not a currency, expected an ISO 4217 code like CNY',
    ],
    [
      'feed: products, file',
      'feed: product, file',
      'shoptool.yaml:5: sources.taobao-picks.feed: "product" is not known; did you mean products?',
    ],
    [
      'feed: products, file',
      'file',
      'shoptool.yaml:5: sources.taobao-picks.feed: is missing, expected products, orders, payouts',
    ],
    [
      'feed: products, file: "feeds/taobao-*.csv"',
      'feed: products',
      'shoptool.yaml:5: sources.taobao-picks: expected one of file, url and api, found none',
    ],
    [
      '"feeds/taobao-*.csv"',
      'a.csv, url: "https://x"',
      'shoptool.yaml:5: sources.taobao-picks: expected one of file, url and api, found 2',
    ],
    ['"feeds/taobao-*.csv"', 'a.csv, query: { a: 1 }', 'shoptool.yaml:5: sources.taobao-picks.query: only an api has a query'],
    [
      '"feeds/taobao-*.csv"',
      'a.csv, guard: { shrnk: 10% }',
      'shoptool.yaml:5: sources.taobao-picks.guard.shrnk: unknown key; did you mean shrink?',
    ],
    [
      '"feeds/taobao-*.csv"',
      'a.csv, guard: { rejects: 10 }',
      'shoptool.yaml:5: sources.taobao-picks.guard.rejects: expected a percentage from 0% to 100%, like 50%',
    ],
    [
      '"feeds/taobao-*.csv"',
      'a.csv, guard: { shrink: 101% }',
      'shoptool.yaml:5: sources.taobao-picks.guard.shrink: expected a percentage from 0% to 100%, like 50%',
    ],
    ['"feeds/taobao-*.csv"', 'a.csv, guard: { rows: 0 }', 'shoptool.yaml:5: sources.taobao-picks.guard.rows: expected 1 or more'],
    [
      'feed: products, file: "feeds/taobao-*.csv"',
      'feed: orders, file: a.csv, guard: { shrink: 10% }',
      'shoptool.yaml:5: sources.taobao-picks.guard.shrink: only products can be missing, orders are kept for good',
    ],
    [
      'feed: products, file: "feeds/taobao-*.csv"',
      'feed: payouts, file: a.csv, guard: { rows: 1 }',
      'shoptool.yaml:5: sources.taobao-picks.guard: a statement is taken whole or not at all, it needs none',
    ],
    [
      'forms: [image]',
      'forms: [picture]',
      'shoptool.yaml:9: channels.moments.forms.0: "picture" is not known, expected image, code, url',
    ],
    ['forms: [image]', 'forms: []', 'shoptool.yaml:9: channels.moments.forms: is empty, expected some of image, code, url'],
    ['wechat/moments', 'moments', 'shoptool.yaml:9: channels.moments.surface: expected app and place, like wechat/moments'],
    ['daily: 10', 'daily: 0', 'shoptool.yaml:10: channels.group-a.daily: expected 1 or more'],
    [
      'daily: 10',
      'quiet: 22-8',
      'shoptool.yaml:10: channels.group-a.quiet: expected two times of the day like "22:00-08:00", or none',
    ],
    [
      'daily: 10',
      'quiet: "08:00-08:00"',
      'shoptool.yaml:10: channels.group-a.quiet: expected two times of the day like "22:00-08:00", or none',
    ],
    ['daily: 10', 'gap: -1', 'shoptool.yaml:10: channels.group-a.gap: expected 0 or more minutes'],
    ['daily: 10', 'noRepeat: x', 'shoptool.yaml:10: channels.group-a.noRepeat: expected a number'],
    [
      'daily: 10',
      'costs: [{ on: 2026-11-01, from: 2026-11-01, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0: expected either "on", a day, or "from", a day, with "every: month"',
    ],
    [
      'daily: 10',
      'costs: [{ from: 2026-11-01, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0: expected either "on", a day, or "from"',
    ],
    [
      'daily: 10',
      'costs: [{ every: month, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0: expected either "on", a day, or "from"',
    ],
    [
      'daily: 10',
      'costs: [{ on: 2026-11-01, until: 2026-12-01, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0: expected either "on", a day, or "from"',
    ],
    [
      'daily: 10',
      'costs: [{ from: 2026-11-02, every: month, until: 2026-11-01, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0.until: 2026-11-01 is before 2026-11-02',
    ],
    [
      'daily: 10',
      'costs: [{ on: 11-01, amount: 33, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0.on: "11-01" is not a day, expected like 2026-11-01',
    ],
    [
      'daily: 10',
      'costs: [{ on: 2026-11-01, amount: 0, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0.amount: "0" is not an amount in CNY above 0',
    ],
    [
      'daily: 10',
      'costs: [{ on: 2026-11-01, amount: 9.5, currency: JPY, of: ads }]',
      'shoptool.yaml:10: channels.group-a.costs.0.amount: "9.5" is not an amount in JPY above 0',
    ],
    [
      'daily: 10',
      'costs: [{ on: 2026-11-01, amount: 33 }]',
      'shoptool.yaml:10: channels.group-a.costs.0.of: is missing, expected a text',
    ],
    [
      'notify:',
      'costs: [{ from: 2026-11-01, every: week, amount: 33, of: ads }]\nnotify:',
      'shoptool.yaml:11: costs.0.every: "week" is not known, expected month, year',
    ],
    ['kind: wecom', 'kind: wecomm', 'shoptool.yaml:11: notify.webhook.kind: "wecomm" is not known; did you mean wecom?'],
    ['shelves:', 'shop: 1\nshelves:', 'shoptool.yaml:2: Map keys must be unique'],
    ['shelves:\n', 'shelves:\n\tx: 1\n', 'shoptool.yaml:3: Tabs are not allowed as indentation'],
    [FULL, '', 'shoptool.yaml:1: shop: is missing, expected keys and values'],
    [FULL, '- a\n- b\n', 'shoptool.yaml:1: expected keys and values'],
  ])('%s → %s', (found, instead, message) => {
    const text = FULL.replace(found, instead)
    expect(text).not.toBe(FULL)
    expect(() => readConfiguration(text)).toThrow(
      expect.objectContaining({ fault: 'usage', message: expect.stringContaining(message) }),
    )
  })

  it('says what channels and the shop cost, in the currency of the shop where none is named', () => {
    const ads = { from: '2026-11-05', every: null, until: null, amount: 3350, currency: 'CNY', of: 'ads' }
    const tool = { from: '2026-01-31', every: 'month', until: '2026-12-31', amount: 500, currency: 'JPY', of: 'tool' }
    const { channels, costs } = readConfiguration(
      `${FULL.replace('daily: 10', 'costs: [{ on: 2026-11-05, amount: 33.5, of: ads }]').replace('forms: [image] ', 'forms: [image], costs: [] ')}
costs: [{ from: 2026-01-31, every: month, until: 2026-12-31, amount: 500, currency: JPY, of: tool }]`,
    )
    expect(channels['group-a']!.costs).toEqual([ads])
    expect(channels.moments!.costs).toEqual([])
    expect(costs).toEqual([tool])
  })

  it('gives each source limits of its own', () => {
    const source = 'sources: { a: { partner: x, feed: products, file: a.csv, guard: { rows: 100, shrink: 50%, rejects: 2.5% } } }'
    const { sources } = readConfiguration(`${CONFIGURATION}${source}\n`)
    expect(sources.a?.guard).toEqual({ rows: 100, shrink: 500_000, rejects: 25_000 })
  })

  it('keeps comments and order when a command changes it', () => {
    const folder = folderWith({ 'shoptool.yaml': FULL })
    editConfiguration(folder, (document) =>
      document.setIn(
        ['sources', 'pdd'],
        document.createNode({ partner: 'pdd', feed: 'products', file: 'pdd.json' }, { flow: true }),
      ),
    )
    const changed = readFileSync(join(folder, 'shoptool.yaml'), 'utf8')
    expect(changed).toContain('# rules of that kind')
    expect(changed).toContain('  pdd: { partner: pdd, feed: products, file: pdd.json }')
    expect(Object.keys(readConfiguration(changed).sources)).toEqual(['taobao-picks', 'jd-hot', 'acme', 'pdd'])
  })

  it('is left alone when the change would break it', () => {
    const folder = folderWith({ 'shoptool.yaml': FULL })
    expect(() => editConfiguration(folder, (document) => document.setIn(['sources', 'pdd'], { partner: 'pdd' }))).toThrow(
      'sources.pdd',
    )
    expect(readFileSync(join(folder, 'shoptool.yaml'), 'utf8')).toBe(FULL)
  })
})

describe('secrets', () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is what stands in the file
  it('come from the environment and from files, and are remembered for redaction', async () => {
    const workspace = await openWorkspace(workspaceWith('', { 'secrets/jd.key': 'f1le-secret\n' }), {
      env: { KEY: 'env-secret', SHORT: '1' },
    })
    expect(readSecret(workspace, 'https://x/?k=${KEY}&s=${SHORT}', 'p')).toBe('https://x/?k=env-secret&s=1')
    expect(readSecret(workspace, 'file:secrets/jd.key', 'p')).toBe('f1le-secret')
    expect([...workspace.secrets]).toEqual(['env-secret', 'f1le-secret'])
  })

  it('a missing one is named with its place', async () => {
    const workspace = await openWorkspace(workspaceWith('', { empty: '\n' }), { env: { EMPTY: '' } })
    const usage = (message: string) => expect.objectContaining({ fault: 'usage', message })
    const read = (text: string) => () => readSecret(workspace, text, 'sources.jd.api.secret')
    expect(read('${NO}')).toThrow(usage('shoptool.yaml: sources.jd.api.secret: the environment variable NO is not set'))
    expect(read('${EMPTY}')).toThrow(usage('shoptool.yaml: sources.jd.api.secret: the environment variable EMPTY is not set'))
    expect(read('file:no.key')).toThrow(usage('shoptool.yaml: sources.jd.api.secret: file:no.key does not exist'))
    expect(read('file:empty')).toThrow(usage('shoptool.yaml: sources.jd.api.secret: file:empty is empty'))
  })
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above

  it('are not needed to open the workspace', async () => {
    await expect(openWorkspace(folderWith({ 'shoptool.yaml': FULL }))).resolves.toMatchObject({ shop: { currency: 'CNY' } })
  })
})

describe('the lock', () => {
  const now = () => NOW
  const held = (message: RegExp) => expect.objectContaining({ fault: 'temporary', message: expect.stringMatching(message) })

  it('is held by one run, and free again when it is done', async () => {
    const workspace = await openWorkspace(workspaceWith())
    const release = lock(workspace, { now })
    expect(() => lock(workspace, { now })).toThrow(
      held(new RegExp(`another run \\(pid ${ownPid()}, since 2026-11-25T12:00:00\\+08:00\\) holds`)),
    )
    release()
    lock(workspace, { now })()
    expect(existsSync(workspace.lock)).toBe(false)
  })

  it('of a process that is gone is taken over', async () => {
    const workspace = await openWorkspace(workspaceWith())
    const gone = spawn('true')
    await new Promise((resolve) => gone.on('exit', resolve))
    mkdirSync(join(workspace.folder, '.shoptool'))
    for (const stale of [JSON.stringify({ pid: gone.pid, started: null, since: 'x' }), 'half a l', '']) {
      writeFileSync(workspace.lock, stale)
      lock(workspace, { now })()
      expect(existsSync(workspace.lock)).toBe(false)
    }
  })

  it.skipIf(!existsSync('/proc'))('of another process with the same number is taken over', async () => {
    const workspace = await openWorkspace(workspaceWith())
    mkdirSync(join(workspace.folder, '.shoptool'))
    writeFileSync(workspace.lock, JSON.stringify({ pid: ownPid(), started: '1', since: 'x' }))
    lock(workspace, { now })()
  })

  it.skipIf(!existsSync('/proc'))('of a run elsewhere is respected', async () => {
    const workspace = await openWorkspace(workspaceWith())
    const release = lock(workspace, { now })
    const other = spawn('sleep', ['30'])
    const started = readFileSync(`/proc/${other.pid}/stat`, 'utf8').split(' ')[21]
    writeFileSync(workspace.lock, JSON.stringify({ pid: other.pid, started, since: 'x' }))
    release()
    expect(existsSync(workspace.lock), 'a lock that is no longer ours stays').toBe(true)
    expect(() => lock(workspace, { now })).toThrow(held(new RegExp(`pid ${other.pid}`)))
    other.kill()
    await new Promise((resolve) => other.on('exit', resolve))
    lock(workspace, { now })()
  })

  it('says that the workspace cannot be written', () => {
    const folder = folderWith({ '.shoptool': 'a file where the folder should be' })
    const workspace = { folder, lock: join(folder, '.shoptool/lock'), shop: { timezone: 'UTC' } }
    expect(() => lock(workspace, { now })).toThrow(
      expect.objectContaining({ fault: 'usage', message: `${folder}: the workspace cannot be written (EEXIST)` }),
    )
  })

  it('is one lock through a symbolic link', async () => {
    const folder = workspaceWith()
    const link = join(folderWith(), 'link')
    symlinkSync(folder, link)
    const release = lock(await openWorkspace(folder), { now })
    const linked = await openWorkspace(link)
    expect(() => lock(linked, { now })).toThrow(held(/another run/))
    release()
  })
})
