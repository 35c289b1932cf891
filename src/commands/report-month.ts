import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { GROUPS, type MonthSheet, monthSheets } from '../report/month.ts'
import { renderMonth } from '../report/month-html.ts'
import { defineCommand } from './command.ts'
import { count, list, month, option, text } from './option.ts'
import { replaceFile } from './replace.ts'
import { progressOf, reportLedger } from './report-ledger.ts'
import { figuresDocument, noteBasis, stepsDocument } from './report-output.ts'
import { monthToSettle } from './settle-month.ts'

export const command = defineCommand({
  about: `Writes the report of a month as one HTML page in Chinese and English, for the screen, the phone and paper, that needs no network. It shows the waterfall from estimated to received, figures by partner, channel, shop, category and product, what was ordered and received each day, the largest losses, and beside the sums what is adjusted of closed months. All but the orders of each day count by the month in which the partners pay, to the minor unit as "settle" says. The same data give the same bytes.`,
  options: {
    month: option('--month <month>', 'the month in which the partners pay (default: the latest whose pay day has passed)', month),
    partner: list('--partner <a,b>', 'only these partners'),
    top: option('--top <n>', 'groups of each kind that stay by themselves, and losses and adjustments that are named', count, 8),
    out: option('--out <file>', 'where the page goes (default out/report/<month>.html of the workspace)', text),
  },
  examples: ['shoptool report month --month 2026-10', 'shoptool report month --partner taobao --top 20 --out taobao.html'],
  async run(call) {
    const { ctx, options, print, global } = call
    const { top } = options
    if (top === 0) throw usageError('--top: expected 1 or more')
    const { found, db, partners, today, outcome } = await reportLedger(call, options.partner)
    const chosen = options.month ?? monthToSettle(ctx, found, partners)
    const sheets = monthSheets(db, found, partners, { month: chosen, today, top }, progressOf(print))
    const file = options.out === undefined ? join(found.out, 'report', `${chosen}.html`) : resolve(ctx.cwd, options.out)
    replaceFile(file, (path) => writeFileSync(path, renderMonth(found.shop.name, chosen, sheets)))
    if (global.json) print.json('report-month', { basis: 'paid', month: chosen, file, sheets: sheets.map(sheetDocument) })
    else {
      print.table(
        [{ title: 'CURRENCY' }, ...SHOWN.map((figure) => ({ title: figure.toUpperCase(), align: 'right' as const }))],
        sheets.map(({ currency, total }) => [currency, ...SHOWN.map((figure) => formatAmount(total[figure], currency))]),
      )
      for (const { currency, adjusted } of sheets) {
        const count = adjusted.count === 1 ? '1 adjustment' : `${adjusted.count} adjustments`
        if (adjusted.count > 0) print.line(`besides, ${count} of closed months: difference ${adjusted.difference} ${currency}`)
      }
      noteBasis([], 'paid', print)
      print.note(`Written: ${file}`)
    }
    return outcome
  },
})

const SHOWN = ['estimated', 'due', 'received', 'lost'] as const

/** A sheet for --json: amounts as decimal strings; `orderedDays` by the day of the order, everything else by pay day. */
function sheetDocument({ currency, total, groups, days, losses, adjusted, adjustments }: MonthSheet) {
  const money = (amount: number) => formatAmount(amount, currency)
  return {
    currency,
    ...figuresDocument({ currency, figures: total }),
    steps: stepsDocument({ currency, figures: total }),
    ...Object.fromEntries(
      GROUPS.map((kind) => [
        kind,
        groups[kind].map((row) => ({
          [kind]: row.group[0],
          name: row.name,
          ...(row.others > 0 && { others: row.others }),
          ...figuresDocument(row),
        })),
      ]),
    ),
    paidDays: days.map(({ day, due, received }) => ({ day, due: money(due), received: money(received) })),
    orderedDays: days.map(({ day, orders, estimated, refunded }) => ({
      ...{ day, orders, estimated: money(estimated), refunded: money(refunded) },
    })),
    losses,
    adjusted,
    adjustments,
  }
}
