import { instantOf } from '../day.ts'
import { channelsOf, chooseChannels, passages, readCalendar } from '../share/channel.ts'
import { loadChannels } from '../share/copy/write.ts'
import { HABITS } from '../share/plan.ts'
import { FORMS } from '../workspace.ts'
import { check } from './channel-check.ts'
import { painted, stateOf } from './channel-print.ts'
import { defineCommand } from './command.ts'

const list = defineCommand({
  about:
    'Lists the channels of shoptool.yaml, or those that there are texts for where it has none: forms, posts a day, texts, and what they let pass today of the goods of each source.',
  examples: ['shoptool channel list', 'shoptool channel list --json'],
  async run({ ctx, workspace, print, global }) {
    const found = await workspace()
    const calendar = readCalendar(ctx.home, found.folder)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const channels = channelsOf(found, loadChannels(ctx.home, found.folder))
    const partners = Object.values(found.sources).flatMap(({ partner, feed }) => (feed === 'products' ? [partner] : []))
    const rows = chooseChannels(found, channels, [], '--channel').map((channel) => {
      const isKnown = (source: string) =>
        Object.values(passages(calendar, channel, [source], today)).some(({ listed, rule }) => listed && rule !== null)
      const sources = [...new Set([...partners, ...[...calendar.sources.keys()].filter(isKnown)])]
      return { channel, sources: sources.map((source) => ({ source, forms: passages(calendar, channel, [source], today) })) }
    })
    if (global.json) {
      print.json('channel-list', {
        date: today,
        channels: rows.map(({ channel: { name, surface, forms, daily, texts }, sources }) => ({
          ...{ name, surface, forms, daily, texts: texts?.name ?? null },
          sources: sources.map(({ source, forms: found }) => ({
            source,
            forms: Object.fromEntries(FORMS.map((form) => [form, { state: found[form].state, passes: found[form].passes }])),
          })),
        })),
      })
      return 'done'
    }
    const paint = painted(print)
    print.table(
      [
        { title: 'CHANNEL' },
        { title: 'SURFACE' },
        { title: 'DAILY', align: 'right' },
        { title: 'TEXTS' },
        { title: 'SOURCE' },
        ...FORMS.map((form) => ({ title: form.toUpperCase(), paint })),
      ],
      rows.flatMap(({ channel: { name, surface, daily, texts, forms }, sources }) => {
        const head = [name, surface, String(daily ?? HABITS.daily), texts?.name ?? '']
        if (sources.length === 0) return [[...head, '', ...FORMS.map((form) => (forms.includes(form) ? 'unknown' : '-'))]]
        return sources.map(({ source, forms }) => [...head, source, ...FORMS.map((form) => stateOf(forms[form]))])
      }),
    )
    print.note('allow, warn, deny: by the channel calendar; unknown: no rule is about it; -: the channel does not take it.')
    return 'done'
  },
})

export const command = defineCommand({
  about: 'Tells what each channel lets pass of which goods, in which form, on which day.',
  examples: [
    'shoptool channel list',
    'shoptool channel check --shelf main',
    'shoptool channel check --source taobao --date 2022-06-01',
  ],
  commands: { list, check },
})
