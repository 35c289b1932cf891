import { usageError } from '../errors.ts'
import { AMOUNT_UNITS, CANONICAL, type CanonicalField, exampleOf, RATE_UNITS } from '../feeds/canonical.ts'
import { RECORD_KINDS } from '../records.ts'
import { defineCommand } from './command.ts'
import { flag } from './option.ts'

const UNITS: Partial<Record<CanonicalField['kind'], readonly string[]>> = { amount: Object.keys(AMOUNT_UNITS), rate: RATE_UNITS }

export const command = defineCommand({
  about: 'Documents the fields that the columns of a partner file can be mapped to in partners/<id>.yaml.',
  options: { fields: flag('--fields', 'list the fields of products, orders and payouts with their types and units') },
  examples: ['shoptool map --fields', 'shoptool map --fields --json'],
  async run({ options, print, global }) {
    if (!options.fields) throw usageError('map: expected --fields, which lists what partners/<id>.yaml can map columns to')
    const fields = RECORD_KINDS.flatMap((record) =>
      Object.entries<CanonicalField>(CANONICAL[record]).map(([field, { kind, need, meaning, words }]) => ({
        record,
        field,
        type: kind,
        need,
        meaning,
        units: UNITS[kind] ?? null,
        words: words ?? null,
        example: exampleOf({ kind, need, meaning, ...(words ? { words } : {}) }),
      })),
    )
    if (global.json) {
      print.json('map', { fields })
      return 'done'
    }
    const { bold } = print.paint
    print.table(
      [
        { title: 'RECORD' },
        { title: 'FIELD', paint: bold },
        { title: 'TYPE' },
        { title: 'NEED' },
        { title: 'MEANING', cut: true },
      ],
      fields.map(({ record, field, type, need, meaning, words }) => [
        record,
        field,
        type,
        need,
        words ? `${meaning}: ${words.join(', ')}` : meaning,
      ]),
    )
    print.note(`
Written as, for example:
  price: ${exampleOf(CANONICAL.products.price)}        units: ${UNITS.amount!.join(', ')}
  commissionRate: ${exampleOf(CANONICAL.products.commissionRate)}  units: ${UNITS.rate!.join(', ')}
  status: { oneOf: Column, words: { 已付款: paid } }
  orderedAt: ${exampleOf(CANONICAL.orders.orderedAt)}
A list of columns means the first that the file has. "optional: true" where a cell may be empty or the column missing; not for required fields.
"derived" is worked out where the partner does not give it.`)
    return 'done'
  },
})
