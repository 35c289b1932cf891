import { type Day, type Instant, instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { addChange, insertMember, MEMBER_FIELDS, type MemberField, setContact, setJoined } from '../store/members.ts'
import { type Database, openDatabase } from '../store/open.ts'
import { keepSubId, postingOf } from '../store/subids.ts'
import {
  changeText,
  checkInviter,
  heldOn,
  isMemberOn,
  type Member,
  memberNamed,
  memberOn,
  type Roster,
  readRoster,
  TAKES,
} from '../team/roster.ts'
import type { Workspace } from '../workspace.ts'
import { type Call, defineCommand } from './command.ts'
import { tellLaw } from './law.ts'
import { day, list, oneOf, option, type Value } from './option.ts'

const NONE = 'none'
const ids = list(
  '--id <partner:id,partner:id>',
  "tracking ids or sub-ids by which a partner's orders name the member, as they stand there",
)
const takes = option(
  '--takes <what>',
  'where links are the buyers’: what they get for it, paid back or off the price (default rebate)',
  oneOf(TAKES),
)
const anyText: Value<string> = { read: (given) => given.trim(), is: 'a text' }
const contact = option('--contact <text>', 'how to reach the member, kept in this workspace only; "" forgets it', anyText)

export const add = defineCommand({
  about:
    'Adds a member, by the name that "shoptool link --member" uses. One who had left is there again; an earlier --joined moves the day of a member back, with what held on it.',
  args: [['<name>', 'letters, digits, ".", "_" and "-"']],
  options: {
    inviter: option('--inviter <member>', 'who invited the member'),
    joined: option('--joined <day>', 'since when; orders of earlier days are shared with nobody (default today)', day),
    ...{ id: ids, takes, contact },
  },
  examples: [
    'shoptool member add lan',
    'shoptool member add mei --inviter lan --id taobao:1100000001,jd:mei01',
    'shoptool member add mei --inviter lan --joined 2026-09-01',
  ],
  async run({ args: [name], options, ...call }) {
    const { ctx, workspace } = call
    const found = await workspace()
    const at = instantOf(ctx.now(), found.shop.timezone)
    const joined = options.joined ?? at.slice(0, 10)
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name) || name === NONE)
      throw usageError(`member add: "${name}" is not a name, expected letters, digits, ".", "_" and "-", like mei`)
    const pairs = readIds(found, options.id)
    const db = openDatabase(found.database)
    const roster = db
      .transaction(() => {
        const before = readRoster(db)
        const known = before.get(name)
        const alike = [...before.keys()].find((other) => other !== name && other.toLowerCase() === name.toLowerCase())
        if (alike) throw usageError(`member add: ${name} differs from the member ${alike} in the case of letters only`)
        if (known && isMemberOn(known, joined))
          throw usageError(`member add: ${name} is a member since ${known.joined}; see "shoptool member edit"`)
        if (options.inviter !== undefined) checkInviter(before, known ?? { name, changes: [] }, options.inviter, joined)
        if (!known) insertMember(db, { name, joined, contact: null, addedAt: at })
        else if (joined < known.joined) joinEarlier(db, known, joined, at)
        else change(db, name, 'left', null, joined, at)
        apply(db, name, options, pairs, joined, at)
        return readRoster(db)
      })
      .immediate()
    tellChange(call, found, 'add', roster, { name, on: joined, text: `${name} is a member from ${joined} on` })
    return 'done'
  },
})

export const edit = defineCommand({
  about:
    'Changes what holds of a member from a day on; what held before stays on record. Orders are split by what held on the day on which they were ordered.',
  args: [['<member>', 'name of a member']],
  options: {
    inviter: option('--inviter <member>', `who counts as the inviter; ${NONE} for nobody`),
    from: option('--from <day>', 'from that day on (default today)', day),
    ...{ id: ids, takes, contact },
  },
  examples: [
    'shoptool member edit mei --inviter bo --from 2026-12-01',
    'shoptool member edit mei --id pdd:mei02',
    'shoptool member edit mei --contact ""',
  ],
  async run({ args: [name], options, ...call }) {
    const { ctx, workspace } = call
    const found = await workspace()
    const at = instantOf(ctx.now(), found.shop.timezone)
    const from = options.from ?? at.slice(0, 10)
    const pairs = readIds(found, options.id)
    if (options.inviter === undefined && options.takes === undefined && options.contact === undefined && pairs.length === 0)
      throw usageError('member edit: nothing to change, expected --inviter, --takes, --id or --contact')
    const db = openDatabase(found.database)
    const roster = db
      .transaction(() => {
        const before = readRoster(db)
        const member = memberNamed(before, name, 'member edit')
        checkDay(member, from)
        if (options.inviter !== undefined && options.inviter !== NONE) checkInviter(before, member, options.inviter, from)
        apply(db, name, options, pairs, from, at)
        return readRoster(db)
      })
      .immediate()
    tellChange(call, found, 'edit', roster, { name, on: from, text: `${name} changed from ${from} on` })
    return 'done'
  },
})

