import type { Context } from '../context.ts'
import type { Month } from '../day.ts'
import { usageError } from '../errors.ts'
import { type Currency, formatAmount } from '../money.ts'
import { BANK } from '../partners/bank.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Partner } from '../partners/partner.ts'
import { findPartner } from '../partners/yaml.ts'
import { compareText } from '../settle/entry.ts'
import {
  inMonth,
  type ReceiptShown,
  receiptShown,
  receiptsOf,
  type Stranger,
  shown,
  type TieOut,
  type TieOutShown,
} from '../settle/receipts.ts'
import { type Database, openForReading } from '../store/open.ts'
import { partnersInLedger } from '../store/orders.ts'
import type { Workspace } from '../workspace.ts'
import { defineCommand } from './command.ts'
import { fileReading } from './import.ts'
import { list, month, option } from './option.ts'
import { oneLine, type Print } from './print.ts'
import type { Reading } from './runs.ts'

export const receipts = defineCommand({
  about: `Holds what the bank received against the statements: which receipt paid which statement, what is missing on either side, and the difference. Receipts are read by "import receipts" or "settle --received".

A receipt is a partner's where its payer or remark holds a word of "payer:" in partners/<id>.yaml (built-in partners know the names of their companies). Exactly: statements − missing − not covered + without statement + difference = received.`,
  options: {
    month: option('--month <month>', 'only statements that were paid, and receipts that came, in this month', month),
    partner: list('--partner <a,b>', 'only these partners'),
  },
  examples: ['shoptool settle receipts', 'shoptool settle receipts --month 2026-11 --partner taobao --json'],
  async run({ options, workspace, print, global }) {
    const found = await workspace()
    for (const id of options.partner) findPartner(id, found.partners, BUILT_IN, '--partner')
    const db = openForReading(found.database)
    const all = receiptsOf(db, payersOf(found, db))
    if (all === null)
      throw usageError('no receipt was read yet; read them with "shoptool import receipts" or "settle --received"')
    const { tieOuts, strangers } = asked(all, options.month ?? null, options.partner)
    if (global.json) {
      print.json('settle-receipts', {
        month: options.month ?? null,
        partners: tieOuts.map((each) => ({ partner: each.partner, currency: each.currency, ...shown(each) })),
        strangers: strangers.map(({ receipt, ...rest }) => ({ ...receiptShown(receipt), currency: receipt.currency, ...rest })),
      })
    } else {
      for (const each of tieOuts) printTieOut(each, print)
      printStrangers(strangers, print)
    }
    return tieOuts.every((each) => shown(each).tiesOut !== false) && strangers.every(({ partners }) => partners.length === 0)
      ? 'done'
      : 'findings'
  },
})

type Found = NonNullable<ReturnType<typeof receiptsOf>>

/** What of a month and of some partners was asked for; strangers go with all of them. */
function asked({ tieOuts, strangers }: Found, month: Month | null, partners: readonly string[]): Found {
  const hasSome = ({ ties, missing, uncovered, unexpected }: TieOut) =>
    [ties, missing, uncovered, unexpected].some((each) => each.length > 0)
  return {
    tieOuts: tieOuts
      .filter(({ partner }) => partners.length === 0 || partners.includes(partner))
      .map((each) => (month === null ? each : inMonth(each, month)))
      .filter(hasSome),
    strangers: strangers.filter(({ receipt }) => month === null || receipt.receivedOn.startsWith(month)),
  }
}

/** Whose payers receipts may come from: the partners that have orders or payouts. */
export function payersOf({ partners }: Workspace, db: Database): Partner[] {
  return partnersInLedger(db).map((id) => findPartner(id, partners, BUILT_IN, `the orders of ${id}`))
}

