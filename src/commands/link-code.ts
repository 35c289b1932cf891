import { giveCode } from '../catalog/code.ts'
import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { usageError } from '../errors.ts'
import { codeOfGoods } from '../store/codes.ts'
import { openDatabase, openForReading } from '../store/open.ts'
import { defineCommand } from './command.ts'

export const code = defineCommand({
  about:
    'Gives goods a shop code of six digits that can be said aloud and printed, or tells the one that they have; a code in place of goods tells which they are. Its last digit shows mistyped and swapped digits. A code always means the same goods; show, poster, copy and other commands take it like a sku.',
  args: [['<sku...>', 'partner:sku, the sku alone where one partner has it, or a shop code']],
  examples: ['shoptool link code 614252180627', 'shoptool link code 100009', 'shoptool show 100009'],
  async run({ ctx, args: [names], workspace, print, global }) {
    const found = await workspace()
    const reading = openForReading(found.database)
    const products = names.map((name) => lookUpProduct(reading, name))
    const without = products.find((product) => product.status === 'gone' && codeOfGoods(reading, product) === null)
    reading.close()
    if (without) throw usageError(`${without.partner}:${without.sku}: is gone from its feed and gets no code`)
    const db = openDatabase(found.database)
    const at = instantOf(ctx.now(), found.shop.timezone)
    const codes = db.transaction(() => products.map((product) => ({ product, ...giveCode(db, product, at) }))).immediate()
    db.close()
    if (global.json)
      print.json('link-code', {
        codes: codes.map(({ product: { partner, sku, title }, code, isNew }) => ({ code, partner, sku, title, isNew })),
      })
    else
      print.table(
        [{ title: 'CODE' }, { title: 'PRODUCT' }, { title: 'TITLE', cut: true }],
        codes.map(({ product: { partner, sku, title }, code }) => [code, `${partner}:${sku}`, title]),
      )
    return 'done'
  },
})
