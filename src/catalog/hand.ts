import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import type { Day, Instant } from '../day.ts'
import { usageError } from '../errors.ts'
import { checkId } from '../feeds/finish.ts'
import { formatAmount, formatRate, share } from '../money.ts'
import { ORDER_STATUSES, type Order } from '../records.ts'
import { type ByHand, linesByHand, type Proof, proofs, recordByHand, removeByHand } from '../store/hand.ts'
import type { Database } from '../store/open.ts'
import { ordersById } from '../store/orders.ts'

/** The folder of the workspace with the copies of what proves orders. */
export const PROOFS = 'proofs'

/** Who says what, when and why; `proof` was read but not kept yet, `today` is the day in the partner's time zone. */
export type Given = { folder: string; partner: string; at: Instant; today: Day; note: string; proof: ReadProof }
type ReadProof = Proof & { content: Buffer }

/** What can be said of an order by hand. */
export type Said = Partial<Omit<Order, 'orderId' | 'lineId' | 'currency' | 'rawStatus' | 'modifiedAt'>>

/** An order, or with `lineId` one of its lines. */
export type Named = { orderId: string; lineId: string | undefined }

/** Bytes; more than a screenshot or a letter has. It is sent with every evidence pack. */
const MOST = 50_000_000

/**
 * Reads a file that proves an order: a screenshot, a letter.
 * @throws ShoptoolError (usage) where it cannot be read, is empty, too large or no file.
 */
