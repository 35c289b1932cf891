import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Context, nodeVersion } from '../context.ts'
import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { explain } from '../failure.ts'
import { readSecret, type Source, WORKSPACE_FILE, type Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { flag, list as several } from './option.ts'

/** `found` is what is there, `todo` what to do about it. */
type Finding = { state: 'ok' | 'warn' | 'fail'; found: string; todo: string | null }
type Check = Finding & { check: string }

const ok = (found: string): Finding => ({ state: 'ok', found, todo: null })
const warn = (found: string, todo: string): Finding => ({ state: 'warn', found, todo })
const fail = (found: string, todo: string): Finding => ({ state: 'fail', found, todo })

const DAY = 86_400_000
/** A source of goods that was not read for so long lies about prices. */
const STALE_DAYS = 3
const GIGABYTE = 1_000_000_000

export const command = defineCommand({
  about:
    'Checks the installation and the workspace, and says what to do about what is wrong. With --ledger it verifies instead that no byte of what was ever read of orders and payouts, nor of any close, was changed, removed or added by other hands (exit 4): every run seals its rows into a chain of hashes, and the first row that does not fit is named. The head that it prints stands for the whole ledger: written down elsewhere, --head shows later that nothing was cut off or written anew since. The copies of what proves orders recorded by hand are checked too. With --selftest it settles the sample in a folder of its own, and holds every class, sum and finding against what is known of it (exit 5 where one is different).',
  options: {
    ledger: flag('--ledger', 'verify the journal of orders, payouts and closes'),
    selftest: flag('--selftest', 'settle the months of the sample, whose truth is known'),
    head: several('--head <hash,hash>', 'heads printed before, which must be in its chain'),
  },
  examples: ['shoptool doctor', 'shoptool doctor --json', 'shoptool doctor --ledger', 'shoptool doctor --selftest'],
  async run(call) {
    const { ctx, findWorkspace, print, global, options } = call
    if (options.ledger && options.selftest) throw usageError('--selftest: does not go with --ledger; run one, then the other')
    if (options.ledger) return (await import('./doctor-ledger.ts')).checkLedger(call, options.head)
    if (options.head.length > 0) throw usageError('--head: goes with --ledger')
    if (options.selftest) return (await import('./doctor-selftest.ts')).selfTest(call)
    const checks: Check[] = []
    const check = async (name: string, look: () => Promise<Finding[] | Finding> | Finding[] | Finding, todo: string) => {
      let findings: Finding[]
      try {
        findings = [await look()].flat()
      } catch (error) {
        findings = [fail(explain(error).message, todo)]
      }
      checks.push(...findings.map((finding) => ({ check: name, ...finding })))
    }

    await check('node', () => checkNode(ctx), 'install Node 20.17 or newer')
    await check('sqlite', checkSqlite, 'run npm rebuild better-sqlite3 in the folder of shoptool')
    await check('fonts', () => checkFonts(ctx), 'install shoptool again')
    let workspace: Workspace | null = null
    await check(
      'workspace',
      async () => {
        workspace = await findWorkspace()
        return workspace ? ok(workspace.folder) : ok('none here; "shoptool init" makes one')
      },
      `correct ${WORKSPACE_FILE}`,
    )
    await check('templates', () => checkTemplates(ctx, workspace), 'correct the template, or install shoptool again')
    await check('clock', () => checkClock(ctx, workspace), 'set the clock of this machine')
    await check('disk', () => checkDisk(workspace?.folder ?? ctx.cwd), 'look at the disk')
    if (workspace) {
      const found: Workspace = workspace
      await check('folder', () => checkFolder(found), 'make the workspace writable')
      await check('partners', () => checkPartners(found), 'correct the partner')
      await check('secrets', () => checkSecrets(found), 'set the secret')
      await check('database', () => checkStored(found), 'restore a backup, or move shoptool.db away and sync again')
      await check('sources', () => checkSources(ctx, found), 'run shoptool sync')
      await check('shelves', () => checkShelves(ctx, found), `correct ${WORKSPACE_FILE} or rules/shops.yaml`)
      await check('links', () => checkLinks(ctx, found), `correct ${WORKSPACE_FILE}`)
    }

    if (global.json) print.json('doctor', { checks })
    else {
      const color = { ok: print.paint.green, warn: print.paint.yellow, fail: print.paint.red }
      print.table(
        [
          { title: 'STATE', paint: (text, row) => color[checks[row]!.state](text) },
          { title: 'CHECK' },
          { title: 'FOUND', cut: true },
        ],
        checks.map(({ state, check: name, found }) => [state, name, found]),
      )
      for (const { state, check: name, found, todo } of checks) if (state !== 'ok') print.warn(`${name}: ${found}: ${todo}`)
    }
    return checks.some(({ state }) => state !== 'ok') ? 'findings' : 'done'
  },
})

function checkNode(ctx: Context): Finding {
  const { engines } = JSON.parse(readFileSync(join(ctx.home, 'package.json'), 'utf8')) as { engines: { node: string } }
  const [major = 0, minor = 0] = nodeVersion().split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = engines.node.replace(/^\D+/, '').split('.').map(Number)
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor)
  return enough ? ok(nodeVersion()) : fail(nodeVersion(), `install Node ${engines.node}`)
}

