import { resolve } from 'node:path'
import { instantOf } from '../day.ts'
import { dataError, usageError } from '../errors.ts'
import { type Currency, formatAmount, formatRate, type Minor, minorDigits, multiplyDivide, readDecimal } from '../money.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { claimUntil } from '../settle/calendar.ts'
import { type DisputeStanding, holds, standingOf } from '../settle/dispute.ts'
import { compareText } from '../settle/entry.ts'
import { orderLedger } from '../settle/ledger.ts'
import { orderOf, type Pack, recheck, sha256Of } from '../settle/pack.ts'
import { rulesOf } from '../settle/settle.ts'
import { readZip } from '../settle/zip.ts'
import {
  addDisputeEvent,
  claimsOfDispute,
  type Dispute,
  type DisputedClaim,
  type DisputeEvent,
  disputeById,
  disputes,
  eventsOfDispute,
  openDispute,
  setDeadline,
} from '../store/disputes.ts'
import { type Database, openDatabase, openForReading } from '../store/open.ts'
import type { Workspace } from '../workspace.ts'
import { type Call, defineCommand } from './command.ts'
import { currency, day, flag, option, readValue, text } from './option.ts'
import type { Print } from './print.ts'

const open = defineCommand({
  about:
    'Opens a dispute over the claims of an evidence pack that was sent to the partner. What the partner pays late for its orders afterwards counts as recovered by itself.',
  args: [['<zip>', 'the pack, as "shoptool settle pack" wrote it']],
  options: {
    deadline: option(
      '--deadline <day>',
      "up to which day the partner must answer (default: the partner's term, where one is known); moves that of one that is open",
      day,
    ),
  },
  examples: ['shoptool dispute open out/packs/taobao-2026-10.zip', 'shoptool dispute open jd.zip --deadline 2026-12-15'],
  async run({ ctx, args: [given], options, workspace, print, global }) {
    const found = await workspace()
    const files = await readZip(resolve(ctx.cwd, given), given)
    const { problems } = recheck(files)
    if (problems.length > 0) throw dataError(`${given}: ${problems[0]}; nothing was opened`)
    const {
      partner,
      month,
      claims,
      adjustments = [],
      claimed,
      rules,
      payouts,
    } = JSON.parse(files.get('pack.json')!.toString()) as Pack
    findPartner(partner, found.partners, BUILT_IN, given)
    const today = todayIn(ctx, found)
    const term = claimUntil(rules.calendar, month)
    const deadline = options.deadline ?? (term !== null && term >= today ? term : null)
    if (options.deadline !== undefined && options.deadline < today) {
      throw usageError(`--deadline: ${options.deadline} has passed, expected today or later`)
    }
    const dispute = { partner, month, openedOn: today, deadline, pack: sha256Of(files.get('manifest.json')!) }
    const db = openDatabase(found.database)
    const minor = (amount: string, currency: Currency) => readDecimal(amount, minorDigits(currency), '.')!
    const asked: DisputedClaim[] = [
      ...claims.map((claim) => {
        const { class: name, lineId, title, currency, difference } = claim
        return {
          ...{ class: name, orderId: orderOf(claim, payouts), lineId, title, currency },
          amount: 0 - minor(difference, currency),
        }
      }),
      ...adjustments.map(({ adjustment: { orderId, lineId, title, currency }, claimed }) => ({
        ...{ class: 'adjustment', orderId, lineId, title, currency, amount: minor(claimed, currency) },
      })),
    ]
    const known = disputes(db).find(({ pack }) => pack === dispute.pack)
    if (!known) refuseTwice(db, dispute, asked)
    else if (options.deadline !== undefined) setDeadline(db, known.id, options.deadline)
    const id = openDispute(db, dispute, asked)
    const number = id ?? known!.id
    if (global.json) print.json('dispute', { ...document(db, found, number, today), opened: id !== null })
    else {
      for (const { currency, count, amount } of claimed) {
        print.line(`dispute ${number}: ${partner} ${month}, ${count} claims, ${amount} ${currency}`)
      }
      if (id === null)
        print.note(
          `It was open already${options.deadline === undefined ? '' : `; the partner must now answer by ${options.deadline}`}.`,
        )
      else if (deadline === null) print.note('No day is known by which the partner must answer; --deadline names one.')
      else print.note(`The partner must answer by ${deadline}.`)
    }
    return 'done'
  },
})

