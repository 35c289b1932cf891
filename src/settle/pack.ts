import { createHash } from 'node:crypto'
import type { Day, Month } from '../day.ts'
import { type Currency, formatAmount, type Minor, minorDigits, readDecimal } from '../money.ts'
import type { Order, Origin, Recorded, RoutedLine } from '../records.ts'
import { type AdjustedFacts, type Adjustment, adjust, adjustmentText } from './adjust.ts'
import { claimUntil, dueMonth } from './calendar.ts'
import { adjustedInChinese, inChinese } from './chinese.ts'
import { lateFor } from './dispute.ts'
import { compareText, type Entry, type Rules, type SettlementClass } from './entry.ts'
import { CAUSE_NAMES, CLASS_NAMES } from './html.ts'
import { reconcile } from './reconcile.ts'
import { type Finding, findingOf, type PartnerSettlement, sortFindings } from './report.ts'
import { csvText, id, text } from './table.ts'

/*
An evidence pack lets a partner, or anybody else, check what is claimed of it without the operator's database:

  letter.zh.txt, letter.en.txt   what is asked for, from templates/letters/
  claims.csv                     every claim with its numbers and where it was read
  pack.json                      the orders, payout lines and rules that the claims follow from, also those of adjustments of closed months
  picks.csv                      what was shown of the goods when they were picked
  raw.json                       the rows of the partner's own files, as they were received
  proofs/…                       what proves orders that were recorded by hand
  manifest.json                  bytes and sha256 of each of the others

`recheck` settles the month anew from pack.json alone and compares.
*/

/** Classes in which less was paid than is owed to the operator. */
const CLAIMED: readonly SettlementClass[] = ['missing', 'short-paid', 'clawback', 'unknown-order']

/** Whether money is owed: nothing or too little was paid, or too much taken back. */
export function isClaim({ class: name, difference }: Pick<Finding, 'class' | 'difference'>): boolean {
  return difference.startsWith('-') && CLAIMED.includes(name)
}

/** What the claims follow from. Amounts are minor units of their currency, rates parts per million; claims are as `settle --json` shows them. */
export type Pack = {
  schema: 'shoptool.pack.v1'
  units: 'amounts of orders, payouts and rules in minor units, rates in parts per million; claims in major units'
  shop: string
  partner: string
  name: string
  month: Month
  writtenOn: Day
  rules: Rules
  /** All lines of the orders that a claim speaks of, and all that was paid for them up to the month. */
  orders: readonly Recorded<Order>[]
  payouts: readonly RoutedLine[]
  claims: readonly Finding[]
  /** What is asked for besides, by what came to be known of months after they were closed. */
  adjustments: readonly AdjustmentClaim[]
  /** What proves orders that the partner has no record of: files of the pack. */
  proofs: readonly Proved[]
  /** The sums of the claims, and of the whole month by class. */
  claimed: readonly { currency: Currency; count: number; amount: string }[]
  settlement: readonly PartnerSettlement[]
}

/** A file that proves an order. */
export type Proved = Omit<Origin, 'line'> & { orderId: string }

/**
 * An adjustment of a closed month by which money is owed, what of it the months since paid late, and what is left to ask for, above
 * zero; decimal strings in major units.
 */
export type AdjustmentClaim = { adjustment: Adjustment; late: string; claimed: string; facts: AdjustedFacts }

/** What was shown of goods when they were picked. Amounts are minor units. */
export type Picked = {
  sku: string
  shelf: string
  pickedAt: string
  currency: Currency
  finalPrice: Minor
  commissionRate: number | null
  commission: Minor | null
  origin: Origin | null
}

/** Rows of one file as they were received; `null`: its copy is gone, or the row is not in it. */
export type RawRows = {
  file: string
  sha256: string
  header: readonly string[] | null
  rows: readonly { line: number; row: string | null }[]
}

/**
 * The claims of a month, from the orders and payout lines that they speak of (sorted by order number).
 * @param today what is missing is claimed once its pay day lies before; null: whenever
 */
export function claimsOf(
  partner: string,
  orders: Iterable<Recorded<Order>>,
  payouts: Iterable<RoutedLine>,
  rules: Rules,
  today: Day | null,
): Finding[] {
  return [...claimedEntries(partner, orders, payouts, rules, today).keys()]
}

