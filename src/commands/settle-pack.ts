import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { PROOFS } from '../catalog/hand.ts'
import { type RawFile, rawRows } from '../catalog/raw.ts'
import { instantOf } from '../day.ts'
import { dataError, usageError } from '../errors.ts'
import { type Currency, formatAmount, type Minor } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Origin, Recorded } from '../records.ts'
import type { AdjustedFacts } from '../settle/adjust.ts'
import { cameLate } from '../settle/dispute.ts'
import { compareText } from '../settle/entry.ts'
import { ledgerOf, orderLedger, settle } from '../settle/ledger.ts'
import {
  adjustmentClaims,
  claimedIn,
  claimsOf,
  isClaim,
  letterFacts,
  manifestOf,
  type Pack,
  type Picked,
  type Proved,
  packFiles,
  type RawRows,
  recheck,
  recordsOf,
  sha256Of,
} from '../settle/pack.ts'
import { type Finding, minor } from '../settle/report.ts'
import { rulesOf } from '../settle/settle.ts'
import { readZip, writeZip } from '../settle/zip.ts'
import { writeLetters } from '../share/letter.ts'
import { proofsOfOrders } from '../store/hand.ts'
import { type Database, openForReading } from '../store/open.ts'
import { type FileRow, fileOf } from '../store/runs.ts'
import { picksOf, type ShelfItem } from '../store/shelf.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { month, option } from './option.ts'
import { monthToSettle } from './settle-month.ts'

export const pack = defineCommand({
  about:
    'Writes an evidence pack for a partner: one zip with a letter in Chinese and English, every claim with its arithmetic, the orders, payout lines and rules that it follows from, what was shown when the goods were picked, the rows as they were received, and the sha256 of each file. What is missing is claimed once its pay day has passed, and no more once it was paid late; what came to be known of months after they were closed with the month that it is posted to, less what was paid late for it. Whoever gets it can check it with "shoptool settle verify-pack", without this workspace.',
  options: {
    partner: option('--partner <id>', 'whom it is for'),
    month: option('--month <month>', 'the month in which the partner paid (default: the latest whose pay day has passed)', month),
    out: option('--out <file>', 'where it goes (default out/packs/<partner>-<month>.zip of the workspace)'),
  },
  examples: ['shoptool settle pack --partner taobao', 'shoptool settle pack --partner jd --month 2026-10 --out jd.zip --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    if (options.partner === undefined) throw usageError('--partner: name whom the pack is for')
    const partner = findPartner(options.partner, found.partners, BUILT_IN, '--partner')
    const db = openForReading(found.database)
    const chosen = options.month ?? monthToSettle(ctx, found, [partner])
    const writtenOn = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const made = db.transaction(() => makePack(db, found, partner, chosen, writtenOn))()
    if (made.open > 0 && !global.json)
      print.note(`Missing in ${chosen}, but not claimed: ${made.open}, whose pay day has not passed.`)
    const { paidSince } = made
    for (const { currency, amount } of paidSince.notClaimed)
      print.note(`Paid late since, and not claimed: ${amount} ${currency}.`)
    for (const { currency, amount } of paidSince.claimed)
      print.warn(`${amount} ${currency} of what is claimed was paid late since: claims are whole, say so to the partner`)
    if (made.pack.claimed.length === 0) {
      if (global.json) {
        const nothing = { file: null, sha256: null, claimed: [], paidSince, lacking: 0 }
        print.json('settle-pack', { partner: partner.id, month: chosen, ...nothing })
      } else print.line(`${partner.id} ${chosen}: nothing is owed, so there is nothing to claim`)
      return 'done'
    }
    const files = new Map<string, string | Buffer>(packFiles(made.pack, made.picks, made.raw))
    for (const [name, content] of filesOf(found.folder, made.pack.proofs)) files.set(name, content)
    for (const [language, text] of writeLetters(ctx.home, found.folder, 'claim', letterFacts(made.pack))) {
      files.set(`letter.${language}.txt`, text)
    }
    files.set('manifest.json', manifestOf(files))
    const path =
      options.out === undefined ? join(found.out, 'packs', `${partner.id}-${chosen}.zip`) : resolve(ctx.cwd, options.out)
    mkdirSync(dirname(path), { recursive: true })
    await writeZip(path, files)
    // What a partner cannot check must not be sent.
    const { problems, rows } = recheck(await readZip(path, path))
    if (problems.length > 0) throw dataError(`${path}: does not prove itself: ${problems[0]}`)
    const { claimed } = made.pack
    const sha256 = sha256Of(files.get('manifest.json')!)
    if (global.json)
      print.json('settle-pack', {
        ...{ partner: partner.id, month: chosen, file: path, sha256, claimed, paidSince, lacking: rows.lacking },
      })
    else {
      for (const { currency, count, amount } of claimed)
        print.line(`${partner.id} ${chosen}: ${count} claims, ${amount} ${currency}`)
      if (rows.lacking > 0)
        print.warn(`${rows.lacking} rows could not be added: the copies of their files in .shoptool/snapshots were deleted`)
      print.note(`Written: ${relative(ctx.cwd, path) || path}`)
      print.note(`When it was sent: shoptool dispute open ${relative(ctx.cwd, path) || path}`)
    }
    return 'findings'
  },
})

