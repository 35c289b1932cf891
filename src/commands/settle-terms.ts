import { instantOf } from '../day.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner, partnerFiles } from '../partners/yaml.ts'
import { compareText } from '../settle/entry.ts'
import { holdsOn, type Term, termsOf } from '../settle/terms.ts'
import { defineCommand } from './command.ts'
import { day, list, option } from './option.ts'

export const terms = defineCommand({
  about:
    'Shows by which calendars and fees payouts are expected, since when, and how sure that is: stated (by the partner or by you), documented, provisional, unverified. Change those of a built-in partner in partners/<its id>.yaml, with "terms:" and the day from which yours hold. Exit code 5 where the review of a term that holds is due.',
  options: {
    partner: list('--partner <a,b>', 'only these partners'),
    asOf: option('--as-of <day>', 'only what holds on that day (default: all terms, reviews as of today)', day),
  },
  examples: [
    'shoptool settle terms',
    'shoptool settle terms --partner taobao --as-of 2026-10-01',
    'shoptool settle terms --json',
  ],
  async run({ ctx, options, workspace, print, global }) {
    const found = await workspace()
    const ids = new Set([
      ...BUILT_IN.map(({ id }) => id),
      ...partnerFiles(found.partners).map((file) => file.replace(/\.yaml$/, '')),
    ])
    const named = options.partner.length > 0 ? options.partner : [...ids].sort(compareText)
    const on = options.asOf ?? instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const isDue = (term: Term) => term.review !== null && term.review <= on && holdsOn(term, on)
    const partners = named.map((id) => {
      const partner = findPartner(id, found.partners, BUILT_IN, '--partner')
      const shown = termsOf(partner).filter((term) => options.asOf === undefined || holdsOn(term, on))
      const where = BUILT_IN.some((builtIn) => builtIn.id === id) ? 'built in' : `partners/${id}.yaml`
      return { id, name: partner.name, where, terms: shown.map((term) => ({ ...term, reviewDue: isDue(term) })) }
    })
    const due = partners.some(({ terms }) => terms.some(({ reviewDue }) => reviewDue))
    if (global.json) {
      print.json('settle-terms', {
        date: on,
        partners: partners
          .filter(({ terms }) => terms.length > 0)
          .map(({ id, name, where, terms }) => ({
            partner: id,
            name,
            terms: terms.map((term) => ({ ...term, place: term.place ?? where })),
          })),
      })
    } else {
      for (const { id, terms } of partners)
        if (options.partner.length > 0 && terms.length === 0) print.note(`${id} has no calendar: it is not settled`)
      print.table(
        [
          { title: 'PARTNER' },
          { title: 'TERM' },
          { title: 'FROM' },
          { title: 'CONFIDENCE', paint: (text) => (/^(unverified|provisional)/.test(text) ? print.paint.yellow(text) : text) },
          { title: 'REVIEW', paint: (text) => (text.endsWith('due') ? print.paint.red(text) : text) },
          { title: 'WHERE' },
          { title: 'WHAT', wrap: true },
        ],
        partners.flatMap(({ id, where, terms }) =>
          terms.map(({ part, from, until, text, confidence, review, reviewDue, place }) => [
            id,
            part,
            `${from ?? 'ever'}${until ? ` to ${until}` : ''}`,
            confidence,
            `${review ?? '-'}${reviewDue ? ' due' : ''}`,
            place ?? where,
            text,
          ]),
        ),
      )
      if (options.partner.length > 0) {
        for (const { id, terms } of partners)
          for (const { part, source } of terms) if (source) print.note(`${id} ${part}: ${source}`)
      } else print.note('What a term rests on: --partner or --json.')
    }
    return due ? 'findings' : 'done'
  },
})