/** The same, each with the entry that it is of. */
function claimedEntries(
  partner: string,
  orders: Iterable<Recorded<Order>>,
  payouts: Iterable<RoutedLine>,
  rules: Rules,
  today: Day | null,
): Map<Finding, Entry> {
  const isDue = ({ class: name, orders }: Entry) =>
    today === null || name !== 'missing' || orders.every((order) => dueMonth(order, rules.calendar)!.day < today)
  const due = [...reconcile(orders, payouts, rules)].filter(isDue)
  const entries = new Map(due.map((entry) => [findingOf(partner, entry, rules), entry]))
  return new Map(sortFindings([...entries.keys()].filter(isClaim)).map((claim) => [claim, entries.get(claim)!]))
}

/**
 * What is asked for by the adjustments of one order. What it was less than expected at the close was claimed then; what came late for the
 * same order lines is taken off.
 */
export function adjustmentClaims(partner: string, facts: AdjustedFacts): AdjustmentClaim[] {
  return adjust(partner, facts).flatMap((adjustment) => {
    const { currency, closedMonth, lineId, difference, now } = adjustment
    const late = lateFor(facts.now, closedMonth, (month) => ({ ...facts.rules, month }))
      .filter((each) => each.currency === currency && (lineId === null || each.lineIds.includes(lineId)))
      .reduce((sum, { amount }) => sum + amount, 0)
    const claimed = Math.min(-minorOf(difference, currency), -minorOf(now.difference, currency) - late)
    if (claimed <= 0) return []
    return { adjustment, late: formatAmount(late, currency), claimed: formatAmount(claimed, currency), facts }
  })
}

/** Number and sum of claims by currency; amounts are what is asked for, above zero. */
export function claimedIn(claims: readonly Finding[], adjustments: readonly AdjustmentClaim[]): Pack['claimed'] {
  const asked = [
    ...claims.map(({ currency, difference }) => ({ currency, amount: 0 - minorOf(difference, currency) })),
    ...adjustments.map(({ adjustment: { currency }, claimed }) => ({ currency, amount: minorOf(claimed, currency) })),
  ]
  return [...new Set(asked.map(({ currency }) => currency))].sort(compareText).map((currency) => {
    const own = asked.filter((each) => each.currency === currency)
    return {
      currency,
      count: own.length,
      amount: formatAmount(
        own.reduce((sum, { amount }) => sum + amount, 0),
        currency,
      ),
    }
  })
}

function sum(claims: readonly Finding[]): Minor {
  return claims.reduce((total, { difference, currency }) => total + minorOf(difference, currency), 0)
}
const minorOf = (amount: string, currency: Currency) => readDecimal(amount, minorDigits(currency), '.')!

/** How many claims the letter names; all of them are in claims.csv. */
const NAMED = 20

/** What a letter may say. Amounts are texts in major units, what is asked for above zero. */
export type LetterFacts = ReturnType<typeof letterFacts>

