import type { ChannelRule, Passage, Verdict } from '../share/channel.ts'
import type { StoredProduct } from '../store/products.ts'
import { FORMS, type Form } from '../workspace.ts'
import type { Print } from './print.ts'

// What "channel check" and "channel list" print.

/** Of what is asked: goods, or all goods of a source. */
export type Subject = {
  name: string
  product: StoredProduct | null
  source: string | null
  shelves: readonly string[]
  sources: string[]
}
/** Where it would go: a channel with the forms that it takes, or a surface with any. */
export type Place = { name: string; channel: string | null; surface: string; forms: readonly Form[] }
export type Check = { subject: Subject; place: Place; passages: Record<Form, Passage> }
export type Change = {
  event: 'blocked' | 'revived' | 'changed'
  subject: string
  place: string
  form: Form
  before: string
  verdict: Verdict
}

/** The forms that are asked about. */
export const listedOf = ({ passages }: Check) => FORMS.filter((form) => passages[form].listed)

const HUES = { allow: 'green', warn: 'yellow', deny: 'red', unknown: 'dim' } as const
export const painted = (print: Print) => (text: string) => print.paint[HUES[text as keyof typeof HUES] ?? 'dim'](text)

export function printRules(print: Print, rules: readonly ChannelRule[]): void {
  print.table(
    [
      { title: 'SOURCES', cut: true },
      { title: 'SURFACES', cut: true },
      { title: 'FORMS' },
      { title: 'STATE', paint: painted(print) },
      { title: 'SINCE' },
      { title: 'CONFIDENCE' },
      { title: 'REVIEW' },
      { title: 'REASON', cut: true },
    ],
    rules.map((rule) => [
      ...[Array.isArray(rule.sources) ? rule.sources.join(',') : rule.sources, rule.surfaces.join(',')],
      ...[rule.forms === 'any' ? 'any' : rule.forms.join(','), rule.state, rule.from],
      ...[rule.confidence, rule.review ?? '', rule.reason],
    ]),
  )
}

/** A line for each form, where all are to be shown or something is known. */
export function printSources(print: Print, checks: readonly Check[], all: boolean): void {
  print.table(
    [
      { title: 'SOURCE' },
      { title: 'PLACE' },
      { title: 'FORM' },
      { title: 'STATE', paint: painted(print) },
      { title: 'SINCE' },
      { title: 'UNTIL' },
      { title: 'CONFIDENCE' },
      { title: 'REVIEW' },
      { title: 'REASON', cut: true },
    ],
    checks.flatMap((one) =>
      listedOf(one).flatMap((form) => {
        const { subject, place, passages } = one
        const { state, rule } = passages[form]
        if (!all && rule === null) return []
        return [
          [
            ...[subject.name, place.name, form, state, rule?.from ?? '', rule?.until ?? ''],
            ...[rule?.confidence ?? '', rule?.review ?? '', rule?.reason ?? ''],
          ],
        ]
      }),
    ),
  )
}

export const stateOf = ({ listed, state }: Passage) => (listed ? state : '-')

/** A line for each channel. */
export function printGoods(print: Print, checks: readonly Check[]): void {
  const paint = painted(print)
  print.table(
    [
      { title: 'PRODUCT' },
      { title: 'CHANNEL' },
      ...FORMS.map((form) => ({ title: form.toUpperCase(), paint })),
      { title: 'WHY', cut: true },
      { title: 'TITLE', cut: true },
    ],
    checks.map(({ subject, place, passages }) => {
      const why = FORMS.flatMap((form) => {
        const { listed, rule } = passages[form]
        if (!listed || rule === null || (rule.state === 'allow' && rule.confidence !== 'provisional')) return []
        return [`${form}: ${rule.reason}${rule.confidence === 'stated' ? '' : ` (${rule.confidence})`}`]
      })
      const states = FORMS.map((form) => stateOf(passages[form]))
      return [subject.name, place.name, ...states, why.join('; '), subject.product?.title ?? '']
    }),
  )
}

export function printChanges(print: Print, changes: readonly Change[]): void {
  print.table(
    [
      { title: 'SOURCE' },
      { title: 'PLACE' },
      { title: 'FORM' },
      { title: 'EVENT' },
      { title: 'BEFORE' },
      { title: 'NOW', paint: painted(print) },
      { title: 'CONFIDENCE' },
      { title: 'REASON', cut: true },
    ],
    changes.map(({ event, subject, place, form, before, verdict: { state, rule } }) => [
      ...[subject, place, form, event, before, state, rule?.confidence ?? '', rule?.reason ?? ''],
    ]),
  )
}

/** Goods of which the same has changed in one sentence. */
export function tellChanges(print: Print, changes: readonly Change[]): void {
  const alike = new Map<string, Change[]>()
  for (const change of changes) {
    const { event, place, form, before, verdict } = change
    const key = JSON.stringify([event, place, form, before, verdict])
    alike.set(key, [...(alike.get(key) ?? []), change])
  }
  for (const [first, ...others] of alike.values()) {
    const { event, place, form, before, verdict, subject } = first!
    const names = [subject, ...others.map((one) => one.subject)]
    const some = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
    print.warn(
      `${event}: ${form} of ${some} on ${place}: was ${before}, is ${verdict.state}${verdict.rule ? `: ${verdict.rule.reason}` : ''}`,
    )
  }
}
