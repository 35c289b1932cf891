import { ShoptoolError } from '../errors.ts'
import { layOut } from './poster/layout.ts'
import type { Faces } from './poster/lines.ts'
import { faint, overflows } from './poster/lint.ts'
import type { Template } from './poster/template.ts'
import { GOODS, LONGEST, LONGEST_SHOP, type Sample, SHOPS, SHORTEST, SHORTEST_SHOP } from './samples.ts'

/** What is wrong with a template, where it showed first. */
export type Finding = { size: string; scheme: string; sample: string; message: string }

/**
 * Lays a template out in every size and scheme with long and short titles, with and without coupon, reason and sales, and tells what leaves
 * its place, is cut, cannot be read, or is missing. Pictures are taken as squares.
 */
export function reviewTemplate(template: Template, faces: Faces): Finding[] {
  const found = new Map<string, Finding>()
  const [all, ends] = template.of === 'shop' ? [SHOPS, [SHORTEST_SHOP, LONGEST_SHOP]] : [GOODS, [SHORTEST, LONGEST]]
  for (const size of template.sizes.keys()) {
    for (const [i, scheme] of Object.keys(template.schemes).entries()) {
      // Colours move nothing: only the first scheme meets all samples.
      for (const sample of i === 0 ? all : ends) {
        for (const [kind, message] of problemsOf(template, size, scheme, sample, faces)) {
          const key = `${size} ${kind}`
          if (!found.has(key)) found.set(key, { size, scheme, sample: sample.name, message })
        }
      }
    }
  }
  return [...found.values()]
}

/** What is wrong in one picture. `kind` is the same where another sample has the same problem by other pixels. */
function problemsOf(
  template: Template,
  size: string,
  scheme: string,
  sample: Sample,
  faces: Faces,
): [kind: string, message: string][] {
  const pictures = new Map(['photo', ...template.pictures].map((name) => [name, { width: 800, height: 800 }]))
  const facts = sample.facts(size)
  try {
    const layout = layOut(template, { product: sample.name, scheme, size, facts, pictures, faces })
    const texts = layout.steps.map((step) => (step.draw === 'text' ? step.text : '')).join('')
    const missing = [
      ...(texts.includes(facts.disclosure) ? [] : [`does not show ${facts.disclosure} ({{ disclosure }}), as the law asks for`]),
      ...(layout.marks.some(({ kind }) => kind === 'qr') ? [] : ['has no qr']),
    ]
    return [
      ...overflows(layout).map((message) => [message.replace(/ \d+ pixels/, ''), message] as [string, string]),
      ...faint(layout).map((message) => [`${scheme} ${message.split(':', 1)[0]}`, message] as [string, string]),
      ...[...missing, ...(sample.extreme ? [] : layout.warnings)].map((message) => [message, message] as [string, string]),
    ]
  } catch (error) {
    if (!(error instanceof ShoptoolError)) throw error
    const message = error.message.replace(`${sample.name}: ${template.name}: `, '')
    return [[message, message]]
  }
}
