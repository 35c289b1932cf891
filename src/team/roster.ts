import type { Day } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import {
  type MemberChange,
  type MemberField,
  type MemberId,
  type MemberRow,
  memberChanges,
  memberIds,
  membersInOrder,
} from '../store/members.ts'
import type { Database } from '../store/open.ts'

/** What a buyer takes: money back, or nothing since the price was lowered by as much. */
export const TAKES = ['rebate', 'discount'] as const

/** A member with all that ever held of it, from the oldest on. */
export type Member = MemberRow & { changes: readonly MemberChange[]; ids: readonly Omit<MemberId, 'member'>[] }
/** The members by name, in the order of their names. */
export type Roster = ReadonlyMap<string, Member>

export function readRoster(db: Database): Roster {
  const changes = byMember(memberChanges(db))
  const ids = byMember(memberIds(db))
  return new Map(
    membersInOrder(db).map((row) => [
      row.name,
      {
        ...row,
        changes: changes.get(row.name) ?? [],
        ids: (ids.get(row.name) ?? []).map(({ partner, id }) => ({ partner, id })),
      },
    ]),
  )
}

function byMember<T extends { member: string }>(rows: readonly T[]): Map<string, T[]> {
  const lists = new Map<string, T[]>()
  for (const row of rows) {
    const list = lists.get(row.member)
    if (list) list.push(row)
    else lists.set(row.member, [row])
  }
  return lists
}

/** @throws usage that suggests. `place` says where the name was given. */
export function memberNamed(roster: Roster, name: string, place: string): Member {
  const found = roster.get(name)
  if (found) return found
  const meant = nearest(name, roster.keys())
  const hint = meant ? `did you mean ${meant}?` : roster.size === 0 ? 'there are no members yet' : 'see "shoptool member list"'
  throw usageError(`${place}: there is no member "${name}"; ${hint}`)
}

export const strangerText = (name: string) =>
  `${name} is no member, and orders of links in that name are shared with nobody: shoptool member add ${name}`

/** What holds of a member on a day. */
export function heldOn({ changes }: Pick<Member, 'changes'>, field: MemberField, on: Day): string | null {
  return changes.findLast((change) => change.field === field && change.from <= on)?.value ?? null
}

/** Whether a name is a member's on a day: joined, and not gone. */
export function isMemberOn(member: Member | undefined, on: Day): boolean {
  return member !== undefined && member.joined <= on && heldOn(member, 'left', on) === null
}

/**
 * Who invited a member, who invited that one, and so on, as of a day; at most `most`. Those who have left are among them: their place is
 * nobody else's.
 */
export function chainAbove(roster: Roster, name: string, on: Day, most: number): string[] {
  const chain: string[] = []
  for (let at = roster.get(name); at && chain.length < most; ) {
    const inviter = heldOn(at, 'inviter', on)
    if (inviter === null) break
    chain.push(inviter)
    at = roster.get(inviter)
  }
  return chain
}

/** A change as people read it: `inviter mei`, `tier none`, `left`, `back`. */
export function changeText(field: MemberField, value: string | null): string {
  if (field === 'left') return value === null ? 'back' : 'left'
  return `${field} ${value ?? 'none'}`
}

/** A member as it stands on a day. `left`: since when it is gone; `invited`: how many it has invited. */
export function memberOn(roster: Roster, member: Member, on: Day) {
  const { name, joined, ids, changes } = member
  const left = heldOn(member, 'left', on) && changes.findLast(({ field, from }) => field === 'left' && from <= on)!.from
  return {
    ...{ name, joined, left, inviter: heldOn(member, 'inviter', on) },
    ...{ takes: heldOn(member, 'takes', on), tier: heldOn(member, 'tier', on), ids },
    invited: [...roster.values()].filter((other) => heldOn(other, 'inviter', on) === name).length,
  }
}

/**
 * Refuses an inviter from a day on.
 * @throws usage where nobody of that name was there by then, or where somebody would have invited himself on that or any later day,
 * with the chain.
 */
export function checkInviter(roster: Roster, member: Pick<Member, 'name' | 'changes'>, inviter: string, from: Day): void {
  const { name } = member
  const found = inviter === name ? null : memberNamed(roster, inviter, '--inviter')
  if (found && !isMemberOn(found, from)) {
    const why = found.joined > from ? `joined on ${found.joined}` : 'has left'
    throw usageError(`--inviter: ${inviter} is no member on ${from}: ${why}`)
  }
  const until = member.changes.find((change) => change.field === 'inviter' && change.from > from)?.from ?? null
  const later = [...roster.values()].flatMap(({ changes }) => changes.map((change) => change.from))
  const days = new Set([from, ...later.filter((day) => day > from && (until === null || day < until))])
  for (const day of [...days].sort()) {
    const above = [inviter, ...chainAbove(roster, inviter, day, roster.size)]
    const end = above.indexOf(name)
    if (end >= 0) {
      const chain = [...above.slice(0, end + 1).reverse(), name].join(' → ')
      throw usageError(`--inviter: ${name} would have invited himself on ${day}: ${chain}`)
    }
  }
}