/** What goes into the pack of a month, as it is settled now or was closed. Claims are taken from their orders alone, and must be those of the settlement. */
function makePack(db: Database, workspace: Workspace, partner: Partner, chosen: string, writtenOn: string) {
  const settlement = settle(db, [partner], chosen, { folder: null })
  const owed = settlement.findings.filter(isClaim)
  const came = cameLate(owed.map(disputed), chosen, orderLedger(db, partner), (each) => rulesOf(partner, each))
  const open = owed.filter((finding, i) => came[i]! < disputed(finding).amount)
  // '': lines that name a sale and no order
  const ids = [...new Set(open.map(({ orderId }) => orderId ?? ''))].sort(compareText)
  const adjusted: AdjustedFacts[] = []
  const ledger = ledgerOf(db, partner, chosen, ids, (facts) => adjusted.push(facts))
  const rules = rulesOf(ledger.partner, chosen)
  const orders = [...ledger.orders]
  const payouts = [...ledger.lines]
  const all = claimsOf(partner.id, orders, payouts, rules, null)
  // what is paid together stays together
  const kept = new Set([...ids, ...orders.map(({ orderId }) => orderId)])
  const claimed = owed.filter(({ orderId }) => kept.has(orderId ?? ''))
  if (JSON.stringify(all) !== JSON.stringify(claimed)) {
    throw dataError(`${partner.id} ${chosen}: its claims do not follow from their orders and payout lines alone`)
  }
  const since = owed.flatMap((finding, i): PaidSince[] =>
    came[i] === 0 ? [] : [{ currency: finding.currency, amount: came[i]!, isClaimed: kept.has(finding.orderId ?? '') }],
  )
  const claims = claimsOf(partner.id, orders, payouts, rules, writtenOn)
  const adjustments = adjusted.flatMap((facts) => adjustmentClaims(partner.id, facts))
  const proofs = proofsFor(db, partner.id, recordsOf({ orders, payouts, adjustments }))
  const pack: Pack = {
    schema: 'shoptool.pack.v1',
    units: 'amounts of orders, payouts and rules in minor units, rates in parts per million; claims in major units',
    ...{ shop: workspace.shop.name, partner: partner.id, name: partner.name, month: chosen, writtenOn },
    ...{ rules, orders, payouts, claims, adjustments, proofs, claimed: claimedIn(claims, adjustments) },
    settlement: settlement.partners,
  }
  const skus = [...new Set(recordsOf(pack).flatMap(({ sku }) => sku ?? []))]
  return {
    pack,
    open: all.length - claims.length,
    paidSince: {
      claimed: sumsOf(since.filter(({ isClaimed }) => isClaimed)),
      notClaimed: sumsOf(since.filter(({ isClaimed }) => !isClaimed)),
    },
    picks: picksOf(db, partner.id, skus).map(pickOf),
    raw: rawOf(db, workspace, partner, pack),
  }
}