export const remove = defineCommand({
  about:
    'Lets a member go from a day on: orders of earlier days are still shared with the member, also when they are paid or taken back later. Those whom the member invited keep their place below, and the share of the place stays with the shop. The contact is forgotten.',
  args: [['<member>', 'name of a member']],
  options: { from: option('--from <day>', 'from that day on (default today)', day) },
  examples: ['shoptool member remove mei', 'shoptool member remove mei --from 2026-12-01 --json'],
  async run({ args: [name], options, ...call }) {
    const { ctx, workspace } = call
    const found = await workspace()
    const at = instantOf(ctx.now(), found.shop.timezone)
    const from = options.from ?? at.slice(0, 10)
    const db = openDatabase(found.database)
    const roster = db
      .transaction(() => {
        const member = memberNamed(readRoster(db), name, 'member remove')
        checkDay(member, from)
        if (heldOn(member, 'left', from) !== null) throw usageError(`member remove: ${name} has left already`)
        change(db, name, 'left', 'left', from, at)
        setContact(db, name, null)
        return readRoster(db)
      })
      .immediate()
    tellChange(call, found, 'remove', roster, { name, on: from, text: `${name} is no member from ${from} on` })
    return 'done'
  },
})

/** @throws usage where the member had not joined by then. */
export function checkDay({ name, joined }: Member, from: Day): void {
  if (from < joined) throw usageError(`--from: ${name} joined on ${joined}, later than ${from}`)
}

export function change(db: Database, member: string, field: MemberField, value: string | null, from: Day, at: Instant): void {
  addChange(db, { member, field, value, from, at })
}

/** What held on the day on which the member joined holds from the earlier one on. */
function joinEarlier(db: Database, member: Member, joined: Day, at: Instant): void {
  for (const field of MEMBER_FIELDS) {
    if (field === 'left') continue
    const value = heldOn(member, field, member.joined)
    if (value !== null) change(db, member.name, field, value, joined, at)
  }
  setJoined(db, member.name, joined)
}

type Pair = readonly [partner: string, id: string]

/** @throws usage where one is no partner and id. */
function readIds({ partners }: Workspace, given: readonly string[]): Pair[] {
  return given.map((text) => {
    const [, partner, id] = /^([^:\s]+):(\S+)$/.exec(text) ?? []
    if (partner === undefined || id === undefined)
      throw usageError(`--id: "${text}" is not a partner and an id, expected like jd:mei01`)
    return [findPartner(partner, partners, BUILT_IN, '--id').id, id]
  })
}

type Given = { inviter: string | undefined; takes: string | undefined; contact: string | undefined }

function apply(db: Database, name: string, given: Given, pairs: readonly Pair[], from: Day, at: Instant): void {
  const { inviter, takes, contact } = given
  if (inviter !== undefined) change(db, name, 'inviter', inviter === NONE ? null : inviter, from, at)
  if (takes !== undefined) change(db, name, 'takes', takes, from, at)
  if (contact !== undefined) setContact(db, name, contact === '' ? null : contact)
  for (const [partner, id] of pairs) {
    if (keepSubId(db, partner, id, { channel: '', member: name, day: '' })) continue
    const { member, channel } = postingOf(db, partner, id)!
    if (member !== name)
      throw usageError(
        `--id: ${partner}:${id} stands for ${member || `the channel ${channel}`}, whose orders carry it for months`,
      )
  }
}

/** Says what was done, what was recorded of later days before, and what the law says of the team. */
export function tellChange(
  call: Pick<Call, 'ctx' | 'print' | 'global'>,
  found: Workspace,
  what: 'add' | 'edit' | 'remove' | 'tier',
  roster: Roster,
  done: Done,
): void {
  const { ctx, print, global } = call
  const warnings = tellLaw(ctx, found, print)
  const changed = roster.get(done.name)!
  const member = memberOn(roster, changed, done.on)
  if (global.json) print.json(`member-${what}`, { member, warnings })
  else print.line(done.text)
  for (const { field, value, from } of changed.changes)
    if (from > done.on) print.note(`Already on record from ${from} on: ${changeText(field, value)}`)
}
type Done = { name: string; on: Day; text: string }
