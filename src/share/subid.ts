import { createHash } from 'node:crypto'
import type { SubIds } from '../partners/links.ts'
import type { Database } from '../store/open.ts'
import { keepSubId, type Posting, subIdsOf } from '../store/subids.ts'

/**
 * The sub-id by which orders of a posting are known, within the length and the characters that the partner takes: the one that it has, or
 * a new one. `group-a-mei-261125` where that fits; else as much of it as does, and a hash.
 */
export function mintSubId(db: Database, partner: string, posting: Posting, rules: SubIds): string {
  const fits = new RegExp(`^[${rules.chars}]{1,${rules.max}}$`)
  const kept = subIdsOf(db, partner, posting).find((subId) => fits.test(subId))
  if (kept !== undefined) return kept
  let free = ''
  for (const subId of wordings(posting, rules)) {
    free = subId
    if (keepSubId(db, partner, subId, posting)) break
  }
  return free
}

const HASH = 6

/** What may stand for a posting, the most readable first, without end: they are tried until one is free. */
function* wordings({ channel, member, day }: Posting, { max, chars }: SubIds): Generator<string> {
  const between = ['-', '_'].find((mark) => new RegExp(`[${chars}]`).test(mark)) ?? ''
  const parts = [channel, member, day.slice('20'.length).replaceAll('-', '')].map((part) => part.replace(/[-_. ]/g, between))
  const taken = parts.map((part) => part.replace(new RegExp(`[^${chars}]`, 'g'), ''))
  const whole = taken.filter((part) => part !== '').join(between)
  if (taken.every((part, i) => part === parts[i]) && whole.length <= max) yield whole
  // The end of it, where the day stands.
  const rest = whole.slice(Math.max(0, whole.length - Math.max(0, max - HASH - between.length)))
  for (let nth = 0; ; nth++) {
    const hash = createHash('sha256')
      .update(JSON.stringify([channel, member, day, nth]))
      .digest('hex')
    yield [rest, BigInt(`0x${hash}`).toString(36).slice(-HASH)].filter((part) => part !== '').join(between)
  }
}