/** The same money is not claimed in two disputes at a time. */
function refuseTwice(db: Database, { partner, month }: Omit<Dispute, 'id'>, claims: readonly DisputedClaim[]): void {
  const key = ({ class: name, orderId, lineId, currency }: DisputedClaim) => JSON.stringify([name, orderId, lineId, currency])
  const asked = new Set(claims.map(key))
  for (const { id } of disputes(db).filter((each) => each.partner === partner && each.month === month)) {
    if (isClosed(db, id)) continue
    const twice = claimsOfDispute(db, id).find((claim) => asked.has(key(claim)))
    if (twice)
      throw usageError(
        `order ${twice.orderId} is claimed by dispute ${id} already; close that first ("shoptool dispute close ${id}")`,
      )
  }
}

function isClosed(db: Database, id: number): boolean {
  return eventsOfDispute(db, id).some(({ kind }, i, events) => kind === 'closed' && holds(events, i))
}

const ALL = flag('--all', 'also those that are closed or recovered')

const listed = defineCommand({
  about:
    'Lists disputes: what was claimed, what came of it since, up to when the partner must answer, and how much of all claims was won back. Exit code 5 where an answer is overdue.',
  options: { all: ALL },
  examples: ['shoptool dispute list', 'shoptool dispute list --all --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const today = todayIn(ctx, found)
    const all = disputes(db).map((dispute) => ({ dispute, standing: standing(db, found, dispute, today) }))
    const shown = all.filter(({ standing: { state } }) => options.all || (state !== 'closed' && state !== 'recovered'))
    const rates = ratesOf(all.map(({ standing }) => standing))
    if (global.json) {
      print.json('dispute-list', {
        disputes: shown.map(({ dispute }) => document(db, found, dispute.id, today)),
        recovery: rates,
      })
    } else {
      print.table(
        [
          { title: 'ID', align: 'right' },
          { title: 'PARTNER' },
          { title: 'MONTH' },
          { title: 'STATE' },
          { title: 'CLAIMED', align: 'right' },
          { title: 'RECOVERED', align: 'right' },
          { title: 'CURRENCY' },
          { title: 'ANSWER BY' },
        ],
        shown.flatMap(({ dispute: { id, partner, month, deadline }, standing: { state, sums } }) =>
          sums.map(({ currency, claimed, recovered }) => [
            ...[String(id), partner, month, state, formatAmount(claimed, currency), formatAmount(recovered, currency), currency],
            deadline ?? '?',
          ]),
        ),
      )
      if (shown.length === 0)
        print.note(all.length === 0 ? 'No disputes yet; "shoptool dispute open" takes an evidence pack.' : 'None is open.')
      for (const { currency, claimed, recovered, rate } of rates) {
        print.note(`Won back: ${recovered} of ${claimed} ${currency}${rate === null ? '' : `, ${rate} %`}`)
      }
    }
    return shown.some(({ standing: { state } }) => state === 'overdue') ? 'findings' : 'done'
  },
})

const ID = ['<id>', 'number of the dispute, see "shoptool dispute list"'] as const