/** The facts of a letter about the claims of a pack. */
export function letterFacts(pack: Pack) {
  const { shop, name, partner, month, writtenOn, rules, claims, adjustments, claimed, settlement, payouts } = pack
  const entries = [...claimedEntries(partner, pack.orders, payouts, rules, writtenOn).values()]
  const until = claimUntil(rules.calendar, month)
  const proofsOf = (orderId: string | null) => pack.proofs.filter((proof) => proof.orderId === orderId).map(({ file }) => file)
  return {
    ...{ shop, name, partner, month, day: writtenOn, count: claims.length + adjustments.length, ofMonth: claims.length },
    proved: [...claims, ...adjustments.map(({ adjustment }) => adjustment)].filter(({ orderId }) => proofsOf(orderId).length > 0)
      .length,
    more: Math.max(0, claims.length - NAMED) + Math.max(0, adjustments.length - NAMED),
    due: settlement[0]?.due ?? null,
    // a day that has passed already is no term
    until: until !== null && until > writtenOn ? until : null,
    sums: claimed.map(({ currency, count, amount }) => {
      const of = (...names: SettlementClass[]) => {
        const own = claims.filter((claim) => claim.currency === currency && names.includes(claim.class))
        return { count: own.length, amount: formatAmount(0 - sum(own), currency) }
      }
      const whole = settlement.find((each) => each.currency === currency)
      const extra = whole
        ? (['over-paid', 'duplicate', 'refunded-but-paid'] as const).reduce(
            (total, each) => total + minorOf(whole.classes[each].difference, currency),
            0,
          )
        : 0
      return {
        ...{ currency, count, claimed: amount },
        ...{ expected: whole?.expected ?? null, paid: whole?.paid ?? null, difference: whole?.difference ?? null },
        ...{ missing: of('missing'), short: of('short-paid'), takenBack: of('clawback', 'unknown-order') },
        adjusted: claimedIn(
          [],
          adjustments.filter(({ adjustment }) => adjustment.currency === currency),
        )[0] ?? { count: 0, amount: null },
        inYourFavour: extra > 0 ? formatAmount(extra, currency) : null,
      }
    }),
    claims: claims.slice(0, NAMED).map((claim, i) => {
      const [zh, en] = CLASS_NAMES[claim.class]
      const cause = claim.cause === 'unexplained' ? '' : `（${CAUSE_NAMES[claim.cause][0]}）`
      return {
        ...claim,
        ...{ no: i + 1, orderId: orderOf(claim, payouts), lineId: claim.lineId || null, title: claim.title ?? '' },
        proofs: proofsOf(claim.orderId),
        names: { zh: zh + cause, en },
        explainZh: inChinese(entries[i]!, rules),
      }
    }),
    adjustments: adjustments.slice(0, NAMED).map((claim, i) => {
      const { closedMonth, orderId, lineId, title, currency } = claim.adjustment
      return {
        ...{ no: claims.length + i + 1, closedMonth, orderId, lineId: lineId || null, title: title ?? '', currency },
        ...{ claimed: claim.claimed, proofs: proofsOf(orderId) },
        ...{ explain: adjustedText(claim), explainZh: adjustedInChinese(claim) },
      }
    }),
  }
}

/** The number of a claim's order or, where its payout line has none, of the sale that it names. */
export function orderOf({ orderId, sources }: Finding, payouts: readonly RoutedLine[]): string {
  const [at] = sources
  const line = payouts.find(({ origin }) => origin.sha256 === at?.sha256 && origin.line === at.line)
  return orderId ?? line?.transactionId ?? line?.originalId ?? ''
}

const adjustedText = ({ adjustment, late }: AdjustmentClaim) =>
  adjustmentText(adjustment) + (/[1-9]/.test(late) ? `; ${late} of it was paid late` : '')

/** The files of a pack but for the letters, by name. The same pack gives the same bytes. */
export function packFiles(pack: Pack, picks: readonly Picked[], raw: readonly RawRows[]): Map<string, string> {
  return new Map([
    ['claims.csv', claimsTable(pack)],
    ['pack.json', json(pack)],
    ['picks.csv', picksTable(picks)],
    ['raw.json', json({ schema: 'shoptool.pack-raw.v1', files: raw })],
  ])
}

function claimsTable({ claims, adjustments, orders, rules }: Pack): string {
  const columns =
    'no,class,orderId,lineId,sku,title,status,due,paidAmount,commission,currency,expected,paid,difference,cause,explain,sources'
  const rows = claims.map((claim, i) => {
    const of = orders.filter(
      (order) => order.orderId === claim.orderId && (claim.lineId === null || order.lineId === claim.lineId),
    )
    const one = of.length === 1 ? of[0]! : null
    const money = (amount: Minor) => formatAmount(amount, claim.currency)
    return [
      ...[i + 1, claim.class, id(claim.orderId), id(claim.lineId), id(claim.sku), text(claim.title), one?.status ?? null],
      ...[one ? (dueMonth(one, rules.calendar)?.day ?? null) : null, one && money(one.paidAmount), one && money(one.commission)],
      ...[claim.currency, claim.expected, claim.paid, claim.difference, claim.cause, text(claim.explain)],
      sourcesText(claim.sources),
    ]
  })
  const adjusted = adjustments.map((claim, i) => {
    const { orderId, lineId, sku, title, currency, sources } = claim.adjustment
    return [
      ...[claims.length + i + 1, 'adjustment', id(orderId), id(lineId), id(sku), text(title), null, null, null, null],
      ...[currency, null, null, `-${claim.claimed}`, null, text(adjustedText(claim)), sourcesText(sources)],
    ]
  })
  return csvText(columns.split(','), [...rows, ...adjusted])
}

