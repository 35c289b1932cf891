import { join, resolve } from 'node:path'
import { type Day, instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { calendarOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import { adjustmentText } from '../settle/adjust.ts'
import { CLASSES } from '../settle/entry.ts'
import { settle } from '../settle/ledger.ts'
import type { Settlement } from '../settle/report.ts'
import { settleInThreads } from '../settle/threads.ts'
import { openForReading } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import { defineCommand, type Outcome } from './command.ts'
import { fileReading } from './import.ts'
import { list, month, option } from './option.ts'
import type { Print } from './print.ts'
import { outcomeOf, printRuns, readAll } from './runs.ts'
import { CLOSE_OPTIONS, checkCloseFlags, checkMonths, closeMonths, closes, reopenMonths } from './settle-close.ts'
import { due } from './settle-due.ts'
import { explain } from './settle-explain.ts'
import { leaks } from './settle-leaks.ts'
import { monthToSettle } from './settle-month.ts'
import { pack } from './settle-pack.ts'
import { payersOf, receiptReadings, receipts, receivedLines, tellOthers } from './settle-receipts.ts'
import { review } from './settle-review.ts'
import { terms } from './settle-terms.ts'
import { truth } from './settle-truth.ts'
import { verifyPack } from './settle-verify-pack.ts'

export const command = defineCommand({
  about:
    'Checks what the partners paid in a month against the recorded orders, to the minor unit: every order and every payout line in exactly one class, each difference explained. Writes summary.csv, findings.csv, lines.csv and report.html.',
  options: {
    month: option('--month <month>', 'the month in which the partners pay (default: the latest whose pay day has passed)', month),
    partner: list('--partner <a,b>', 'only these partners'),
    payout: list('--payout <file...>', 'first read these payout statements (with one --partner)'),
    received: list(
      '--received <file...>',
      'first read these exports of Alipay, WeChat or a bank, to see that the statements were received',
    ),
    bank: option('--bank <id>', 'whose exports these are, where partners/<id>.yaml describes their columns'),
    out: option('--out <dir>', 'where the files go (default out/settle/<month> of the workspace)'),
    ...CLOSE_OPTIONS,
  },
  examples: [
    'shoptool settle --month 2026-10',
    'shoptool settle --month 2026-10 --partner taobao --payout inbox/taobao-2026-10.csv',
    'shoptool settle --received inbox/alipay-2026-11.csv',
    'shoptool settle --json | jq .findings',
    'shoptool settle --month 2026-10 --close',
    'shoptool settle --month 2026-10 --partner taobao --reopen --reason "corrected statement of 24 November"',
  ],
  commands: { due, truth, leaks, receipts, explain, review, closes, pack, 'verify-pack': verifyPack, terms },
  async run(call) {
    const { ctx, options, workspace, print, global } = call
    checkCloseFlags(options)
    const found = await workspace()
    const named = [...new Set(options.partner)].map((id) => findPartner(id, found.partners, BUILT_IN, '--partner'))
    const around = { ctx, print, workspace: found }
    if (options.reopen) return reopenMonths(around, named, options.month!, options.reason!, global.json)
    if (options.payout.length > 0 && named.length !== 1)
      throw usageError('--payout: whose statements are these? Name one partner with --partner')
    const readings = [
      ...options.payout.map((file) => fileReading(ctx, found.folder, named[0]!, 'payouts', file)),
      ...receiptReadings(ctx, found, options.received, options.bank),
    ]
    const outcomes: Outcome[] = []
    if (readings.length > 0) {
      const results = await readAll(call, found, readings, { complete: false, acceptShrink: false, dryRun: false })
      const failed = results.filter(({ fault }) => fault !== null)
      if (failed.length > 0) {
        // On stderr also with --json: nothing was settled, so there is no document.
        for (const { error } of failed) print.warn(error!)
        return failed.map(outcomeOf)
      }
      if (!global.json && !global.quiet) printRuns('import', results, print, false)
      outcomes.push(...results.map(outcomeOf))
    }
    const db = openForReading(found.database)
    const partners =
      named.length > 0
        ? named
        : partnersInLedger(db).map((id) => findPartner(id, found.partners, BUILT_IN, `the orders of ${id}`))
    if (partners.length === 0)
      throw usageError('there are no orders and no payouts yet; read them with "shoptool sync" or "shoptool import orders"')
    const chosen = options.month ?? monthToSettle(ctx, found, partners)
    const folder = options.out === undefined ? join(found.out, 'settle', chosen) : resolve(ctx.cwd, options.out)
    // Each partner on its own: one without a calendar is told, the others are settled.
    const unsettled = partners.filter((partner) => calendarOf(partner) === null)
    for (const { id } of unsettled) {
      print.warn(
        `${id} has no settlement calendar, expected like calendar: { basis: settledAt, closes: last, pays: 20, lag: 1 } in partners/${id}.yaml`,
      )
    }
    const settled = partners.filter((partner) => !unsettled.includes(partner))
    if (settled.length === 0) return 'usage'
    const closing = options.close ? closeMonths(around, settled, chosen, options.withoutStatement) : []
    const checked = checkMonths(print, db, settled, chosen)
    // What was written when it was closed stays, and what does not come out the same is shown to nobody.
    if (checked.includes('data')) return [...closing, ...checked]
    const payers = payersOf(found, db)
    const portions = await settleInThreads(db, settled, chosen, folder)
    for (const [id, { length }] of portions.of) print.detail(`${id}: settled in ${length} threads`)
    for (const [id, reason] of portions.failed) print.detail(`${id}: not settled in threads: ${reason}`)
    const settlement = settle(db, settled, chosen, { folder, payers, portions })
    if (global.json) print.json('settle', settlement)
    else {
      printSettlement(settlement, instantOf(ctx.now(), found.shop.timezone).slice(0, 10), print)
      print.note(`Written: ${join(folder, 'report.html')} and summary.csv, findings.csv, lines.csv beside it`)
      if (settlement.findings.some((finding) => finding.class === 'unknown-order'))
        print.note('Orders that unmatched payout lines may be for: shoptool settle review')
    }
    if (options.received.length > 0 && tellOthers(db, payers, chosen, settled, print)) outcomes.push('findings')
    const isFound = settlement.findings.length + settlement.adjustments.length > 0
    const isOff = settlement.partners.some(({ received }) => received?.tiesOut === false)
    return [unsettled.length > 0 ? 'usage' : 'done', ...closing, ...outcomes, isFound || isOff ? 'findings' : 'done']
  },
})

function printSettlement({ month: settled, partners, findings, adjustments }: Settlement, today: Day, print: Print): void {
  for (const {
    partner,
    currency,
    covers,
    due,
    unsure,
    expected,
    paid,
    difference,
    classes,
    closedAt,
    adjustments: after,
    received,
  } of partners) {
    print.line(
      print.paint.bold(`${partner} ${settled}: expected ${expected} ${currency}, paid ${paid}, difference ${difference}`),
    )
    const closed = closedAt === null ? '' : `, closed on ${closedAt.slice(0, 10)}`
    const ahead = due < today ? '' : ', which is not past yet: what is missing may still come'
    print.note(`  orders ${covers.by} ${covers.from} to ${covers.to}, due ${due}${closed}${ahead}`)
    for (const { part, confidence, text } of unsure) print.note(`  ${part} ${confidence}: ${text}`)
    print.table(
      [{ title: '  CLASS' }, ...['COUNT', 'EXPECTED', 'PAID', 'DIFFERENCE'].map((title) => ({ title, align: 'right' as const }))],
      CLASSES.filter((name) => classes[name].count > 0).map((name) => {
        const { count, ...sums } = classes[name]
        return [`  ${name}`, String(count), sums.expected, sums.paid, sums.difference]
      }),
    )
    if (after.count > 0) {
      const count = after.count === 1 ? '1 adjustment' : `${after.count} adjustments`
      print.line(`  besides, ${count} of closed months: difference ${after.difference}`)
    }
    if (received) for (const line of receivedLines(received, currency)) print.line(`  ${line}`)
    print.line()
  }
  print.table(
    [{ title: 'FINDING' }, { title: 'ORDER' }, { title: 'DIFFERENCE', align: 'right' }, { title: 'WHY', cut: true }],
    findings.map((finding) => [
      finding.class,
      finding.orderId ? `${finding.partner}:${finding.orderId}` : finding.partner,
      finding.difference,
      finding.explain,
    ]),
  )
  print.table(
    [{ title: 'ADJUSTED' }, { title: 'ORDER' }, { title: 'DIFFERENCE', align: 'right' }, { title: 'WHY', cut: true }],
    adjustments.map((adjustment) => [
      adjustment.closedMonth,
      `${adjustment.partner}:${adjustment.orderId}`,
      adjustment.difference,
      adjustmentText(adjustment),
    ]),
  )
}
