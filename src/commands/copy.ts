import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { ShoptoolError, usageError } from '../errors.ts'
import { channelsOf, chooseChannels, readCalendar } from '../share/channel.ts'
import { loadAdRules } from '../share/copy/adwords.ts'
import { vetCopy, vetItem } from '../share/copy/vet.ts'
import { type Copy, type CopyChannel, loadChannels, namedVariant, textsOf, writeCopy } from '../share/copy/write.ts'
import { sharer } from '../share/item.ts'
import { openForReading } from '../store/open.ts'
import { usedVariants } from '../store/posts.ts'
import { shelfItems } from '../store/shelf.ts'
import { copyToClipboard } from './clipboard.ts'
import { defineCommand, type Outcome } from './command.ts'
import { lintCommand } from './copy-lint.ts'
import { flag, list, oneOf, option } from './option.ts'
import { chosenShelf, namesOf } from './shelf.ts'

const PARTS = ['headline', 'main', 'comment'] as const

/** For whom goods are shared besides the channel, and how strictly. */
export const TERMS = {
  member: option('--member <name>', 'with the links made for this member'),
  untracked: flag('--untracked', 'share pages that carry no tracking id too, though they earn nothing'),
}

export const command = defineCommand({
  about:
    'Writes the texts of goods for each channel: a main part short enough not to be folded, and the rest for the first comment. Each channel has several variants; the same goods get the same one, and --variant another.',
  args: [['[sku...]', 'partner:sku, or the sku alone where one partner has it; - reads them from standard input']],
  options: {
    shelf: option('--shelf <name>', 'all goods of a shelf'),
    channel: list('--channel <a,b>', 'only these channels; else those of shoptool.yaml, or all that there are texts for'),
    variant: option('--variant <name>', 'this variant, by its name or number; all: every one'),
    part: option('--part <part>', 'only this part', oneOf(PARTS)),
    plain: flag('--plain', 'without emoji'),
    copy: flag('--copy', 'put the text on the clipboard too: one text, its main part or the --part'),
    ...TERMS,
  },
  examples: [
    'shoptool copy 614252180627',
    'shoptool copy 614252180627 --channel moments --variant all',
    'shoptool copy 614252180627 --channel moments --part comment --copy',
    'shoptool copy --shelf main --channel weibo --plain --json',
    'shoptool copy lint post.txt',
  ],
  async run({ ctx, args: [names], options, workspace, print, global }) {
    const found = await workspace()
    if (names.length === 0 && options.shelf === undefined)
      throw usageError('copy: which goods? Name one or more, or a shelf with --shelf')
    const db = openForReading(found.database)
    const now = instantOf(ctx.now(), found.shop.timezone)
    const onShelf =
      options.shelf === undefined
        ? []
        : shelfItems(db, chosenShelf(found, options.shelf)).map(({ partner, sku }) => `${partner}:${sku}`)
    const products = [...new Set([...(await namesOf(ctx, names)), ...onShelf])].map((name) => lookUpProduct(db, name))
    if (products.length === 0) print.note('No goods to write about.')
    const calendar = readCalendar(ctx.home, found.folder)
    const adRules = loadAdRules(ctx.home, found.folder)
    const chosen = chooseChannels(found, channelsOf(found, loadChannels(ctx.home, found.folder)), options.channel, '--channel')
    const silent = options.channel.length === 0 ? chosen.filter(({ texts }) => texts === null) : []
    for (const { name, surface } of silent) print.note(`${name}: there are no texts for ${surface}`)
    const channels = chosen.filter((channel) => !silent.includes(channel))
    if (options.copy && (products.length !== 1 || channels.length !== 1 || options.variant === 'all'))
      throw usageError('--copy: one text goes on the clipboard; name one product, and one channel with --channel')

    const written: { partner: string; sku: string; copy: Copy; warnings: string[] }[] = []
    const errors: ShoptoolError[] = []
    const notices = new Set<string>()
    const { member, untracked } = options
    // Each channel has links of its own.
    const items = new Map(
      channels.map(({ name }) => [
        name,
        sharer(db, found, ctx.home, now, { channel: name, ...(member !== undefined && { member }), untracked }),
      ]),
    )
    for (const product of products) {
      const { partner, sku } = product
      try {
        for (const channel of channels) {
          const given = items.get(channel.name)!(product)
          for (const notice of given.notices ?? []) notices.add(notice)
          const { item, warnings: vetted } = vetItem(given, adRules)
          for (const variant of variantsOf(textsOf(channel), options.variant)) {
            const used = usedVariants(db, { channel: channel.name, partner, sku })
            const { copy, warnings } = writeCopy(channel, calendar, item, { ...variant, used, plain: options.plain })
            const all = [...(item.warnings ?? []), ...vetted, ...warnings, ...vetCopy(copy, item, adRules)]
            written.push({ partner, sku, copy, warnings: all })
          }
        }
      } catch (error) {
        if (!(error instanceof ShoptoolError) || products.length === 1) throw error
        errors.push(error)
        print.warn(error.message)
      }
    }
    const { part } = options
    const shown = written.filter(({ copy }) => part === undefined || copy[part])
    if (part !== undefined && shown.length === 0 && written.length > 0)
      throw usageError(
        `--part ${part}: ${channels.map(({ name }) => name).join(', ')} ${channels.length > 1 ? 'have' : 'has'} none`,
      )
    const said = new Set(written.flatMap(({ warnings }) => warnings))
    if (global.json) {
      const [only] = products.length === 1 ? products : []
      print.json('copy', {
        ...{ partner: only?.partner ?? null, sku: only?.sku ?? null },
        copy: written.map(({ copy, ...goods }) => ({ ...copy, partner: goods.partner, sku: goods.sku })),
        warnings: [...said, ...notices],
        errors: errors.map(({ message }) => message),
      })
    } else {
      shown.forEach(({ partner, sku, copy }, i) => {
        const goods = products.length > 1 ? `${partner}:${sku} ` : ''
        const head = `── ${goods}${copy.channel} · ${copy.variant}`
        if (shown.length > 1) print.line(`${i > 0 ? '\n' : ''}${print.paint.dim(head)}`)
        const parts = part ? [copy[part]] : PARTS.map((part) => copy[part])
        print.line(parts.filter(Boolean).join('\n\n'))
      })
      for (const warning of [...said, ...notices]) print.warn(warning)
    }
    if (options.copy) {
      await copyToClipboard(ctx, shown[0]!.copy[part ?? 'main']!)
      print.note('On the clipboard.')
    }
    return ['done', ...errors.map(({ fault }): Outcome => fault)]
  },
  commands: { lint: lintCommand },
})

/** What `--variant` asks for: a name, the number of one, all of them, or none in particular. */
function variantsOf(texts: CopyChannel, wanted: string | undefined): { variant?: string }[] {
  if (wanted === undefined) return [{}]
  return wanted === 'all'
    ? [...texts.variants.keys()].map((variant) => ({ variant }))
    : [{ variant: namedVariant(texts, wanted) }]
}