async function checkSqlite(): Promise<Finding> {
  const { sqliteVersion } = await import('../store/check.ts')
  return ok(sqliteVersion())
}

async function checkFonts(ctx: Context): Promise<Finding> {
  const { openFaces } = await import('../share/poster/fonts.ts')
  const faces = openFaces(ctx.home)
  return faces.find('好物¥9.9', 400) === null
    ? fail('the poster fonts lack common characters', 'install shoptool again')
    : ok('canvas and fonts work')
}

async function checkTemplates(ctx: Context, workspace: Workspace | null): Promise<Finding> {
  const { loadStyles } = await import('../share/poster/template.ts')
  const styles = await loadStyles(ctx.home, workspace?.folder)
  return styles.size > 0
    ? ok(`poster styles ${[...styles.keys()].join(', ')}`)
    : fail('no poster styles', 'install shoptool again')
}

function checkClock(ctx: Context, workspace: Workspace | null): Finding {
  const zone = workspace?.shop.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const now = instantOf(ctx.now(), zone)
  // a machine that lost its clock wakes up in 1970 or on the day of its firmware
  const built = statSync(join(ctx.home, 'package.json')).mtimeMs
  const sane = ctx.now() > Math.min(built, Date.parse('2025-01-01T00:00:00Z'))
  return sane ? ok(`${now} (${zone})`) : fail(`${now} (${zone}) cannot be`, 'set the clock of this machine')
}

function checkDisk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const found = `${(free / GIGABYTE).toFixed(1)} GB free`
  if (free < GIGABYTE / 10) return fail(found, 'make room: nothing can be saved soon')
  return free < GIGABYTE ? warn(found, 'make room before the disk is full') : ok(found)
}

function checkFolder({ folder, database }: Workspace): Finding {
  for (const path of [folder, database]) if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK)
  return ok('can be written')
}

async function checkPartners({ partners, sources }: Workspace): Promise<Finding[]> {
  const [{ BUILT_IN }, { findPartner, partnerFiles, readPartner }] = await Promise.all([
    import('../partners/index.ts'),
    import('../partners/yaml.ts'),
  ])
  const findings: Finding[] = []
  for (const file of partnerFiles(partners)) {
    try {
      readPartner(partners, file, BUILT_IN)
    } catch (error) {
      findings.push(fail(explain(error).message, 'correct the file; "shoptool map --fields" lists the fields'))
    }
  }
  const broken = findings.length > 0
  for (const { name, partner, feed } of Object.values(sources)) {
    try {
      const found = findPartner(partner, partners, BUILT_IN, `sources.${name}.partner`)
      if (!found.feeds[feed])
        findings.push(
          fail(`sources.${name}.feed: ${found.name} has no ${feed}`, `expected ${Object.keys(found.feeds).join(', ')}`),
        )
    } catch (error) {
      // the file's own mistake was told above
      if (!broken) findings.push(fail(explain(error).message, `correct ${WORKSPACE_FILE}`))
    }
  }
  return findings.length > 0 ? findings : [ok([...BUILT_IN.map(({ id }) => id), ...partnerFiles(partners)].join(', '))]
}

/** Every text of the configuration that may hold a secret, with its path. */
function* secretsOf({ sources, notify }: Workspace): Generator<[place: string, text: string]> {
  for (const { name, from } of Object.values(sources)) {
    if (from.kind === 'url') yield [`sources.${name}.url`, from.url]
    if (from.kind === 'api')
      for (const [key, text] of Object.entries(from.credentials)) yield [`sources.${name}.api.${key}`, text]
  }
  if (notify) yield ['notify.webhook.url', notify.webhook.url]
}

function checkSecrets(workspace: Workspace): Finding[] {
  const findings: Finding[] = []
  let count = 0
  for (const [place, text] of secretsOf(workspace)) {
    try {
      if (readSecret(workspace, text, place) !== text) count++
    } catch (error) {
      findings.push(fail(explain(error).message, 'set the variable or write the file'))
      continue
    }
    if (!text.startsWith('file:')) continue
    const path = resolve(workspace.folder, text.slice('file:'.length))
    if ((statSync(path).mode & 0o077) !== 0)
      findings.push(warn(`${place}: others on this machine can read ${path}`, `chmod 600 ${path}`))
  }
  return findings.length > 0 ? findings : [ok(count === 0 ? 'none needed' : `${count} found`)]
}