/** Readings of `settle --received`, by the columns that the bank of `--bank` has. @throws ShoptoolError (usage) where that has none. */
export function receiptReadings(
  ctx: Context,
  { folder, partners }: Workspace,
  files: readonly string[],
  id: string | undefined,
): Reading[] {
  if (id !== undefined && files.length === 0) throw usageError('--bank: goes with --received')
  const bank = findPartner(id ?? BANK, partners, BUILT_IN, '--bank')
  if (!bank.feeds.receipts) throw usageError(`--bank: ${bank.name} has no feed of receipts`)
  return files.map((file) => fileReading(ctx, folder, bank, 'receipts', file))
}

/** Tells what `settle` of a month does not: receipts of partners that are not settled, and of none. Returns whether somebody should look. */
export function tellOthers(
  db: Database,
  payers: readonly Partner[],
  month: Month,
  settled: readonly Partner[],
  print: Print,
): boolean {
  const all = receiptsOf(db, payers)
  if (all === null) return false
  const { tieOuts, strangers } = asked(all, month, [])
  const others = tieOuts.filter(({ partner }) => settled.every(({ id }) => id !== partner))
  const unexpected = others.flatMap((each) =>
    shown(each).unexpectedReceipts.map((receipt) => unexpectedText(receipt, each.currency)),
  )
  for (const text of unexpected) print.warn(text)
  printStrangers(strangers, print)
  return unexpected.length > 0 || strangers.some(({ partners }) => partners.length > 0)
}

/** `received 2026-11-20: 1234.00 CNY in 1 receipt, ties out`, or what does not tie out. */
export function receivedLines(
  { ties, missingStatements, uncoveredStatements, unexpectedReceipts, ...sums }: TieOutShown,
  currency: Currency,
): string[] {
  const receipts = [...ties.flatMap((tie) => tie.receipts), ...unexpectedReceipts]
  const days = [...new Set(receipts.map(({ receivedOn }) => receivedOn))].sort()
  const span = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]
  const uncovered = uncoveredStatements.map(
    ({ statementId, paidAt, total }) =>
      `no receipts were read for the time of statement ${statementId} of ${paidAt}, ${total} ${currency}`,
  )
  if (receipts.length === 0 && missingStatements.length === 0) return uncovered
  const count = `${receipts.length} receipt${receipts.length === 1 ? '' : 's'}`
  return [
    `received${span ? ` ${span}` : ''}: ${sums.received} ${currency} in ${count}, ${verdict(sums)}`,
    ...ties
      .filter(({ receipts, statements, difference }) => isOff(difference) || receipts.length + statements.length > 2)
      .map(({ receipts, statements, difference }) => {
        const named = statements.map(({ statementId, total }) => `${statementId} (${total})`).join(' + ')
        return `  ${receipts.map(placed).join(' + ')} for ${named}${isOff(difference) ? `: difference ${difference}` : ''}`
      }),
    ...missingStatements.map(
      ({ statementId, paidAt, total }) => `  not received: statement ${statementId} of ${paidAt}, ${total} ${currency}`,
    ),
    ...unexpectedReceipts.map((receipt) => `  ${unexpectedText(receipt, currency)}`),
    ...(sums.tiesOut === true ? [] : [`  ${equation(sums)}`]),
    ...uncovered,
  ]
}

const verdict = ({ tiesOut }: Pick<TieOutShown, 'tiesOut'>) =>
  tiesOut === null ? 'as far as receipts were read' : tiesOut ? 'ties out' : 'does not tie out'
const isOff = (difference: string) => /[1-9]/.test(difference)
const unexpectedText = (receipt: ReceiptShown, currency: Currency) =>
  `no statement for ${placed(receipt)} ${currency} of ${receipt.receivedOn} from ${receipt.payer ?? receipt.remark}`
const placed = ({ amount, source }: ReceiptShown) => `${amount} (${source.file}:${source.line})`

