import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Context, HttpResponse } from '../context.ts'
import { dataError, type ShoptoolError, temporaryError, usageError } from '../errors.ts'

/** The world outside: network and clock of the context; waiting and chance as tests want them; who is told how far it is. */
export type Outside = Pick<Context, 'fetch' | 'now'> & {
  sleep?(milliseconds: number): Promise<unknown>
  /** 0 ≤ chance < 1. */
  chance?(): number
  /** Called often while a source is fetched. */
  progress?(so: Progress): void
  /** A line about one call, for `--verbose`. */
  detail?(text: string): void
}

/** How far a fetch is: bytes, of `total` where the length is known; pages of an API. */
export type Progress = { bytes: number; total?: number; pages?: number }

/**
 * Why a try has no answer. `retry`: the next may have one, in `after` milliseconds if the other side says so. `stop`: not before the
 * operator changes something. `refuse`: there is an answer that cannot be trusted. The others: not in this run.
 */
export type Failed = { fault: 'retry' | 'stop' | 'refuse' | 'quota' | 'redirect'; message: string; after?: number }

/** How often something is asked for, and the milliseconds that the other side may ask us to wait; longer is left to the next run. */
export type Patience = { tries: number; wait: number }

/** Waits until the next call may begin. Sources of one partner share one. */
export type Turn = () => Promise<void>

/** The queue of everyone who calls the same partner, at a rate of their own. */
export type Turns = (partner: string, perSecond: number) => Turn

const WAITS = { first: 1000, longest: 30_000 }

const realSleep = (milliseconds: number) => setTimeout(milliseconds)
const realChance = () => randomInt(1000) / 1000

/** A queue in which calls begin at least a `perSecond`th of a second apart, whoever makes them. */
export function takeTurns(perSecond: number, outside: Pick<Outside, 'now' | 'sleep'>): Turn {
  return shareTurns(outside)('', perSecond)
}

/** One queue for each partner. Who calls more seldom keeps the others back for as long: limits of an account hold for all of its calls. */
export function shareTurns({ now, sleep = realSleep }: Pick<Outside, 'now' | 'sleep'>): Turns {
  const queues = new Map<string, { free: number; waiting: number; longest: number }>()
  return (partner, perSecond) => {
    const apart = 1000 / perSecond
    const queue = queues.get(partner) ?? { free: 0, waiting: 0, longest: 0 }
    queues.set(partner, queue)
    queue.longest = Math.max(queue.longest, apart)
    return async () => {
      const time = now()
      // No further ahead than the queue is long: a clock that was set back must not make it wait for hours.
      const mine = Math.max(time, Math.min(queue.free, time + (queue.waiting + 1) * queue.longest))
      queue.free = mine + apart
      queue.waiting++
      if (mine > time) await sleep(mine - time)
      queue.waiting--
    }
  }
}

/**
 * Tries until there is an answer, later each time.
 * @param refuse makes the error that names what was asked for
 * @throws ShoptoolError (temporary) where it fails for good, (usage) and (data) as `Failed` says.
 */
export async function keepTrying<T extends object>(
  once: () => Promise<T | Failed>,
  { sleep = realSleep, chance = realChance }: Outside,
  { tries, wait }: Patience,
  refuse: (error: typeof dataError, message: string) => ShoptoolError,
): Promise<Exclude<T, { fault: string }>> {
  for (let tried = 1; ; tried++) {
    const answer = await once()
    if (!('fault' in answer)) return answer as Exclude<T, { fault: string }>
    const { fault, message, after = 0 } = answer as Failed
    if (fault === 'stop') throw refuse(usageError, message)
    if (fault === 'refuse') throw refuse(dataError, message)
    if (fault !== 'retry') throw refuse(temporaryError, message)
    if (tried >= tries) throw refuse(temporaryError, tries === 1 ? message : `${message} (tried ${tried} times)`)
    if (after > wait) throw refuse(temporaryError, `${message}; asks to wait ${(after - (after % 1000)) / 1000} s`)
    // Twice as long each time; half of it by chance, so that many operators' runs do not come back together.
    const pause = Math.min(WAITS.longest, WAITS.first * 2 ** (tried - 1))
    await sleep(after + pause / 2 + (pause / 2) * chance())
  }
}

/** What a status means that asks to come again; null for any other. */
export function busy({ status, headers }: HttpResponse, now: number): Failed | null {
  if (status < 500 && ![408, 425, 429].includes(status)) return null
  return { fault: 'retry', message: `answers HTTP ${status}`, after: waitOf(headers.get('retry-after'), now) }
}

/** Retry-After in milliseconds from `now`: seconds or a date; 0 where it is neither or past. */
function waitOf(text: string | null, now: number): number {
  if (text === null) return 0
  const wait = /^\s*\d{1,9}\s*$/.test(text) ? Number.parseInt(text, 10) * 1000 : Date.parse(text) - now
  return wait > 0 ? wait : 0
}

/** Only the code of a failed connection: its message holds the address, and so the signature, the token or the key. */
export function broken(error: unknown, timeout: number): Failed {
  const { name, code, type } = error as { name?: string; code?: string; type?: string }
  const late = name === 'AbortError' || name === 'TimeoutError'
  return {
    fault: 'retry',
    message: late ? `no answer within ${timeout / 1000} s` : `the connection failed (${code ?? type ?? name})`,
  }
}
