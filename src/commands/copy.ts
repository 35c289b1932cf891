import { lookUpProduct } from '../catalog/find.ts'
import { instantOf } from '../day.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { channelsOf, chooseChannels, readCalendar } from '../share/channel.ts'
import { loadChannels, writeCopy } from '../share/copy/write.ts'
import { shareItem } from '../share/item.ts'
import { openForReading } from '../store/open.ts'
import { defineCommand } from './command.ts'
import { lintCommand } from './copy-lint.ts'
import { list } from './option.ts'

export const command = defineCommand({
  about:
    'Writes the text of a product for each channel: a short main part, and the rest for the first comment, which WeChat does not fold.',
  args: [['<sku>', 'partner:sku, or the sku alone where one partner has it']],
  options: {
    channel: list('--channel <a,b>', 'only these channels; else those of shoptool.yaml, or all that there are texts for'),
  },
  examples: [
    'shoptool copy 614252180627',
    'shoptool copy 614252180627 --channel moments | pbcopy',
    'shoptool copy lint post.txt',
  ],
  async run({ ctx, args: [sku], options, workspace, print, global }) {
    const found = await workspace()
    const db = openForReading(found.database)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const product = lookUpProduct(db, sku)
    const { name } = findPartner(product.partner, found.partners, BUILT_IN, product.partner)
    const item = shareItem(db, product, name, today, options.channel.length === 1 ? options.channel[0] : undefined)
    const calendar = readCalendar(ctx.home, found.folder)
    const channels = channelsOf(found, await loadChannels(ctx.home, found.folder))
    const chosen = chooseChannels(found, channels, options.channel, '--channel')
    const silent = options.channel.length === 0 ? chosen.filter(({ texts }) => texts === null) : []
    for (const { name, surface } of silent) print.note(`${name}: there are no texts for ${surface}`)
    const texts = chosen.filter((channel) => !silent.includes(channel)).map((channel) => writeCopy(channel, calendar, item))
    if (global.json)
      print.json('copy', {
        partner: product.partner,
        sku: product.sku,
        copy: texts.map(({ copy }) => copy),
        warnings: texts.flatMap(({ warnings }) => warnings),
      })
    else {
      texts.forEach(({ copy, warnings }, i) => {
        if (texts.length > 1) print.line(`${i > 0 ? '\n' : ''}${print.paint.dim(`── ${copy.channel}`)}`)
        print.line(copy.main)
        if (copy.comment) print.line(`\n${copy.comment}`)
        for (const warning of warnings) print.warn(warning)
      })
    }
    return 'done'
  },
  commands: { lint: lintCommand },
})
