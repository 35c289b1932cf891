import { instantOf } from '../day.ts'
import { strangersInLinks } from '../store/members.ts'
import { openForReading } from '../store/open.ts'
import { chainAbove, changeText, memberNamed, memberOn, readRoster, strangerText } from '../team/roster.ts'
import { defineCommand } from './command.ts'
import { tellLaw } from './law.ts'
import { add, edit, remove } from './member-edit.ts'
import { statement } from './member-statement.ts'
import { tier } from './member-tier.ts'
import { day, option } from './option.ts'

const AS_OF = option('--as-of <day>', 'as it was on that day (default today)', day)

const list = defineCommand({
  about: 'Lists the members of the team with who invited them. Names in links that are no member’s are told.',
  options: { asOf: AS_OF },
  examples: ['shoptool member list', 'shoptool member list --as-of 2026-09-01 --json'],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const on = options.asOf ?? instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const db = openForReading(found.database)
    const roster = readRoster(db)
    const members = [...roster.values()].filter(({ joined }) => joined <= on).map((member) => memberOn(roster, member, on))
    const strangers = strangersInLinks(db)
    const warnings = tellLaw(ctx, found, print)
    if (global.json) print.json('member-list', { asOf: on, members, strangers, warnings })
    else
      print.table(
        [{ title: 'MEMBER' }, { title: 'INVITED BY' }, { title: 'JOINED' }, { title: 'LEFT' }, { title: 'IDS', cut: true }],
        members.map(({ name, inviter, joined, left, ids }) => [
          ...[name, inviter ?? '', joined, left ?? ''],
          ids.map(({ partner, id }) => `${partner}:${id}`).join(', '),
        ]),
      )
    if (members.length === 0)
      print.note(`There are no members${options.asOf ? ` on ${on}` : ''}; add one with "shoptool member add mei".`)
    for (const name of strangers) print.warn(strangerText(name))
    return 'done'
  },
})

const show = defineCommand({
  about:
    'Shows one member: who invited whom up to the first, ids with partners, and every change with the day from which it holds.',
  args: [['<member>', 'name of a member']],
  options: { asOf: AS_OF },
  examples: ['shoptool member show mei', 'shoptool member show mei --json'],
  async run({ ctx, args: [name], options, workspace, print, global }) {
    const found = await workspace()
    const on = options.asOf ?? instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const roster = readRoster(openForReading(found.database))
    const member = memberNamed(roster, name, 'member show')
    const chain = chainAbove(roster, name, on, roster.size)
    const { contact, changes } = member
    const document = memberOn(roster, member, on)
    const history = changes
      .toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
      .map(({ field, value, from, at }) => ({ from, field, value, recordedAt: at }))
    if (global.json) {
      print.json('member-show', { asOf: on, member: { ...document, contact, chain, history } })
      return 'done'
    }
    const facts = [
      ['member', name],
      ['joined', document.joined],
      ...(document.left ? [['left', document.left]] : []),
      ['invited by', chain.length === 0 ? 'nobody' : [name, ...chain].join(' ← ')],
      ...(document.takes ? [['takes', document.takes]] : []),
      ...(document.tier ? [['tier', `${document.tier}, set by hand`]] : []),
      ...document.ids.map(({ partner, id }) => ['id', `${partner}:${id}`]),
      ...(contact === null ? [] : [['contact', contact]]),
      ...history.map(({ from, field, value }) => ['from', `${from}  ${changeText(field, value)}`]),
    ] as const
    const terminal = print.columns !== Number.POSITIVE_INFINITY
    for (const [label, value] of facts)
      print.line(terminal ? `${print.paint.dim(label!.padEnd(11))} ${value}` : `${label}\t${value}`)
    return 'done'
  },
})

export const command = defineCommand({
  about:
    'Keeps the members of the team: who invited whom, ids with partners, tiers. What is recorded holds from a day on and is never deleted, since orders are split by what held on their day. What members get is said by "team" in shoptool.yaml and reckoned by "shoptool split".',
  examples: [
    'shoptool member add mei --inviter lan',
    'shoptool member list',
    'shoptool member edit mei --inviter bo --from 2026-12-01',
  ],
  commands: { add, list, show, edit, remove, tier, statement },
})
