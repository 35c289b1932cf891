import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { tell } from '../report/stories.ts'
import { adviceOn, type Odd, type Truth, truthOf } from '../report/truth.ts'
import { receiptsOf } from '../settle/receipts.ts'
import { text as cell, id } from '../settle/table.ts'
import { defineCommand } from './command.ts'
import { count, list, option, text } from './option.ts'
import type { Print } from './print.ts'
import { writeCsv } from './replace.ts'
import { progressOf, type ReportLedger, reportLedger } from './report-ledger.ts'
import { payersOf } from './settle-receipts.ts'

export const truth = defineCommand({
  about: `Holds what partners say against the money, over all months: settled and past its pay day, but nothing was ever paid; paid for an order that is not on file; refunded or invalid, but the money was not taken back; stuck, by the partner's own word, because the merchant's balance is too low or the transfer failed; and statements that the bank received nothing of (where its exports were read). For each case how many, how much, since when, and what to do.

Which words mean stuck, "stuck:" in partners/<id>.yaml says. Exit code 5 where anything is at odds.`,
  options: {
    partner: list('--partner <a,b>', 'only these partners'),
    orders: option('--orders <n>', 'name so many of each case, the largest first', count, 5),
    csv: option('--csv <file>', 'write every one of them as CSV for spreadsheets; - is stdout', text),
  },
  examples: [
    'shoptool settle truth',
    'shoptool settle truth --partner wechat --orders 50',
    'shoptool settle truth --csv truth.csv',
    'shoptool settle truth --json | jq ".cases[] | {partner, case, amount}"',
  ],
  async run(call) {
    const { options, print, global } = call
    if (global.json && options.csv !== undefined) throw usageError('--json and --csv: expected one of them')
    const ledger = await reportLedger(call, options.partner)
    const found = allTruth(ledger, options.csv === undefined ? options.orders : Number.POSITIVE_INFINITY, print)
    if (global.json) print.json('settle-truth', { asOf: ledger.today, cases: found.map(documentOf) })
    else if (options.csv !== undefined) {
      writeCsv(call, options.csv, COLUMNS, found.flatMap(rowsOf))
    } else printTruth(found, print)
    return [ledger.outcome, found.length > 0 ? 'findings' : 'done']
  },
})

/** Beyond all months. */
const ALL = { from: '0000-01', to: '9998-12' } as const

function allTruth({ db, found, partners, today }: ReportLedger, most: number, print: Print): Truth[] {
  const truth = truthOf(today, most)
  const progress = progressOf(print)
  db.transaction(() => {
    tell(db, partners, ALL, {
      add(story) {
        truth.add(story)
        progress.add(story)
      },
    })
    for (const tieOut of receiptsOf(db, payersOf(found, db))?.tieOuts ?? []) {
      const partner = partners.find(({ id }) => id === tieOut.partner)
      if (partner) truth.addReceipts(partner, tieOut)
    }
  })()
  print.progress(null)
  return truth.answer()
}

function documentOf({ partner, currency, case: name, count, amount, oldest, odds }: Truth) {
  const odd = ({ amount, ...rest }: Odd) => ({ ...rest, amount: formatAmount(amount, currency) })
  return {
    ...{ partner: partner.id, name: partner.name, currency, case: name, count, amount: formatAmount(amount, currency) },
    ...{ oldest: odd(oldest), advice: adviceOn(name, partner), odds: odds.map(odd) },
  }
}

const COLUMNS = ['partner', 'currency', 'case', 'order', 'line', 'statement', 'since', 'amount', 'says', 'title', 'advice']

function rowsOf({ partner, currency, case: name, odds }: Truth) {
  return odds.map(({ orderId, lineId, statementId, since, amount, says, title }) => [
    ...[partner.id, currency, name, id(orderId), id(lineId), id(statementId), since, formatAmount(amount, currency)],
    ...[cell(says), cell(title), adviceOn(name, partner)],
  ])
}

function printTruth(found: readonly Truth[], print: Print): void {
  print.table(
    [
      { title: 'PARTNER' },
      { title: 'CASE' },
      { title: 'COUNT', align: 'right' },
      { title: 'AMOUNT', align: 'right' },
      { title: '' },
      { title: 'SINCE' },
    ],
    found.map(({ partner, currency, case: name, count, amount, oldest }) => [
      ...[partner.id, name, String(count), formatAmount(amount, currency), currency, oldest.since],
    ]),
  )
  for (const { partner, currency, case: name, count, odds } of found) {
    print.line()
    print.line(print.paint.bold(`${partner.id}: ${name}`))
    print.paragraph(`→ ${adviceOn(name, partner)}`, '  ')
    print.table(
      [{ title: '  ORDER' }, { title: 'SINCE' }, { title: `AMOUNT ${currency}`, align: 'right' }, { title: 'WHAT', cut: true }],
      odds.map(({ orderId, statementId, since, amount, says, title }) => [
        ...[`  ${orderId ?? statementId}`, since, formatAmount(amount, currency)],
        [says, title].filter((text) => text !== null).join(', '),
      ]),
    )
    if (odds.length < count) print.note(`  and ${count - odds.length} more; --orders names more, --csv all`)
  }
  if (found.length === 0) print.note('What partners say and what they paid is not at odds.')
}