const show = defineCommand({
  about: 'Shows a dispute: every claim with what came of it, and what the partner said.',
  args: [ID],
  examples: ['shoptool dispute show 3'],
  async run({ ctx, args: [given], workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    printDispute(db, found, numbered(db, given).id, todayIn(ctx, found), print, global.json)
    return 'done'
  },
})

const note = option('--note <text>', 'in whose words and where', text)

const answer = defineCommand({
  about: 'Writes down what the partner answered. The dispute stays until everything came or it is closed.',
  args: [ID],
  options: { note },
  examples: ['shoptool dispute answer 3 --note "客服 12-02：两单下月补付"'],
  run: (call) => tell(call, () => ({ kind: 'answered' })),
})

const received = defineCommand({
  about:
    'Writes down money that came for a dispute without a line in any payout statement (a transfer, a voucher). What payout lines show counts by itself. More than is still open is refused without --accept-more.',
  args: [ID],
  options: {
    amount: option('--amount <amount>', 'how much', text),
    currency: option('--currency <code>', 'in which of the currencies of the dispute (default: its only one)', currency),
    acceptMore: flag('--accept-more', 'take more than is still open (a compensation); what is over is shown and not recovered'),
    note,
  },
  examples: ['shoptool dispute received 3 --amount 12.41 --note "支付宝转账 12-05"'],
  async run(call) {
    const { amount, currency: named, acceptMore } = call.options
    if (amount === undefined) throw usageError('--amount: say how much came')
    return tell(call, ({ id }, { sums }) => {
      const sum = sums.length === 1 && named === undefined ? sums[0] : sums.find((each) => each.currency === named)
      if (!sum) throw usageError(`--currency: expected ${sums.map((each) => each.currency).join(' or ')} for dispute ${id}`)
      const { currency } = sum
      const value = readValue('--amount', amount, amountIn(currency))
      const open = sum.claimed - sum.recovered
      if (value > open && !acceptMore) {
        const [came, left] = [formatAmount(value, currency), formatAmount(open, currency)]
        throw usageError(`--amount: ${came} ${currency} is more than the ${left} that is still open; --accept-more takes it`)
      }
      return { kind: 'received', currency, amount: value }
    })
  },
})

const close = defineCommand({
  about: 'Closes a dispute, whatever came of it: nothing more is expected. What is still paid late counts all the same.',
  args: [ID],
  options: { note },
  examples: ['shoptool dispute close 3 --note "金额太小，放弃"'],
  run: (call) => tell(call, () => ({ kind: 'closed' })),
})

const withdraw = defineCommand({
  about:
    'Takes back an answer, money or a close that was told by mistake. It stays in the list, with the note, and counts no more; a dispute whose close is taken back is open again.',
  args: [ID, ['<event>', 'its number, see "shoptool dispute show"']],
  options: { note },
  examples: ['shoptool dispute withdraw 3 2 --note "金额录错，应为 1.24"'],
  run: (call) =>
    tell(call, (dispute, _, db) => {
      const [, given] = call.args
      const events = eventsOfDispute(db, dispute.id)
      const number = /^\d{1,9}$/.test(given) ? Number(given) : 0
      const event = events[number - 1]
      if (!event) throw usageError(`${given}: no such event; "shoptool dispute show ${dispute.id}" has them`)
      if (event.kind === 'withdrawn') throw usageError(`${given}: takes back event ${event.withdraws}; tell that one anew`)
      if (!holds(events, number - 1)) throw usageError(`${given}: is taken back already`)
      if (event.kind === 'closed') refuseTwice(db, dispute, claimsOfDispute(db, dispute.id))
      return { kind: 'withdrawn', withdraws: number }
    }),
})

export const command = defineCommand({
  about:
    'Follows claims on partners: opened with an evidence pack, answered by a day, recovered by what the partner pays late, closed.',
  examples: ['shoptool dispute open out/packs/jd-2026-10.zip', 'shoptool dispute list'],
  commands: { open, list: listed, show, answer, received, close, withdraw },
})

/** Adds an event to a dispute. @throws usage where there is no note, no such dispute, or it is closed. */
async function tell(
  { ctx, args: [given], options, workspace, print, global }: Call<readonly [string, ...string[]], { note: string | undefined }>,
  event: (dispute: Dispute, standing: DisputeStanding, db: Database) => Partial<DisputeEvent> & Pick<DisputeEvent, 'kind'>,
) {
  const found = await workspace()
  openForReading(found.database).close()
  const db = openDatabase(found.database)
  const dispute = numbered(db, given)
  if (options.note === undefined) throw usageError('--note: say in a few words what happened')
  const today = todayIn(ctx, found)
  const told = event(dispute, standing(db, found, dispute, today), db)
  if (told.kind !== 'withdrawn' && isClosed(db, dispute.id)) {
    throw usageError(
      `dispute ${dispute.id} is closed; take that back ("shoptool dispute withdraw") or open a new one with a new pack`,
    )
  }
  addDisputeEvent(db, dispute.id, { currency: null, amount: null, withdraws: null, ...told, day: today, note: options.note })
  printDispute(db, found, dispute.id, today, print, global.json)
  return 'done' as const
}

const amountIn = (currency: Currency) => ({
  read: (given: string) => {
    const amount = readDecimal(given, minorDigits(currency), '.')
    return amount !== null && amount > 0 ? amount : null
  },
  is: `an amount in ${currency}`,
  like: formatAmount(1241, currency),
})

function numbered(db: Database, given: string): Dispute {
  const dispute = /^\d{1,15}$/.test(given) ? disputeById(db, Number(given)) : undefined
  if (!dispute) throw usageError(`${given}: no such dispute; "shoptool dispute list --all" has them`)
  return dispute
}

function standing(db: Database, workspace: Workspace, dispute: Dispute, today: string): DisputeStanding {
  const partner = findPartner(dispute.partner, workspace.partners, BUILT_IN, `dispute ${dispute.id}`)
  const [claims, events] = [claimsOfDispute(db, dispute.id), eventsOfDispute(db, dispute.id)]
  return standingOf(dispute, claims, events, orderLedger(db, partner), (month) => rulesOf(partner, month), today)
}

/** A dispute as `--json` shows it. */
function document(db: Database, workspace: Workspace, id: number, today: string) {
  const dispute = disputeById(db, id)!
  const { state, sums, recovered } = standing(db, workspace, dispute, today)
  return {
    ...dispute,
    state,
    sums: sums.map(({ currency, claimed, recovered, surplus }) => ({
      ...{ currency, claimed: formatAmount(claimed, currency), recovered: formatAmount(recovered, currency) },
      ...{ open: formatAmount(claimed - recovered, currency), surplus: formatAmount(surplus, currency) },
    })),
    claims: claimsOfDispute(db, id).map((claim, i) => ({
      ...claim,
      amount: formatAmount(claim.amount, claim.currency),
      recovered: formatAmount(recovered[i]!, claim.currency),
    })),
    events: eventsOfDispute(db, id).map(({ amount, currency, ...event }, i, events) => ({
      ...event,
      currency,
      amount: amount === null ? null : formatAmount(amount, currency!),
      holds: holds(events, i),
    })),
  }
}

function printDispute(db: Database, workspace: Workspace, id: number, today: string, print: Print, json: boolean): void {
  const shown = document(db, workspace, id, today)
  if (json) {
    print.json('dispute', shown)
    return
  }
  print.line(print.paint.bold(`dispute ${id}: ${shown.partner} ${shown.month}, ${shown.state}`))
  print.line(`opened ${shown.openedOn}, answer by ${shown.deadline ?? '?'}, pack ${shown.pack.slice(0, 12)}`)
  for (const { currency, claimed, recovered, open, surplus } of shown.sums) {
    const over = /[1-9]/.test(surplus) ? `, ${surplus} more than was claimed` : ''
    print.line(`claimed ${claimed} ${currency}, recovered ${recovered}, open ${open}${over}`)
  }
  print.table(
    [
      { title: 'CLASS' },
      { title: 'ORDER' },
      { title: 'CLAIMED', align: 'right' },
      { title: 'RECOVERED', align: 'right' },
      { title: 'TITLE', cut: true },
    ],
    shown.claims.map((claim) => [
      ...[claim.class, [claim.orderId, claim.lineId].filter(Boolean).join(' '), claim.amount, claim.recovered, claim.title ?? ''],
    ]),
  )
  for (const [i, { day, kind, currency, amount, withdraws, holds, note }] of shown.events.entries()) {
    const what = withdraws === null ? (amount === null ? '' : ` ${amount} ${currency}`) : ` ${withdraws}`
    const back = holds || withdraws !== null ? '' : ' (taken back)'
    print.line(`${i + 1}. ${day} ${kind}${what}${back}: ${note}`)
  }
}

/** Of everything that was ever claimed what came, by currency; the rate in percent. */
function ratesOf(all: readonly DisputeStanding[]) {
  const sums = all.flatMap((each) => each.sums)
  return [...new Set(sums.map(({ currency }) => currency))].sort(compareText).map((currency) => {
    const of = (pick: (sum: (typeof sums)[0]) => Minor) =>
      sums.reduce((total, sum) => total + (sum.currency === currency ? pick(sum) : 0), 0)
    const [claimed, recovered] = [of((sum) => sum.claimed), of((sum) => sum.recovered)]
    const rate = claimed === 0 ? null : formatRate(multiplyDivide(recovered, 1000, claimed) * 1000)
    return { currency, claimed: formatAmount(claimed, currency), recovered: formatAmount(recovered, currency), rate }
  })
}

const todayIn = (ctx: Call['ctx'], { shop }: Workspace) => instantOf(ctx.now(), shop.timezone).slice(0, 10)