const sourcesText = (sources: readonly Origin[]) =>
  text(sources.map(({ file, line, sha256 }) => `${file}:${line} (${sha256.slice(0, 12)})`).join('; '))

function picksTable(picks: readonly Picked[]): string {
  const columns = 'sku,shelf,pickedAt,currency,finalPrice,commissionRate,commission,file,line,sha256'.split(',')
  const rows = picks.map(({ sku, shelf, pickedAt, currency, finalPrice, commissionRate, commission, origin }) => [
    ...[id(sku), text(shelf), pickedAt, currency, formatAmount(finalPrice, currency)],
    ...[
      commissionRate === null ? null : `${commissionRate / 10_000}%`,
      commission === null ? null : formatAmount(commission, currency),
    ],
    ...[text(origin?.file ?? null), origin?.line ?? null, origin?.sha256 ?? null],
  ])
  return csvText(columns, rows)
}

/** `manifest.json` of a pack's files. */
export function manifestOf(files: ReadonlyMap<string, string | Buffer>): string {
  const named = [...files].sort(([a], [b]) => compareText(a, b))
  return json({
    schema: 'shoptool.pack-manifest.v1',
    files: named.map(([name, content]) => ({ name, bytes: Buffer.byteLength(content), sha256: sha256Of(content) })),
  })
}

/** What `settle verify-pack` found. */
export type Recheck = {
  partner: string | null
  name: string | null
  month: Month | null
  claimed: Pack['claimed']
  /** The files that the orders and payout lines were read from. */
  sources: readonly Omit<Origin, 'line'>[]
  /** Rows of the partner's own files that the pack holds, and those whose copy was gone when it was made. */
  rows: { held: number; lacking: number }
  /** Empty where everything holds. */
  problems: readonly string[]
}

/**
 * Checks a pack from its files alone: their hashes, that the claims follow from the orders, payout lines and rules in it, and that the
 * tables and sums say the same. Never throws for what is wrong with the pack.
 */
export function recheck(files: ReadonlyMap<string, Buffer>): Recheck {
  const problems: string[] = []
  const found = (partial: Partial<Recheck>): Recheck => ({
    ...{ partner: null, name: null, month: null, claimed: [], sources: [], rows: { held: 0, lacking: 0 } },
    ...{ ...partial, problems },
  })
  problems.push(...manifestProblems(files))
  try {
    const given = JSON.parse(files.get('pack.json')?.toString() ?? 'null') as Pack | null
    const raw = JSON.parse(files.get('raw.json')?.toString() ?? 'null') as { files: readonly RawRows[] } | null
    if (given?.schema !== 'shoptool.pack.v1') {
      problems.push('pack.json: is no evidence pack, expected the schema shoptool.pack.v1')
      return found({})
    }
    // the first packs had neither
    const pack = { ...given, adjustments: given.adjustments ?? [], proofs: given.proofs ?? [] }
    const { partner, name, month, orders, payouts, rules, writtenOn } = pack
    const claims = claimsOf(partner, orders, payouts, rules, writtenOn)
    problems.push(...claimProblems(pack.claims, claims))
    const adjustments = pack.adjustments.flatMap((stated) => followingFrom(stated, partner))
    problems.push(...adjustmentProblems(pack.adjustments, adjustments))
    const claimed = claimedIn(claims, adjustments)
    if (json(claimed) !== json(pack.claimed))
      problems.push(`pack.json: states claims of ${sumsOf(pack.claimed)}, they are ${sumsOf(claimed)}`)
    if (files.get('claims.csv')?.toString() !== claimsTable({ ...pack, claims, adjustments })) {
      problems.push('claims.csv: does not say what follows from pack.json')
    }
    const rows = new Map(
      (raw?.files ?? []).flatMap(({ sha256, rows }) => rows.map(({ line, row }) => [`${sha256} ${line}`, row])),
    )
    const sources = recordsOf(pack).map(({ origin }) => origin)
    for (const { file, line, sha256 } of sources) {
      // what proves an order recorded by hand is in the pack as it is
      const whole = files.get(file)
      const isHeld = rows.has(`${sha256} ${line}`) || (whole !== undefined && sha256Of(whole) === sha256)
      if (!isHeld) problems.push(`raw.json: lacks ${file}:${line}, which pack.json names`)
    }
    for (const { orderId, file, sha256 } of pack.proofs)
      if (sha256Of(files.get(file) ?? '') !== sha256)
        problems.push(`${file}: is not the proof of order ${orderId} that pack.json names`)
    const lacking = [...rows.values()].filter((row) => row === null).length
    const named = [
      ...new Map([...sources, ...pack.proofs].map(({ file, sha256 }) => [`${sha256} ${file}`, { file, sha256 }])).values(),
    ]
    return found({ partner, name, month, claimed, sources: named, rows: { held: rows.size - lacking, lacking } })
  } catch (error) {
    problems.push(`cannot be read: ${(error as Error).message}`)
    return found({})
  }
}

