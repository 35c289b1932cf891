import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearest, usageError } from '../errors.ts'
import type { Order, OrderStatus } from '../records.ts'
import { factNames, fill, readWords, type Words } from './facts.ts'
import { pasteable, pasteableLine, tidy } from './paste.ts'
import type { Supplier } from './supplier.ts'

/** What a reply to a buyer may say. Neither the commission is among it nor anything about the buyer. */
export type ReplyFacts = Omit<Supplier, 'presale'> & {
  order: string
  /** The shop of all the goods, where it is one and known. */
  shop: string | null
  presale: string | null
  lines: { title: string; quantity: number | null; status: string }[]
  /** `closed`: refunded or invalid, every line; `done`: received by the buyer; `open`: any line still on its way. */
  stage: 'open' | 'done' | 'closed'
}

const STAGES: Record<OrderStatus, ReplyFacts['stage']> = {
  ...{ paid: 'open', received: 'done', verified: 'done', settled: 'done', refunded: 'closed', invalid: 'closed' },
}

/** An order line beside the shop of its goods. */
export type ReplyLine = Pick<Order, 'title' | 'quantity' | 'status'> & { shop: string | null }

/** The facts of an order. `statuses` are the words for a buyer. */
export function replyFacts(
  orderId: string,
  lines: readonly ReplyLine[],
  supplier: Supplier,
  statuses: Readonly<Record<OrderStatus, string>>,
): ReplyFacts {
  const shops = [...new Set(lines.map(({ shop }) => shop))]
  const stages = lines.map(({ status }) => STAGES[status])
  return {
    ...supplier,
    order: orderId,
    shop: shops.length === 1 && shops[0] ? pasteableLine(shops[0]) : null,
    lines: lines.map(({ title, quantity, status }) => ({
      title: pasteableLine(title ?? '') || '商品',
      quantity: quantity !== null && quantity > 1 ? quantity : null,
      status: statuses[status],
    })),
    stage: stages.includes('open') ? 'open' : stages.includes('done') ? 'done' : 'closed',
  }
}

const NAMES = factNames({
  ...{ platform: '', ships: '', aftersales: '', orders: '', service: '', presale: '', order: '', shop: '', stage: 'open' },
  lines: [],
} satisfies ReplyFacts)

/** The replies by the question that they answer, from templates/reply/<question>.liquid; those of the workspace win. */
export async function loadReplies(home: string, workspaceFolder: string): Promise<Map<string, Words>> {
  const replies = new Map<string, Words>()
  for (const base of [home, workspaceFolder]) {
    const folder = join(base, 'templates', 'reply')
    if (!existsSync(folder)) continue
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.liquid')).sort())
      replies.set(
        file.slice(0, -'.liquid'.length),
        readWords(pasteable(await readFile(join(folder, file), 'utf8')), `reply/${file}`, NAMES),
      )
  }
  return replies
}

/** The reply to a question. @throws usageError where there is none for it; `place` (a flag) says who asked. */
export function writeReply(replies: ReadonlyMap<string, Words>, question: string, facts: ReplyFacts, place: string): string {
  const words = replies.get(question)
  if (words) return tidy(fill(words, facts))
  const meant = nearest(question, replies.keys())
  throw usageError(
    `${place}: no reply about "${question}"; ${meant ? `did you mean ${meant}?` : `there are ${[...replies.keys()].join(', ')}`}`,
  )
}
