import { addMonths, type Month } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount, formatRate, type Minor } from '../money.ts'
import { chanceText, confidence, confidenceText } from '../report/chance.ts'
import { dimensionsOf } from '../report/dimensions.ts'
import { adviceOn, missingText, proofOf, whereText } from '../report/leak-text.ts'
import { type Leak, type Looked, leakSearch, type SmallDifferences } from '../report/leaks.ts'
import { sightingsOf } from '../report/sighting.ts'
import { type Story, tell } from '../report/stories.ts'
import { type Cell, text as cell } from '../settle/table.ts'
import { defineCommand } from './command.ts'
import { list, month, option, text } from './option.ts'
import type { Print } from './print.ts'
import { writeCsv } from './replace.ts'
import { progressOf, type ReportLedger, reportLedger } from './report-ledger.ts'
import { monthToSettle } from './settle-month.ts'

export const leaks = defineCommand({
  about: `Finds money that is missing by a rule over many orders, where single differences are too small to be seen: the same share (a skim), amount, fee or rounding, also within the tolerance. It is looked for in all orders of a partner, in those of each category, shop, channel, tracking id, commission rate, size of order, statement and weekday, and in those of, from and until each day.

The narrowest group is named, with the confidence that it is no chance: 99.9 % or more after allowing for every group and pattern looked at. Single errors are passed over, "settle" finds those. Exit code 5 where a leak was found.`,
  options: {
    month: option('--month <month>', 'only this month in which partners paid', month),
    from: option('--from <month>', 'the first month in which they paid (default: a year up to --to)', month),
    to: option('--to <month>', 'the last one (default: the latest whose pay day has passed)', month),
    partner: list('--partner <a,b>', 'only these partners'),
    csv: option('--csv <file>', 'write the leaks as CSV for spreadsheets; - is stdout', text),
  },
  examples: [
    'shoptool settle leaks',
    'shoptool settle leaks --from 2026-07 --to 2026-10 --partner taobao',
    'shoptool settle leaks --month 2026-10 --csv leaks.csv',
    'shoptool settle leaks --json | jq ".leaks[] | {where, missing, lost, confidence}"',
  ],
  async run(call) {
    const { ctx, options, print, global } = call
    if (global.json && options.csv !== undefined) throw usageError('--json and --csv: expected one of them')
    if (options.month !== undefined && (options.from ?? options.to) !== undefined)
      throw usageError('--month and --from or --to: expected one of them')
    const ledger = await reportLedger(call, options.partner)
    const to = options.month ?? options.to ?? monthToSettle(ctx, ledger.found, ledger.partners)
    const from = options.month ?? options.from ?? addMonths(to, -11)
    if (from > to) throw usageError(`--from: "${from}" is after --to ${to}`)
    const { leaks, looked } = search(ledger, { from, to }, print)
    if (global.json) print.json('settle-leaks', { from, to, looked: looked.map(lookedDocument), leaks: leaks.map(leakDocument) })
    else if (options.csv !== undefined) {
      writeCsv(call, options.csv, CSV_COLUMNS, leaks.map(rowOf))
    } else printLeaks(leaks, looked, { from, to }, print)
    return [ledger.outcome, leaks.length > 0 ? 'findings' : 'done']
  },
})

function search({ db, found, partners, today }: ReportLedger, months: { from: Month; to: Month }, print: Print) {
  const search = leakSearch()
  const dimensions = dimensionsOf(db, found)
  const add = (story: Story) => {
    for (const sighting of sightingsOf(story, dimensions, today)) search.add(sighting)
  }
  tell(db, partners, months, { add }, progressOf(print))
  const answer = search.answer()
  print.progress(null)
  return answer
}

function leakDocument(leak: Leak) {
  const { partner, currency, group, pattern, share, amount, fee, orders, affected, hidden, expected, paid, elsewhere } = leak
  const money = (of: Minor) => formatAmount(of, currency)
  return {
    ...{ partner: partner.id, currency, where: whereText(leak), group: group.map(({ by, value }) => ({ by, value })) },
    ...{ pattern, missing: missingText(leak), share: share === null ? null : formatRate(share) },
    ...{ amount: amount === null ? null : money(amount), fee, orders, affected, hidden },
    ...{ expected: money(expected), paid: money(paid), lost: money(expected - paid), elsewhere },
    ...{ confidence: confidence(leak.chance), chance: chanceText(leak.chance), tried: leak.tried },
    ...{ first: leak.first, last: leak.last, explain: proofOf(leak).join('; '), advice: adviceOn(leak) },
  }
}

const CSV_COLUMNS = [
  ...['partner', 'currency', 'where', 'pattern', 'missing', 'orders', 'affected', 'hidden', 'expected', 'paid', 'lost'],
  ...['confidence', 'chance', 'first', 'last', 'explain', 'advice'],
]

function rowOf(leak: Leak): Cell[] {
  const { where, missing, explain, advice, ...rest } = leakDocument(leak)
  const row = { ...rest, where: cell(where), missing: cell(missing), explain: cell(explain), advice: cell(advice) }
  return CSV_COLUMNS.map((name) => row[name as 'where'])
}

function lookedDocument({ partner, currency, orders, groups, expected, paid, lost, gained }: Looked) {
  const money = (of: Minor) => formatAmount(of, currency)
  const small = ({ orders, amount }: SmallDifferences) => ({ orders, amount: money(amount) })
  return {
    ...{ partner: partner.id, currency, orders, groups, expected: money(expected), paid: money(paid) },
    rounding: { lost: small(lost), gained: small(gained) },
  }
}

function printLeaks(
  leaks: readonly Leak[],
  looked: readonly Looked[],
  { from, to }: { from: Month; to: Month },
  print: Print,
): void {
  for (const leak of leaks) {
    const { partner, where, missing, lost, currency, advice } = leakDocument(leak)
    print.paragraph(print.paint.bold(`${partner}: ${where}`))
    print.paragraph(`missing: ${missing}`, '  ')
    print.paragraph(`lost: ${lost} ${currency}, confidence ${confidenceText(leak.chance)}`, '  ')
    for (const sentence of proofOf(leak)) print.paragraph(sentence, '  ')
    print.paragraph(`→ ${advice}`, '  ')
    print.line()
  }
  for (const each of looked) {
    const { partner, currency, orders, groups, rounding } = lookedDocument(each)
    print.line(`${partner}: ${orders} orders looked at in ${groups} groups`)
    const { lost, gained } = rounding
    if (lost.orders + gained.orders > 0)
      print.paragraph(
        `a minor unit or within the tolerance: ${lost.orders} lost ${lost.amount}, ${gained.orders} gained ${gained.amount} ${currency}`,
        '  ',
      )
  }
  if (looked.length === 0) print.note(`No orders were due from ${from} to ${to}.`)
  else if (leaks.length === 0) print.note(`No leak from ${from} to ${to}: what is missing follows no rule.`)
}