async function checkStored({ database }: Workspace): Promise<Finding> {
  if (!existsSync(database)) return ok('not made yet')
  const { checkDatabase } = await import('../store/check.ts')
  const { problems, schema, newest } = checkDatabase(database)
  if (problems.length > 0) return fail(problems[0]!, 'restore a backup, or move shoptool.db away and sync again')
  return ok(schema < newest ? `sound; schema ${schema}, will become ${newest}` : `sound; schema ${schema}`)
}

async function checkSources(ctx: Context, { database, sources }: Workspace): Promise<Finding[]> {
  if (Object.keys(sources).length === 0) return [ok(`none yet; add them to ${WORKSPACE_FILE}`)]
  if (!existsSync(database)) return [warn('never read', 'run shoptool sync')]
  const [{ openDatabase }, { lastGoodRun, lastRuns }] = await Promise.all([
    import('../store/open.ts'),
    import('../store/runs.ts'),
  ])
  const db = openDatabase(database, { readonly: true })
  try {
    const last = lastRuns(db)
    const findings = Object.values(sources).flatMap(({ name, partner, feed }: Source): Finding[] => {
      const run = last.find((each) => each.source === name && each.partner === partner && each.kind === feed)
      if (!run) return [warn(`${name} was never read`, `run shoptool sync ${name}`)]
      if (run.status === 'failed' || run.status === 'refused')
        return [
          warn(
            `${name}: the last run ${run.status === 'failed' ? 'failed' : 'was refused'}: ${run.error}`,
            `run shoptool sync ${name}`,
          ),
        ]
      const good = lastGoodRun(db, { source: name, partner, kind: feed })
      const days = good ? Math.floor((ctx.now() - Date.parse(good.at)) / DAY) : 0
      return feed === 'products' && days >= STALE_DAYS
        ? [warn(`${name} was last read ${days} days ago`, `run shoptool sync ${name}`)]
        : []
    })
    return findings.length > 0 ? findings : [ok(`${Object.keys(sources).length} read`)]
  } finally {
    db.close()
  }
}

/** Kinds that there are, and what the rules have against the shop's name and the number of shelves. Goods: see "shelf check". */
async function checkShelves(ctx: Context, found: Workspace): Promise<Finding[]> {
  const [{ ruledShelves }, { objectionsToCount, objectionsToName }] = await Promise.all([
    import('./named.ts'),
    import('../share/shelf.ts'),
  ])
  const { shelves } = ruledShelves(ctx, found)
  const kinds = [...new Map(shelves.map((shelf) => [shelf.kind.id, shelf])).values()]
  const against = [...kinds.flatMap((shelf) => objectionsToName(shelf, found.shop.name)), ...objectionsToCount(shelves)]
  if (against.length > 0) return against.map(({ rule, says }) => warn(says, `see shoptool rules explain ${rule}`))
  return [ok(shelves.length === 0 ? 'none' : shelves.map(({ name, kind }) => `${name} (${kind.name})`).join(', '))]
}

/** Links of the goods on shelves, and those that were made: what has ended, or will within a week. */
async function checkLinks(ctx: Context, workspace: Workspace): Promise<Finding[]> {
  const [{ goodsInUse, offered }, { checkTracking }, { MIGRATIONS }, { openDatabase }, { productByKey }] = await Promise.all([
    import('./link-list.ts'),
    import('../share/tracking.ts'),
    import('../store/migrations.ts'),
    import('../store/open.ts'),
    import('../store/products.ts'),
  ])
  checkTracking(workspace)
  if (!existsSync(workspace.database)) return []
  const db = openDatabase(workspace.database, { readonly: true })
  try {
    // Of an older schema; the next command brings it up to date.
    if ((db.pragma('user_version', { simple: true }) as number) < MIGRATIONS.length) return []
    const now = instantOf(ctx.now(), workspace.shop.timezone)
    const offers = goodsInUse(db, workspace).flatMap(({ partner, sku }) => {
      const product = productByKey(db, partner, sku)
      return product ? offered(db, workspace, product, now).offers : []
    })
    const [ended, soon] = (['expired', 'soon'] as const).map((ends) => offers.filter((offer) => offer.ends === ends).length)
    if (ended! + soon! === 0) return [ok('none ends within a week')]
    return [
      warn(`${ended} ended, ${soon} will within a week`, 'see shoptool link list --expiring 7, with --shelf for those of feeds'),
    ]
  } finally {
    db.close()
  }
}