/** All orders and payout lines that a pack speaks of. */
export function recordsOf({
  orders,
  payouts,
  adjustments,
}: Pick<Pack, 'orders' | 'payouts' | 'adjustments'>): (Recorded<Order> | RoutedLine)[] {
  const known = adjustments.flatMap(({ facts: { closed, posted, now } }) => [closed, posted, now])
  return [...orders, ...payouts, ...known.flatMap(({ orders, lines }) => [...orders, ...lines])]
}

/** The claim in the same currency that follows from what a stated one is said to follow from. */
function followingFrom({ adjustment: { currency }, facts }: AdjustmentClaim, partner: string): AdjustmentClaim[] {
  return adjustmentClaims(partner, facts).filter(({ adjustment }) => adjustment.currency === currency)
}

function adjustmentProblems(stated: readonly AdjustmentClaim[], follow: readonly AdjustmentClaim[]): string[] {
  return stated
    .filter((claim) => !follow.some((own) => json(own) === json(claim)))
    .map(
      ({ adjustment: { closedMonth, orderId, currency }, claimed }) =>
        `pack.json: the adjustment of ${closedMonth} of order ${orderId} by ${claimed} ${currency} does not follow from its orders and payout lines`,
    )
}

function manifestProblems(files: ReadonlyMap<string, Buffer>): string[] {
  const manifest = files.get('manifest.json')
  if (!manifest) return ['manifest.json is missing']
  let named: { name: string; bytes: number; sha256: string }[]
  try {
    named = JSON.parse(manifest.toString()).files.map((file: (typeof named)[0]) => file)
  } catch {
    return ['manifest.json cannot be read']
  }
  const problems = named.flatMap(({ name, bytes, sha256 }) => {
    const content = files.get(name)
    if (!content) return [`${name}: is missing`]
    if (sha256Of(content) !== sha256) return [`${name}: was changed: its sha256 is ${sha256Of(content)}, expected ${sha256}`]
    return content.length === bytes ? [] : [`manifest.json: states ${bytes} bytes of ${name}, it has ${content.length}`]
  })
  const known = new Set(['manifest.json', ...named.map(({ name }) => name)])
  return [...problems, ...[...files.keys()].filter((name) => !known.has(name)).map((name) => `${name}: is not in the manifest`)]
}

function claimProblems(stated: readonly Finding[], follow: readonly Finding[]): string[] {
  const key = ({ class: name, orderId, lineId, sources }: Finding) =>
    `${name} of order ${orderId}${lineId ? ` line ${lineId}` : ''} (${sources[0]?.file}:${sources[0]?.line})`
  const before = new Map(stated.map((claim) => [key(claim), claim]))
  const after = new Map(follow.map((claim) => [key(claim), claim]))
  const wrong = [...before].flatMap(([at, claim]) => {
    const own = after.get(at)
    if (!own) return [`pack.json: ${at} does not follow from its orders and payout lines`]
    return json(own) === json(claim)
      ? []
      : [
          `pack.json: ${at} states ${claim.difference} ${claim.currency} (${claim.explain}), but it is ${own.difference} (${own.explain})`,
        ]
  })
  return [
    ...wrong,
    ...[...after.keys()].filter((at) => !before.has(at)).map((at) => `pack.json: ${at} follows but is not claimed`),
  ]
}

const sumsOf = (claimed: Pack['claimed']) =>
  claimed.map(({ count, amount, currency }) => `${amount} ${currency} in ${count}`).join(', ') || 'nothing'
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** 64 hex digits. */
export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