/** `1236.00 statements − 2.00 … = 1234.00 received`, without what is nothing. */
function equation({
  statements,
  missing,
  uncovered,
  unexpected,
  difference,
  received,
}: Pick<TieOutShown, 'statements' | 'missing' | 'uncovered' | 'unexpected' | 'difference' | 'received'>): string {
  const parts = [
    [missing, '− ', ' not received'],
    [uncovered, '− ', ' not covered'],
    [unexpected, '+ ', ' without statement'],
    [difference.replace('-', ''), difference.startsWith('-') ? '− ' : '+ ', ' difference'],
  ] as const
  return [
    `${statements} statements`,
    ...parts.filter(([amount]) => isOff(amount)).map(([amount, sign, name]) => sign + amount + name),
    `= ${received} received`,
  ].join(' ')
}

function printTieOut(tieOut: TieOut, print: Print): void {
  const { ties, missingStatements, uncoveredStatements, unexpectedReceipts, ...sums } = shown(tieOut)
  const { partner, currency } = tieOut
  print.line(print.paint.bold(`${partner} ${currency}: ${verdict(sums)}`))
  const several = (texts: readonly string[]) => [...new Set(texts)].join(' + ')
  const from = (receipts: readonly ReceiptShown[]) => several(receipts.map(({ source }) => `${source.file}:${source.line}`))
  const unreceived = (what: string) => (statement: (typeof missingStatements)[number]) => [
    ...[statement.paidAt, '', statement.statementId, statement.total, '', what],
  ]
  const rows = [
    ...ties.map(({ statements, receipts, difference }) => [
      several(receipts.map(({ receivedOn }) => receivedOn)),
      receipts.map(({ amount }) => amount).join(' + '),
      several(statements.map(({ statementId }) => statementId)),
      statements.map(({ total }) => total).join(' + '),
      ...(isOff(difference) ? [difference, `difference (${from(receipts)})`] : ['', `ties out (${from(receipts)})`]),
    ]),
    ...missingStatements.map(unreceived('not received')),
    ...uncoveredStatements.map(unreceived('not covered')),
    ...unexpectedReceipts.map((receipt) => [receipt.receivedOn, receipt.amount, '', '', '', `no statement (${from([receipt])})`]),
  ].sort((a, b) => compareText(a[0]!, b[0]!))
  const right = { align: 'right' } as const
  print.table(
    [
      ...[{ title: 'DAY' }, { title: 'RECEIVED', ...right }, { title: 'STATEMENT' }, { title: 'PAID', ...right }],
      ...[
        { title: 'OFF', ...right },
        { title: '', cut: true },
      ],
    ],
    rows,
  )
  print.line(equation(sums))
  print.line()
}

/** Receipts that are no partner's: how many there are, and those that may be one's. */
function printStrangers(strangers: readonly Stranger[], print: Print): void {
  const nobodys = strangers.filter(({ partners }) => partners.length === 0)
  for (const currency of new Set(nobodys.map(({ receipt }) => receipt.currency))) {
    const own = nobodys.filter(({ receipt }) => receipt.currency === currency)
    const sum = own.reduce((all, { receipt }) => all + receipt.amount, 0)
    print.note(`${own.length} receipt${own.length === 1 ? '' : 's'} of other payers: ${formatAmount(sum, currency)} ${currency}`)
  }
  for (const { receipt, partners, equals } of strangers) {
    const { amount, currency, receivedOn, payer, remark, origin } = receipt
    const told = oneLine(
      `${formatAmount(amount, currency)} ${currency} of ${receivedOn} from ${payer ?? remark ?? 'nobody named'} (${origin.file}:${origin.line})`,
    )
    if (partners.length > 0) print.warn(`${told} holds words of ${partners.join(' and ')}: make their "payer:" tell them apart`)
    for (const { partner, statementId } of equals)
      print.warn(
        `${told} is as much as statement ${statementId} of ${partner}: if it paid it, name the payer in partners/${partner}.yaml, like payer: [ "${payer ?? remark ?? '…'}" ]`,
      )
  }
}
