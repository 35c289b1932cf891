import type { Day } from '../day.ts'
import type { Database } from '../store/open.ts'
import type { OrderSum } from '../store/orders.ts'
import { postingOf } from '../store/subids.ts'
import type { Workspace } from '../workspace.ts'

/** Where an order comes from; `member` and `day` (of posting) null where that is not known. */
export type Attribution = { channel: string | null; member: string | null; day: Day | null }

/** Of an order: what its link carried. */
type Carrier = { partner: string; subId: string | null; trackingId: string | null }

const NONE: Attribution = { channel: null, member: null, day: null }

/**
 * Tells where orders come from: by a sub-id that shoptool gave or an id that is a member's, else by a tracking id that shoptool.yaml says a channel has, else where
 * either is a channel's own name. What a sub-id leaves open, as the channel where it is a member's only, or the member where it is a channel's, the
 * tracking id may tell. `channel` is null where none of them tells.
 */
export function attributer(db: Database, { tracking, channels }: Workspace): (order: Carrier) => Attribution {
  const known = new Map<string, Attribution>()
  const names = new Map(Object.keys(channels).map((name) => [name.toLowerCase(), name]))
  function tell(partner: string, id: string): Attribution {
    // Orders name the last part of mm_1_2_3, the position, or all of it.
    const listed = Object.entries(tracking[partner] ?? {}).find(([own]) => own === id || own.endsWith(`_${id}`))?.[1]
    const posting = postingOf(db, partner, id)
    if (posting) {
      const { channel, member, day } = posting
      return { channel: channel || (listed ?? null), member: member || null, day: day || null }
    }
    const channel = listed ?? names.get(id.toLowerCase())
    return channel === undefined ? NONE : { ...NONE, channel }
  }
  return ({ partner, subId, trackingId }) => {
    const key = JSON.stringify([partner, subId, trackingId])
    const kept = known.get(key)
    if (kept) return kept
    const [first = NONE, second = NONE] = [subId, trackingId].flatMap((id) => (id ? [tell(partner, id)] : []))
    const { channel, member, day } = first
    // A day of another posting, and the member that it was in the name of, would not be of this one: an id that is a member's has no day.
    const found =
      first === NONE
        ? second
        : { channel: channel ?? second.channel, member: member ?? (second.day === null ? second.member : null), day }
    known.set(key, found)
    return found
  }
}

/** What came of a channel in one currency; `channel` is null for orders of which none is known. */
export type ChannelSum = Pick<
  OrderSum,
  'currency' | 'lines' | 'paidAmount' | 'commission' | 'refundedLines' | 'refundedAmount'
> & {
  channel: string | null
}

const FIGURES = ['lines', 'paidAmount', 'commission', 'refundedLines', 'refundedAmount'] as const

/** The sums of each channel, by name; what is of none comes last. Together they are all order lines. */
export function sumByChannel(sums: readonly OrderSum[], comesFrom: (order: Carrier) => Attribution): ChannelSum[] {
  const rows = new Map<string, ChannelSum>()
  for (const sum of sums) {
    const { channel } = comesFrom(sum)
    const key = JSON.stringify([channel, sum.currency])
    const { currency } = sum
    const row = rows.get(key) ?? {
      channel,
      currency,
      lines: 0,
      paidAmount: 0,
      commission: 0,
      refundedLines: 0,
      refundedAmount: 0,
    }
    for (const figure of FIGURES) row[figure] += sum[figure]
    rows.set(key, row)
  }
  const order = ({ channel, currency }: ChannelSum) => `${channel === null ? 1 : 0}${channel}\n${currency}`
  return [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1))
}
