import { instantOf } from '../day.ts'
import { formatRate } from '../money.ts'
import {
  forceText,
  kindNamed,
  RULES,
  type RuleId,
  readShopRules,
  ruleOn,
  rulesNamed,
  type ShopRule,
  SUPPLIERS,
} from '../share/rules.ts'
import { type Call, defineCommand } from './command.ts'
import { lint } from './law.ts'
import { day, option } from './option.ts'

const AS_OF = option('--as-of <day>', 'the rules of that day (default today)', day)

const list = defineCommand({
  about: `Lists the rules of the kinds of shops that a shelf may have, and what to ask suppliers, as they are in force on a day.`,
  args: [['[kind]', `only of this kind, like taoxiaopu or 淘小铺, or ${SUPPLIERS}`]],
  options: { asOf: AS_OF },
  examples: ['shoptool rules list', 'shoptool rules list 微信小商店', 'shoptool rules list taoxiaopu --as-of 2019-01-01 --json'],
  async run({ args: [name], options, print, global, ...call }) {
    const { rules, today } = await rulesOf(call)
    const on = options.asOf ?? today
    const all = [...rules.kinds.values(), rules.suppliers]
    const kinds = name === undefined ? all : [name === SUPPLIERS ? rules.suppliers : kindNamed(rules, name, 'rules list')]
    const found = kinds.flatMap((kind) =>
      [...new Set(kind.rules.map(({ id }) => id))].flatMap((id) => ruleOn(kind, id, on) ?? []),
    )
    if (global.json) print.json('rules-list', { asOf: on, rules: found.map((rule) => ruleDocument(rule)) })
    else
      print.table(
        [
          { title: 'RULE' },
          { title: 'VALUE' },
          { title: 'SINCE' },
          { title: 'UNTIL' },
          { title: 'CONFIDENCE' },
          { title: 'TEXT', cut: true },
        ],
        found.map((rule) => [
          `${rule.kind}.${rule.id}`,
          valueText(rule),
          rule.from ?? '',
          rule.until ?? '',
          rule.confidence,
          rule.en === rule.id ? rule.zh : rule.en,
        ]),
      )
    if (found.length === 0) print.note(`No rule is in force on ${on}.`)
    return 'done'
  },
})

const explain = defineCommand({
  about:
    'Explains one rule of a kind of shop: its text, what it says on a day, since when and until when, where that was stated and how sure it is.',
  args: [['<rule>', 'kind and rule, like taoxiaopu.cap']],
  options: { asOf: AS_OF },
  examples: [
    'shoptool rules explain taoxiaopu.cap',
    'shoptool rules explain 淘小铺.cap --as-of 2019-04-17',
    'shoptool rules explain suppliers.licence-chain --json',
  ],
  async run({ args: [name], options, print, global, ...call }) {
    const { rules, today } = await rulesOf(call)
    const on = options.asOf ?? today
    const versions = rulesNamed(rules, name)
    const { kind, id } = versions[0]
    const found = ruleOn(kind === SUPPLIERS ? rules.suppliers : rules.kinds.get(kind)!, id, on)
    if (global.json) {
      const document = ruleDocument(found ?? versions[0])
      print.json('rules-explain', {
        ...{ asOf: on, inForce: found !== null, says: forceText(versions, found, on) },
        ...{ rule: document, versions: versions.map(ruleDocument) },
      })
      return 'done'
    }
    const shown = found ?? versions[0]
    const others = versions.filter((one) => one !== shown)
    const facts: (readonly [name: string, value: string])[] = [
      ['rule', `${kind}.${id}`],
      [`on ${on}`, forceText(versions, found, on)],
      ['value', found ? valueText(found) : 'none'],
      ['text', shown.zh],
      ...(shown.en === shown.zh ? [] : [['', shown.en] as const]),
      ['since', shown.from ?? 'not known'],
      ['until', shown.until ?? 'open'],
      ['source', shown.source],
      ['confidence', shown.confidence],
      ...(shown.review === null
        ? []
        : [['review', `${shown.review}${shown.review <= on ? ', which has passed: look at it again' : ''}`] as const]),
      ['heeded by', RULES[id].heeded ?? 'people; no command can check it'],
      ...others.map((one) => ['also', `${valueText(one)} ${spanText(one)}${one.own ? ' (your own)' : ''}`] as const),
    ]
    const terminal = print.columns !== Number.POSITIVE_INFINITY
    for (const [label, value] of facts)
      print.line(terminal ? `${print.paint.dim(label.padEnd(13))} ${value}` : `${label}\t${value}`)
    return 'done'
  },
})

async function rulesOf({ ctx, findWorkspace }: Pick<Call, 'ctx' | 'findWorkspace'>) {
  const workspace = await findWorkspace()
  const zone = workspace?.shop.timezone ?? 'Asia/Shanghai'
  return { rules: readShopRules(ctx.home, workspace?.folder ?? null), today: instantOf(ctx.now(), zone).slice(0, 10) }
}

const spanText = ({ from, until }: ShopRule) => [from && `from ${from}`, until && `until ${until}`].filter(Boolean).join(' ')

/** The value as text: `1000`, `0.6%`, `旗舰, 专卖`, `not known`. */
export function valueText({ id, value }: ShopRule): string {
  if (value === null) return (['cap', 'shops-per-member'] as RuleId[]).includes(id) ? 'no limit' : 'not known'
  if (typeof value === 'number') return id.endsWith('-fee') ? `${formatRate(value)}%` : String(value)
  if (typeof value !== 'object') return String(value)
  if ('tiers' in value)
    return value.tiers.map((tier) => (typeof tier === 'string' ? tier : `${tier.name} from ${tier.from}`)).join(', ')
  return value.join(', ')
}

function ruleDocument(rule: ShopRule) {
  const { kind, id, from, until, source, confidence, review, zh, en, own } = rule
  const value = id.endsWith('-fee') && typeof rule.value === 'number' ? formatRate(rule.value) : rule.value
  return {
    rule: `${kind}.${id}`,
    value,
    from,
    until,
    source,
    confidence,
    review,
    text: { zh, en },
    heededBy: RULES[id].heeded,
    own,
  }
}

export const command = defineCommand({
  about:
    'Tells the rules of the kinds of shops, as dated data: templates/rules/shops.yaml, and rules/shops.yaml of the workspace. What channels let pass is told by "shoptool channel check".',
  examples: ['shoptool rules list', 'shoptool rules explain taoxiaopu.cap --as-of 2019-04-17', 'shoptool rules lint'],
  commands: { list, explain, lint },
})