export function readProof(cwd: string, given: string): ReadProof {
  const path = resolve(cwd, given)
  let content: Buffer | null
  try {
    const about = statSync(path)
    content = about.isFile() && about.size <= MOST ? readFileSync(path) : null
  } catch (error) {
    throw usageError(`--proof: ${given} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error })
  }
  if (content === null) throw usageError(`--proof: ${given} is no file of at most 50 MB, like a screenshot`)
  if (content.length === 0) throw usageError(`--proof: ${given} is empty`)
  const sha256 = sha256Of(content)
  const [ending = ''] = /^\.[a-z0-9]{1,8}$/.exec(extname(given).toLowerCase()) ?? []
  return { name: `${PROOFS}/${sha256.slice(0, 16)}${ending}`, sha256, bytes: content.length, content }
}

/** Copies it into the workspace, whole or not at all. */
function keep(folder: string, { name, content }: ReadProof): void {
  const path = join(folder, name)
  mkdirSync(join(folder, PROOFS), { recursive: true })
  writeFileSync(`${path}.partial`, content)
  renameSync(`${path}.partial`, path)
}

const sha256Of = (content: Buffer) => createHash('sha256').update(content).digest('hex')

/** What is wrong with the copies of proofs, one text each, and how many there are. */
export function checkProofs(db: Database, folder: string): { count: number; problems: string[] } {
  const all = proofs(db)
  const problems = all.flatMap(({ name, sha256, partner, orderId, day }) => {
    const what = `${name}, which proves ${partner} order ${orderId} since ${day},`
    if (!existsSync(join(folder, name))) return [`${what} is gone`]
    const found = sha256Of(readFileSync(join(folder, name)))
    return found === sha256 ? [] : [`${what} was changed: its sha256 is ${found}, expected ${sha256}`]
  })
  return { count: all.length, problems }
}

/**
 * Records an order line that the partner has no record of.
 * @throws ShoptoolError (usage) where the partner has one, the line is recorded by hand already, or what is said cannot be.
 */
export function addOrder(db: Database, given: Given, order: Order): void {
  write(db, given, (hand) => {
    const { orderId, lineId } = order
    for (const id of [orderId, lineId, order.sku])
      checkId('', id, (_, message) => {
        throw usageError(message)
      })
    checkSaid(order, given.today)
    const own = linesByHand(db, given.partner, orderId)
    refuseTold(db, given.partner, orderId, own)
    if (own.some((line) => line.lineId === lineId))
      throw usageError(
        `${orderId}: is recorded by hand already; "shoptool orders amend" changes it, --line tells a further line of it apart`,
      )
    recordByHand(db, hand, order)
  })
}

/**
 * Records what is otherwise of an order line that stands by hand, and returns it as it is now. A commission that is not said follows from
 * the rate.
 * @throws ShoptoolError (usage) where there is no such line, nothing is otherwise, or what is said cannot be.
 */
export function amendOrder(db: Database, given: Given, named: Named, said: Said): Order {
  return write(db, given, (hand) => {
    const [before, ...others] = standing(db, given.partner, named)
    if (others.length > 0)
      throw usageError(`${named.orderId}: which line? Name it with --line: ${linesText([before!, ...others])}`)
    const order: Order = { ...before!, ...said }
    const isReckoned = said.commission === undefined && (said.paidAmount !== undefined || said.commissionRate !== undefined)
    if (isReckoned && order.commissionRate !== null) order.commission = share(order.paidAmount, order.commissionRate)
    if (Object.entries(order).every(([field, value]) => before![field as keyof Order] === value))
      throw usageError(`${named.orderId}: stands so already; say what is otherwise, like --status settled --settled 2026-10-05`)
    checkSaid(order, given.today)
    recordByHand(db, hand, order)
    return order
  })
}

/**
 * Takes back what was recorded by hand of an order: all its lines, or one. What was said stays in the journal. Returns the lines.
 * @throws ShoptoolError (usage) where there is no such line.
 */
export function removeOrder(db: Database, given: Given, named: Named): Order[] {
  return write(db, given, (hand) => {
    const lines = standing(db, given.partner, named)
    removeByHand(db, hand, lines)
    return lines
  })
}

/** Looks up, checks and records in one transaction; the proof is kept last, so that nothing is left of what is refused. */
function write<T>(db: Database, { folder, proof, today: _, ...given }: Given, change: (hand: ByHand) => T): T {
  const { content: __, ...named } = proof
  return db
    .transaction(() => {
      const result = change({ ...given, proof: named })
      keep(folder, proof)
      return result
    })
    .immediate()
}

/** The lines of an order that stand by hand, or the one that is named: at least one. */
function standing(db: Database, partner: string, { orderId, lineId }: Named): Order[] {
  const all = linesByHand(db, partner, orderId)
  const lines = lineId === undefined ? all : all.filter((line) => line.lineId === lineId)
  if (lines.length > 0) return lines
  if (all.length > 0) throw usageError(`--line: order ${orderId} has no line "${lineId}" by hand, only ${linesText(all)}`)
  refuseTold(db, partner, orderId, [])
  throw usageError(`${orderId}: no order of that number is recorded by hand for ${partner}`)
}

function refuseTold(db: Database, partner: string, orderId: string, own: readonly Order[]): void {
  const told = ordersById(db, partner, orderId).find((line) => own.every(({ lineId }) => lineId !== line.lineId))
  if (!told) return
  const { file, line } = told.origin
  throw usageError(`${orderId}: ${partner} has recorded it itself (${file}:${line}), which is not changed by hand`)
}

const linesText = (lines: readonly Order[]) => lines.map(({ lineId }) => lineId || '""').join(', ')

/** The date that an order of a status must have. */
const DATED = { received: 'receivedAt', verified: 'verifiedAt', settled: 'settledAt' } as const

/** @throws ShoptoolError (usage) where amounts or dates contradict each other. */
function checkSaid(order: Order, today: Day): void {
  const { paidAmount, commission, commissionRate, refundAmount, status, currency, orderedAt } = order
  const money = (amount: number) => formatAmount(amount, currency)
  if (paidAmount < 0) throw usageError(`--paid: ${money(paidAmount)} is below zero`)
  if (commission < 0) throw usageError(`--commission: ${money(commission)} is below zero`)
  if (commission > paidAmount)
    throw usageError(`--commission: ${money(commission)} is more than the ${money(paidAmount)} that the buyer paid`)
  const reckoned = commissionRate === null ? commission : share(paidAmount, commissionRate)
  if (Math.abs(reckoned - commission) > 1) {
    const rate = formatRate(commissionRate!)
    throw usageError(`--commission: ${money(commission)} is not ${rate} % of ${money(paidAmount)}, which is ${money(reckoned)}`)
  }
  if ((refundAmount ?? 0) < 0 || (refundAmount ?? 0) > paidAmount)
    throw usageError(`--refunded: ${money(refundAmount!)} is not between 0 and the ${money(paidAmount)} paid`)
  if (refundAmount !== null && refundAmount > 0 && refundAmount === paidAmount && status !== 'refunded' && status !== 'invalid')
    throw usageError(`--refunded: is all that was paid: say --status refunded too`)
  if (orderedAt.slice(0, 10) > today) throw usageError(`--ordered: ${orderedAt.slice(0, 10)} has not come yet`)
  const isOver = status === 'refunded' || status === 'invalid'
  for (const later of ['received', 'verified', 'settled'] as const) {
    const day = order[DATED[later]]?.slice(0, 10)
    if (!day) continue
    if (day > today) throw usageError(`--${later}: ${day} has not come yet`)
    if (day < orderedAt.slice(0, 10)) throw usageError(`--${later}: ${day} is before the order, ${orderedAt.slice(0, 10)}`)
    if (!isOver && ORDER_STATUSES.indexOf(later) > ORDER_STATUSES.indexOf(status))
      throw usageError(`--${later}: the order is only ${status}; say --status ${later} too`)
  }
  const date = DATED[status as keyof typeof DATED]
  if (date && order[date] === null)
    throw usageError(`--status: ${status} since when? Say it with --${status}, like --${status} 2026-10-05`)
}
