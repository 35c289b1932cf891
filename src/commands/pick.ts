import { findProducts, lookUpProduct } from '../catalog/find.ts'
import { netOfFees } from '../catalog/net.ts'
import type { Context } from '../context.ts'
import { usageError } from '../errors.ts'
import { shopFees } from '../share/shelf.ts'
import { openForReading } from '../store/open.ts'
import type { StoredProduct } from '../store/products.ts'
import { defineCommand } from './command.ts'
import { amountText, askedFor, noteOtherCurrency, SEARCH_ARGS, SEARCH_OPTIONS, searchFor, textIndex } from './find.ts'
import { shelfNamed } from './named.ts'
import { list, option } from './option.ts'

export const command = defineCommand({
  about: 'Searches like find, asks which of the goods to take, and puts those on a shelf.',
  args: SEARCH_ARGS,
  options: {
    ...SEARCH_OPTIONS,
    ids: list('--ids <id,id>', 'take these of the found goods, without asking'),
    shelf: option('--shelf <name>', 'which shelf; needed where shoptool.yaml has several'),
    reason: option('--reason <text>', 'why you recommend them; stands on posters and in the copy'),
  },
  examples: [
    'shoptool pick 雨伞 --min-rate 20%',
    'shoptool pick --saved umbrellas --sort score --shelf main',
    'shoptool pick 雨伞 --ids taobao:614252180627,jd:100012043978',
  ],
  async run({ ctx, args: [words], options, workspace, print, global, shoptool }) {
    const found = await workspace()
    const { ids, shelf: name, reason, saved, ...given } = { words, ...options }
    const { shelf } = shelfNamed(ctx, found, name)
    if (ids.length === 0 && !global.input)
      throw usageError('pick: nobody to ask; expected --ids, or use "shoptool find … --ids | shoptool shelf add -"')
    const db = openForReading(found.database)
    const search = searchFor(ctx, found, askedFor(db, given, saved))
    const { products, next } = findProducts(db, search, textIndex(found, print))
    noteOtherCurrency(db, search, next, print)
    if (products.length === 0) {
      print.note('Nothing found.')
      return 'done'
    }
    const net = netOfFees(found.partners, shelf.on, print.warn, shopFees(shelf))
    const named = (id: string) => {
      const product = lookUpProduct(db, id)
      if (products.some((each) => each.id === product.id)) return `${product.partner}:${product.sku}`
      throw usageError(`--ids: ${id} is not among the goods found`)
    }
    const chosen = ids.length === 0 ? await ask(ctx, products, (product) => amountText(net.of(product), product)) : ids.map(named)
    if (chosen.length === 0) {
      print.note('Nothing taken.')
      return 'done'
    }
    // what was ticked is shown once more, with its net and what speaks against it
    const add = [
      'shelf',
      'add',
      ...chosen,
      '--shelf',
      shelf.name,
      ...(ids.length > 0 ? ['--yes'] : []),
      ...(reason === undefined ? [] : ['--reason', reason]),
    ]
    return shoptool([...add, '-C', found.folder, ...(global.json ? ['--json'] : []), ...(global.quiet ? ['-q'] : [])])
  },
})

/** Names of the goods that were ticked. */
async function ask(
  ctx: Context,
  products: readonly StoredProduct[],
  net: (product: StoredProduct) => string | null,
): Promise<string[]> {
  const { default: inquirer } = await import('inquirer')
  const prompt = inquirer.createPromptModule({ input: ctx.stdin, output: ctx.stderr })
  const rows = products.map((product) => ({
    product,
    price: amountText(product.finalPrice, product) ?? '',
    net: net(product) ?? '',
  }))
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const [wide, netWide] = [width(rows.map(({ price }) => price)), width(rows.map((row) => row.net))]
  const { chosen } = await prompt([
    {
      type: 'checkbox',
      name: 'chosen',
      message: 'Price, net and title. Which to put on the shelf?',
      choices: rows.map(({ product: { partner, sku, title }, price, net }) => ({
        name: `${price.padStart(wide)}  ${net.padStart(netWide)}  ${title}`,
        short: `${partner}:${sku}`,
        value: `${partner}:${sku}`,
      })),
      pageSize: 15,
    },
  ])
  return chosen as string[]
}
