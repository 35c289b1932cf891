import { addMonths, monthOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { ruleOn } from '../share/rules.ts'
import { type Tier, tierAmount, tierOf } from '../share/tier.ts'
import { openForReading } from '../store/open.ts'
import { confirmedIn, partnersInLedger } from '../store/orders.ts'
import { refundedOfConfirmed } from '../team/tiers.ts'
import { defineCommand } from './command.ts'
import { SHELF, shelfNamed } from './named.ts'
import { month, option } from './option.ts'

export const tier = defineCommand({
  about:
    'Tells which tier the keeper of a shelf is in, where its kind has tiers: those of 淘小铺 are computed anew each month from the confirmed orders (received, verified or settled, not refunded; of those refunded in part, what is left) of the month before. Platforms do not publish the thresholds: write them into rules/shops.yaml, see "shoptool rules explain taoxiaopu.tiers".',
  options: { shelf: SHELF, month: option('--month <month>', 'the month in which the tier holds (default this month)', month) },
  examples: ['shoptool shelf tier', 'shoptool shelf tier --month 2026-11 --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const { shelf, at } = shelfNamed(ctx, found, options.shelf)
    const held = options.month ?? monthOf(at)
    const earned = addMonths(held, -1)
    const on = held === monthOf(at) ? at.slice(0, 10) : `${held}-01`
    const { kind } = shelf
    const rule = ruleOn(kind, 'tiers', on)
    if (!rule) throw usageError(`${kind.id} (${kind.name}) has no tiers on ${on}`)
    const place = `${kind.id}.tiers`
    const { currency } = found.shop
    const db = openForReading(found.database)
    const known = partnersInLedger(db)
    const lost = rule.value.partners?.find((name) => !known.includes(name))
    if (lost !== undefined) {
      const meant = nearest(lost, known)
      print.warn(`${place}: there are no orders of ${lost}${meant ? `; did you mean ${meant}?` : ''}`)
    }
    const refunded = refundedOfConfirmed(db).filter((each) => each.month === earned)
    const confirmed = confirmedIn(db, earned).map((each) => {
      const own = refunded.filter(({ partner, currency }) => partner === each.partner && currency === each.currency)
      return { ...each, commission: own.reduce((sum, { commission }) => sum + commission, each.commission) }
    })
    const others = confirmed.filter((each) => each.currency !== currency)
    const counted = confirmed.filter(
      (each) => each.currency === currency && (rule.value.partners?.includes(each.partner) ?? true),
    )
    const reached = tierOf(rule.value, counted, currency, (message): never => {
      throw usageError(`rules/shops.yaml: ${place}: ${message}`)
    })
    const sum = counted.reduce((total, { commission }) => total + commission, 0)
    const orders = counted.reduce((total, each) => total + each.orders, 0)
    if (global.json) {
      const amount = (value: number) => (reached?.by === 'orders' ? value : formatAmount(value, currency))
      print.json('shelf-tier', {
        ...{
          shelf: shelf.name,
          kind: kind.id,
          month: held,
          earnedIn: earned,
          currency,
          orders,
          commission: formatAmount(sum, currency),
        },
        partners: counted.map((each) => ({ ...each, commission: formatAmount(each.commission, currency) })),
        by: reached?.by ?? null,
        tier: reached?.name ?? null,
        from: reached?.from == null ? null : amount(reached.from),
        next: reached?.next ? { ...reached.next, from: amount(reached.next.from), short: amount(reached.next.short) } : null,
      })
      return 'done'
    }
    print.line(
      `confirmed in ${earned}: ${orders} order${orders === 1 ? '' : 's'}, commission ${formatAmount(sum, currency)} ${currency}`,
    )
    for (const each of counted)
      print.line(
        `  ${each.partner}: ${each.orders} order${each.orders === 1 ? '' : 's'}, ${formatAmount(each.commission, currency)}`,
      )
    if (reached) print.line(`tier in ${held}: ${tierText(reached, currency)}`)
    else
      print.line(
        `tier in ${held}: not known, ${place} gives no thresholds; write them into rules/shops.yaml ("shoptool rules explain ${place}")`,
      )
    for (const each of others) print.note(`Left out: ${each.orders} orders of ${each.partner} in ${each.currency}`)
    return 'done'
  },
})

/** `资深, since 345.60 CNY ≥ 300.00 CNY; 154.40 CNY short of 精英 from 500.00 CNY` */
function tierText({ by, reached, name, from, next }: Tier, currency: string): string {
  const text = (amount: number) => tierAmount(by, amount, currency)
  const own = name === null ? `none, ${text(reached)}` : `${name}, since ${text(reached)} ≥ ${text(from!)}`
  return next ? `${own}; ${text(next.short)} short of ${next.name} from ${text(next.from)}` : own
}
