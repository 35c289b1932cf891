import { addMonths, type Month, monthOf } from '../day.ts'
import { usageError } from '../errors.ts'
import type { Currency } from '../money.ts'
import { afterRefund } from '../settle/expect.ts'
import type { Attribution } from '../share/attribution.ts'
import { type Counted, type Tier, tierOf } from '../share/tier.ts'
import type { Database } from '../store/open.ts'
import { type ConfirmedByLink, confirmedByLink, partlyRefunded } from '../store/orders.ts'
import type { TeamTerms } from '../workspace.ts'

type ComesFrom = (order: { partner: string; subId: string | null; trackingId: string | null }) => Attribution

/**
 * Tells the tier that a member reaches in a month by what was confirmed of orders of its links in the month before and is left of them after refunds, as it is known today;
 * null under terms without tiers. Orders in other currencies than the shop's do not count.
 * @throws usage where thresholds cannot be read or do not rise.
 */
export function memberTiers(db: Database, comesFrom: ComesFrom, currency: Currency) {
  let counted: Map<string, Counted[]> | undefined
  return (member: string, month: Month, { tiers }: TeamTerms): Tier | null => {
    if (tiers === null) return null
    counted ??= countedByMember([...confirmedByLink(db), ...refundedOfConfirmed(db)], comesFrom, currency)
    return tierOf(tiers, counted.get(`${addMonths(month, -1)} ${member}`) ?? [], currency, (message) => {
      throw usageError(`shoptool.yaml: team: tiers: ${message}`)
    })
  }
}

/** What refunds of a part took from the commission of confirmed order lines, below zero; none of their orders. */
export function refundedOfConfirmed(db: Database): ConfirmedByLink[] {
  return partlyRefunded(db).map((line) => ({ ...line, orders: 0, commission: afterRefund(line).commission - line.commission }))
}

function countedByMember(
  confirmed: readonly ConfirmedByLink[],
  comesFrom: ComesFrom,
  currency: Currency,
): Map<string, Counted[]> {
  const lists = new Map<string, Counted[]>()
  for (const each of confirmed) {
    const { member } = comesFrom(each)
    if (member === null || each.currency !== currency) continue
    const key = `${each.month} ${member}`
    const list = lists.get(key)
    if (list) list.push(each)
    else lists.set(key, [each])
  }
  return lists
}

/** `memberTiers` as the shares of orders ask for it. */
export function tierOnDay(tiers: ReturnType<typeof memberTiers>) {
  return (member: string, on: string, terms: TeamTerms) => tiers(member, monthOf(on), terms)?.name ?? null
}
