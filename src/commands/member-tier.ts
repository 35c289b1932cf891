import { instantOf, monthOf } from '../day.ts'
import { nearest, usageError } from '../errors.ts'
import { formatAmount } from '../money.ts'
import { tierAmount } from '../share/tier.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { heldOn, isMemberOn, memberNamed, readRoster } from '../team/roster.ts'
import { termsOn } from '../team/share.ts'
import { defineCommand } from './command.ts'
import { tellLaw } from './law.ts'
import { change, checkDay, tellChange } from './member-edit.ts'
import { day, month, option } from './option.ts'
import { teamOf } from './team.ts'

const AUTO = 'auto'

export const tier = defineCommand({
  about:
    'Tells the tiers of the members in a month, computed anew each month from the confirmed orders (received, verified or settled) of their links in the month before, each in the month in which it was confirmed first and with what refunds left of it, by the thresholds of "team" in shoptool.yaml. --set puts a member into a tier from a day on, whatever the orders come to.',
  args: [['[member]', 'only this member']],
  options: {
    month: option('--month <month>', 'the month in which the tiers hold (default this month)', month),
    set: option('--set <tier>', `puts the member into this tier; ${AUTO} lets the orders say again`),
    from: option('--from <day>', 'with --set: from that day on (default today)', day),
  },
  examples: [
    'shoptool member tier --month 2026-11',
    'shoptool member tier mei --set 资深 --from 2026-12-01',
    `shoptool member tier mei --set ${AUTO}`,
  ],
  async run({ args: [name], options, ...call }) {
    const { ctx, workspace, print, global } = call
    const found = await workspace()
    const at = instantOf(ctx.now(), found.shop.timezone)
    if (options.set !== undefined) {
      if (name === undefined) throw usageError('--set: which member? Name one, like shoptool member tier mei --set 资深')
      if (options.month !== undefined) throw usageError('--month: goes without --set, which holds from a day on (--from)')
      const from = options.from ?? at.slice(0, 10)
      const known = found.team.flatMap(({ tiers }) => (tiers?.tiers ?? []).map((each) => each.name))
      if (options.set !== AUTO && !known.includes(options.set)) {
        const meant = nearest(options.set, known)
        const hint = meant
          ? `did you mean ${meant}?`
          : known.length > 0
            ? `shoptool.yaml has ${known.join(', ')}`
            : 'the team in shoptool.yaml has none'
        throw usageError(`--set: there is no tier "${options.set}"; ${hint}`)
      }
      const db = openDatabase(found.database)
      const roster = db
        .transaction(() => {
          checkDay(memberNamed(readRoster(db), name, 'member tier'), from)
          change(db, name, 'tier', options.set === AUTO ? null : options.set!, from, at)
          return readRoster(db)
        })
        .immediate()
      const text =
        options.set === AUTO
          ? `the tier of ${name} is what the orders say from ${from} on`
          : `${name} is ${options.set} from ${from} on`
      tellChange(call, found, 'tier', roster, { name, on: from, text })
      return 'done'
    }
    if (options.from !== undefined) throw usageError('--from: goes with --set only')
    const held = options.month ?? monthOf(at)
    const on = held === monthOf(at) ? at.slice(0, 10) : `${held}-01`
    const { roster, tiers } = teamOf(ctx, found, openForReading(found.database), held)
    const terms = termsOn(found.team, on)
    if (!terms?.tiers)
      throw usageError(
        `the team in shoptool.yaml has no tiers on ${on}; add some like tiers: { by: commission, tiers: [{ name: 新晋, from: 0 }] }`,
      )
    const members =
      name === undefined
        ? [...roster.values()].filter((member) => isMemberOn(member, on))
        : [memberNamed(roster, name, 'member tier')]
    const { currency } = found.shop
    const amount = (value: number) => (terms.tiers!.by === 'orders' ? String(value) : formatAmount(value, currency))
    const rows = members.map((member) => {
      const computed = tiers(member.name, held, terms)!
      const set = heldOn(member, 'tier', on)
      const next = computed.next && { ...computed.next, from: amount(computed.next.from), short: amount(computed.next.short) }
      return {
        member: member.name,
        tier: set ?? computed.name,
        setByHand: set !== null,
        by: computed.by,
        reached: amount(computed.reached),
        next,
        computed,
      }
    })
    const warnings = tellLaw(ctx, found, print)
    if (global.json)
      print.json('member-tier', { month: held, currency, members: rows.map(({ computed: _, ...row }) => row), warnings })
    else
      print.table(
        [{ title: 'MEMBER' }, { title: 'TIER' }, { title: 'REACHED', align: 'right' }, { title: 'NEXT' }],
        rows.map(({ member, tier, setByHand, computed }) => [
          ...[
            member,
            `${tier ?? 'none'}${setByHand ? ' (set by hand)' : ''}`,
            tierAmount(computed.by, computed.reached, currency),
          ],
          computed.next ? `${tierAmount(computed.by, computed.next.short, currency)} short of ${computed.next.name}` : '',
        ]),
      )
    return 'done'
  },
})
