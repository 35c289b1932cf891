import type { Guard } from '../workspace.ts'
import { refuseRows } from './guard.ts'
import { type contentHash, type Loaded, refusal, type rejects } from './load.ts'

/**
 * What loading rows came to of which none is ever gone, once all are read: orders, notices.
 * @throws ShoptoolError (data) where the guard refuses the whole; the caller's transaction must then be rolled back.
 */
export function concludeRows(
  read: number,
  counts: { added: number; changed: number; unchanged: number },
  rejected: ReturnType<typeof rejects>,
  content: ReturnType<typeof contentHash>,
  load: { guard: Guard; acceptShrink: boolean },
): Loaded {
  const accepted = counts.added + counts.changed + counts.unchanged
  const unusable = { count: rejected.count(), first: rejected.problems[0] ?? null }
  const refused = refuseRows(read, accepted, unusable, load.guard, false)
  if (refused && !(load.acceptShrink && accepted > 0)) throw refusal(refused, accepted)
  rejected.save()
  return {
    ...{ read, accepted, rejected: rejected.count(), ...counts, returned: 0, gone: 0, joined: 0 },
    ...{ content: content.text(), problems: rejected.problems, moves: [], wrote: counts.added + counts.changed > 0 },
  }
}