/** What later months paid of an item of the month; one that all was paid of is claimed only where others that were paid with it are. */
type PaidSince = { currency: Currency; amount: Minor; isClaimed: boolean }

function sumsOf(paid: readonly PaidSince[]): { currency: Currency; amount: string }[] {
  return [...new Set(paid.map(({ currency }) => currency))].sort(compareText).map((currency) => {
    const own = paid.filter((each) => each.currency === currency)
    const sum = own.reduce((all, { amount }) => all + amount, 0)
    return { currency, amount: formatAmount(sum, currency) }
  })
}

const disputed = ({ orderId, lineId, currency, difference }: Finding) => ({
  ...{ orderId: orderId ?? '', lineId, currency, amount: 0 - minor(difference, currency) },
})

function pickOf({
  sku,
  shelf,
  pickedAt,
  currency,
  finalPrice,
  commissionRate,
  commission,
  file,
  line,
  sha256,
}: ShelfItem): Picked {
  const origin = file === null || line === null || sha256 === null ? null : { file, line, sha256 }
  return { sku, shelf, pickedAt, currency, finalPrice, commissionRate, commission, origin }
}

/** What proves orders of the records that were recorded by hand: all that was ever given for them and still holds. */
function proofsFor(db: Database, partner: string, records: readonly Recorded<{ orderId: string | null }>[]): Proved[] {
  const own = records
    .filter(({ origin }) => isProof(origin))
    .map(({ orderId, origin: { file, sha256 } }) => ({ orderId: orderId!, file, sha256 }))
  const standing = proofsOfOrders(
    db,
    partner,
    own.map(({ orderId }) => orderId),
  )
  return [...new Map([...standing, ...own].map((proof) => [`${proof.orderId}\n${proof.file}`, proof])).values()]
}

/** The copies of what proves orders of a pack. @throws ShoptoolError (data) where one is gone or was changed. */
function filesOf(folder: string, proofs: readonly Proved[]): [name: string, content: Buffer][] {
  return proofs.map(({ file, sha256 }) => {
    const path = join(folder, file)
    const content = existsSync(path) ? readFileSync(path) : null
    if (content === null || sha256Of(content) !== sha256)
      throw dataError(
        `${file}: the proof of an order ${content ? 'was changed' : 'is gone'}; put back the copy from a backup (doctor --ledger)`,
      )
    return [file, content]
  })
}

const isProof = ({ file }: Origin) => file.startsWith(`${PROOFS}/`)

/** The rows that the orders and payout lines of a pack were read from. */
function rawOf(db: Database, { snapshots }: Workspace, { feeds }: Partner, pack: Pack): RawRows[] {
  const orders = recordsOf(pack).filter((record) => 'orderedAt' in record)
  const payouts = recordsOf(pack).filter((record) => 'amount' in record)
  const read = (records: readonly { origin: Origin }[], rows: (file: FileRow, lines: ReadonlySet<number>) => RawFile | null) => {
    const files = new Map(records.map(({ origin }) => [`${origin.sha256} ${origin.file}`, origin]))
    return [...files.values()].map(({ file, sha256 }): RawRows => {
      const own = records.filter(({ origin }) => origin.file === file && origin.sha256 === sha256)
      const lines = new Set(own.map(({ origin }) => origin.line).sort((a, b) => a - b))
      const row = fileOf(db, { file, sha256 })
      const raw = row ? rows(row, lines) : null
      return {
        ...{ file, sha256, header: raw?.header ?? null },
        rows: [...lines].map((line) => ({ line, row: raw?.rows.get(line) ?? null })),
      }
    })
  }
  return [
    ...read(
      orders.filter(({ origin }) => !isProof(origin)),
      (file, lines) => rawRows(snapshots, feeds.orders!, file, lines),
    ),
    ...read(payouts, (file, lines) => rawRows(snapshots, feeds.payouts!, file, lines)),
  ]
}
