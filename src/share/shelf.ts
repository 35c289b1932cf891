import type { Day } from '../day.ts'
import { usageError } from '../errors.ts'
import type { Ppm } from '../money.ts'
import type { Fee } from '../partners/partner.ts'
import type { Shelf } from '../workspace.ts'
import { type Kind, kindNamed, type RuleId, ruleOn, type ShopRule, type ShopRules } from './rules.ts'

/** A shelf under the rules of its kind, as they are on a day. */
export type RuledShelf = { name: string; kind: Kind; on: Day; cap: { most: number | null; rule: string; by: string } }

/** @throws ShoptoolError (usage) where shoptool.yaml names an unknown kind, or a cap that the kind has a rule for. */
export function ruledShelf(rules: ShopRules, name: string, { kind: kindName, cap }: Shelf, on: Day): RuledShelf {
  const place = `shoptool.yaml: shelves.${name}`
  const kind = kindNamed(rules, kindName, `${place}.kind`)
  const rule = ruleOn(kind, 'cap', on)
  if (rule && cap !== undefined)
    throw usageError(
      `${place}.cap: ${kind.id} (${kind.name}) has a rule for that, see "shoptool rules explain ${kind.id}.cap"; write another one into rules/shops.yaml`,
    )
  return {
    ...{ name, kind, on },
    cap: rule
      ? {
          most: rule.value,
          rule: `${kind.id}.cap`,
          by: `${kind.id} (${kind.name}) allows ${rule.value}, see "shoptool rules explain ${kind.id}.cap"`,
        }
      : { most: cap ?? null, rule: `shelves.${name}.cap`, by: `its cap in shoptool.yaml is ${cap}` },
  }
}

/** What the kind of shop keeps of each order, besides the partner's fees. */
export function shopFees({ kind, on }: RuledShelf): Fee[] {
  const fee = (id: 'payment-fee' | 'service-fee', of: Fee['of']): Fee[] => {
    const rate: Ppm = ruleOn(kind, id, on)?.value ?? 0
    return rate > 0 ? [{ name: `${kind.id}.${id}`, of, rate, rounding: 'half-up' }] : []
  }
  return [...fee('payment-fee', 'paidAmount'), ...fee('service-fee', 'commission')]
}

/** A rule that goods or a shelf do not keep: its name, and by what. */
export type Objection = { rule: string; says: string }

const objection = (rule: ShopRule, says: string): Objection => ({ rule: `${rule.kind}.${rule.id}`, says })

/** Whether twins that pay more or cost less are against the rules. */
export const wantsBestOffer = ({ kind, on }: RuledShelf): boolean => ruleOn(kind, 'best-offer', on)?.value === true

/** What the kind has against goods of these sources, whose `better` twins are told in words. */
export function objectionsTo({ kind, on }: RuledShelf, sources: readonly string[], better: readonly string[]): Objection[] {
  const partners = ruleOn(kind, 'no-partners', on)
  const offer = ruleOn(kind, 'best-offer', on)
  return [
    ...(partners?.value ?? [])
      .filter((name) => sources.includes(name))
      .map((name) => objection(partners!, `${kind.name} takes no goods of ${name}`)),
    ...(offer?.value ? better.map((twin) => objection(offer, `the same goods elsewhere: ${twin}`)) : []),
  ]
}

/** What a kind has against the shop's name. */
export function objectionsToName({ kind, on }: Pick<RuledShelf, 'kind' | 'on'>, shopName: string): Objection[] {
  const words = ruleOn(kind, 'name-words', on)
  const suffix = ruleOn(kind, 'name-suffix', on)
  return [
    ...(words?.value ?? [])
      .filter((word) => shopName.includes(word))
      .map((word) => objection(words!, `shop.name "${shopName}" holds ${word}`)),
    ...(suffix?.value && shopName.endsWith(suffix.value)
      ? [objection(suffix, `shop.name "${shopName}" ends with ${suffix.value}, which ${kind.name} adds by itself`)]
      : []),
  ]
}

/** What the kinds have against so many shelves of one of them. */
export function objectionsToCount(shelves: readonly RuledShelf[]): Objection[] {
  const kinds = new Map(shelves.map(({ kind, on }) => [kind.id, { kind, on }]))
  return [...kinds.values()].flatMap(({ kind, on }) => {
    const rule = ruleOn(kind, 'shops-per-member', on)
    const same = shelves.filter((shelf) => shelf.kind.id === kind.id).map(({ name }) => name)
    return rule?.value && same.length > rule.value
      ? [objection(rule, `${same.length} shelves (${same.join(', ')}) are of kind ${kind.id}; most members have ${rule.value}`)]
      : []
  })
}

/** How many of these goods are too many; those set aside do not count. */
export function overCap({ cap }: RuledShelf, goods: readonly { parkedAt: string | null }[]): number {
  return cap.most === null ? 0 : Math.max(0, goods.filter(({ parkedAt }) => parkedAt === null).length - cap.most)
}

/** What a rule of the kind says in words, for help on the spot: `只能写推荐理由，不能修改商品。 (taoxiaopu.edit)`. */
export function ruleText({ kind, on }: RuledShelf, id: RuleId): string | null {
  const rule = ruleOn(kind, id, on)
  return rule && `${rule.en} (${kind.id}.${id})`
}
