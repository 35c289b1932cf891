/*
What is looked at before goods are shared, by copy, posters and bundles alike: the goods themselves, their title, the operator's reason, and
what the texts and pictures say beyond that. A stop is an error for those goods; the rest is told as warnings.
*/
import type { Day } from '../../day.ts'
import { usageError } from '../../errors.ts'
import { type Calendar, passages, type ShareChannel, sourcesOf } from '../channel.ts'
import { type Facts, factsOf, figuresOf, type ShareItem, type ShopFacts } from '../facts.ts'
import type { Layout } from '../poster/layout.ts'
import { checkClaims } from './claims.ts'
import { isWithin, overText } from './limit.ts'
import { type AdRules, type Check, type Finding, type Level, lint, lintText, restrictedGoods, softenTitle } from './lint.ts'
import type { Copy } from './write.ts'

/**
 * The item as it may be shown: words that the law forbids are taken out of its title where the rules let them be left out.
 * @throws usageError where such goods may not be advertised, their title or the reason holds what cannot be left out, or the reason says
 * other figures than the catalog.
 */
export function vetItem(item: ShareItem, rules: AdRules): { item: ShareItem; warnings: string[] } {
  const { partner, product, reason } = item
  const id = `${partner.id}:${product.sku}`
  const warnings: string[] = []
  for (const goods of restrictedGoods(product.title, product.category, rules)) {
    if (goods.level === 'stop')
      throw usageError(
        `${id}: ${goods.name}: ${goods.reason}; where you may share them, put "goods: { ${goods.id}: allow }" into rules/adwords.yaml of the workspace`,
      )
    warnings.push(`${goods.name}: ${goods.reason}`)
  }

  const names = [product.brand, product.shop]
  const { title, dropped, refused } = softenTitle(product.title, rules, names)
  if (refused[0])
    throw usageError(`${id}: title: ${findingText(refused[0])}; "allow:" in rules/adwords.yaml lets it pass where it is harmless`)
  if (dropped.length > 0 && !/\p{L}{2}/u.test(title))
    throw usageError(
      `${id}: title: nothing is left of "${product.title}" without ${dropped.map(({ found }) => `"${found}"`).join(', ')}`,
    )
  for (const one of dropped) warnings.push(`title: left out ${findingText(one)}`)
  const soft = lintText(title, rules, names).filter(({ level }) => level === 'warn')
  const figures = figuresOf(item)
  const untrue = checkClaims(title, figures, [], names).filter(({ level }) => level === 'stop')
  for (const one of [...soft, ...untrue]) warnings.push(`title: ${findingText(one)}`)

  const checks = [
    (text: string) => lintText(text, rules, names),
    (text: string) => checkClaims(text, figures, [product.title, title], names),
  ]
  for (const one of lint(reason ?? '', checks)) {
    if (one.level === 'stop')
      throw usageError(`${id}: the reason on the shelf: ${findingText(one)}; change it with "shoptool shelf reason ${id} …"`)
    warnings.push(`the reason on the shelf: ${findingText(one)}`)
  }
  return { item: title === product.title ? item : { ...item, title }, warnings }
}

/** What is to be known of a reason at the moment when it is given. @throws usageError where it must not be published. */
export function vetReason(reason: string, rules: AdRules): string[] {
  return lintText(reason, rules).map((one) => {
    if (one.level === 'stop') throw usageError(`the reason: ${findingText(one)}`)
    return `the reason: ${findingText(one)}`
  })
}

/**
 * What a template says itself in a text that was written of a vetted item.
 * @throws usageError naming channel, variant and part where it must not be published.
 */
export function vetCopy(copy: Copy, item: ShareItem, rules: AdRules): string[] {
  const { title, reason, shop, brand, partner, category, code, shopCode } = factsOf(item)
  const names = [title, reason, shop, brand, partner, category, code, shopCode]
  const checks = [
    (text: string) => lintText(text, rules, names),
    (text: string) => checkClaims(text, figuresOf(item), [title], names),
  ]
  return (['headline', 'main', 'comment'] as const).flatMap((part) =>
    lint(copy[part] ?? '', checks).map((one) => {
      const place = `${copy.channel}: the ${part} of "${copy.variant}": ${findingText(one)}`
      if (one.level === 'stop') throw usageError(place)
      return place
    }),
  )
}

/**
 * What a template says itself on a poster that was laid out with these facts.
 * @throws usageError naming the template where it must not be published, or where the mark of advertising is missing.
 */
export function vetPoster(template: string, { steps }: Layout, facts: Facts | ShopFacts, rules: AdRules): void {
  const text = steps.flatMap((step) => (step.draw === 'text' ? [step.text] : [])).join('\n')
  if (!/广告|推广/.test(text)) throw usageError(`${template}/template.yaml: says nowhere that it is {{ disclosure }}`)
  const said = Object.values('shop' in facts && typeof facts.shop === 'object' ? { ...facts, ...facts.shop } : facts)
  const isSaid = (words: string) => said.some((fact) => typeof fact === 'string' && fact.includes(words))
  const found = lintText(text, rules).find(({ level, found }) => level === 'stop' && !isSaid(found))
  if (found) throw usageError(`${template}/template.yaml: ${findingText(found)}`)
}

/** The check for what a channel lets pass on a day: addresses, as the calendar says, and the length of its main part. `partner` is whose goods they are. */
export function placeCheck(channel: ShareChannel, calendar: Calendar, day: Day, partner: string): Check {
  const finding = (from: number, found: string, level: Level, reason: string, instead: string): Finding => {
    return { from, to: from + found.length, found, word: found, category: channel.name, level, reason, instead }
  }
  return (text) => {
    const addresses = [...text.matchAll(/https?:\/\/[!-~]+/g)].flatMap(({ 0: found, index }) => {
      const nobody = { partner: { id: partner }, product: { url: null, link: null } }
      const { state, rule, passes } = passages(calendar, channel, sourcesOf(calendar, { ...nobody, link: found }), day).url
      if (passes && state !== 'warn') return []
      const reason = state === 'deny' || state === 'warn' ? rule.reason : `${channel.surface} 只发 ${channel.forms.join('、')}`
      return [finding(index, found, passes ? 'warn' : 'stop', reason, '用带二维码的图片')]
    })
    const limit = channel.texts?.limits.main
    if (!limit || isWithin(text.trim(), limit)) return addresses
    return [finding(0, '', 'warn', overText(text.trim(), limit), '其余放进首条评论'), ...addresses]
  }
}

/** `"全网最低" (极限词: …); instead: …` */
export function findingText({ found, category, reason, instead }: Finding): string {
  return `"${found}" (${category}: ${reason})${instead === null ? '' : `; instead: ${instead}`}`
}
