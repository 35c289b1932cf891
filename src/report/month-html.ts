import type { Day, Month } from '../day.ts'
import { escaped, pageHead } from '../html.ts'
import { type Currency, type Minor, minorDigits } from '../money.ts'
import { bar, inBoth, type Name, show, signOf, waterfallChart } from '../settle/chart.ts'
import { adjustmentsSection, CLASS_NAMES, itemRow, itemSection } from '../settle/html.ts'
import { type Finding, minor } from '../settle/report.ts'
import { STYLE } from '../settle/style.ts'
import { columnChart } from './columns.ts'
import type { Figures } from './figures.ts'
import { type DaySums, GROUPS, type Group, type GroupName, type MonthSheet } from './month.ts'
import { type StepName, waterfallOf } from './waterfall.ts'

export const STEP_NAMES: Record<StepName, Name> = {
  estimated: ['预估佣金', 'estimated'],
  fees: ['平台扣费', 'fees'],
  refunded: ['退款失效', 'refunded'],
  open: ['未到期', 'not due yet'],
  due: ['应付', 'due'],
  missing: ['漏付', 'missing'],
  short: ['少付', 'short'],
  over: ['多付', 'over'],
  shifted: ['跨月', 'other months'],
  other: ['无订单', 'no order'],
  received: ['实收', 'received'],
}
const GROUP_NAMES: Record<GroupName, Name> = {
  partner: ['按伙伴', 'by partner'],
  channel: ['按渠道', 'by channel'],
  shop: ['按店铺', 'by shop'],
  category: ['按类目', 'by category'],
  product: ['按商品', 'by product'],
}

/** The month as one HTML page: no scripts, nothing from the network, every text escaped. The same sheets give the same bytes. */
export function renderMonth(shop: string, month: Month, sheets: readonly MonthSheet[]): string {
  return `${pageHead({ title: `${shop} ${month} 月报 · Month report`, style: STYLE + MORE })}
<body>
<header>
<p class="eyebrow">${escaped(shop)} · ${inBoth(['月报', 'Month report'])} · ${month}</p>
${headline(month, sheets)}
</header>
<main>
${sheets.map(sheetSections).join('\n')}
</main>
<footer>
<p>除“每日下单”按下单日外，各数均按打款月：订单应于当月付款的日子、实际打款的日子，与 shoptool settle 分毫不差；已结账的月份按结账时的数，此后的变动另列为调整。币种之间从不相加。</p>
<p lang="en">All figures but what was ordered each day count by settlement month: the day on which money was due or paid, as shoptool settle does to the last minor unit; a closed month as it was closed, and what changed since stands beside as adjustments. Currencies are never added.</p>
</footer>
</body>
</html>
`
}

function headline(month: Month, sheets: readonly MonthSheet[]): string {
  if (sheets.length === 0) {
    return `<h1>${month} 没有订单和打款</h1>\n<p class="sub" lang="en">No orders and no payouts are on file for this month.</p>`
  }
  const chinese = sheets.map(({ currency, total: { received, due, lost, open } }) => {
    const parts = [
      `实收 ${show(received, currency)} ${currency}`,
      `应付 ${show(due, currency)}`,
      lost === 0 ? '分文未少' : `少收 <em class="less">${show(lost, currency)}</em>`,
      ...(open === 0 ? [] : [`未到期 ${show(open, currency)}`]),
    ]
    return `<span>${parts.join('，</span><span>')}</span>`
  })
  const english = sheets.map(({ currency, total: { received, due, lost, open } }) => {
    const loss = lost === 0 ? 'nothing lost' : `${show(lost, currency)} lost`
    const coming = open === 0 ? '' : `, ${show(open, currency)} not due yet`
    return `${show(received, currency)} ${currency} received, ${show(due, currency)} due, ${loss}${coming}`
  })
  return `<h1>${chinese.join('；<br>')}。</h1>\n<p class="sub" lang="en">${english.join('; ')}.</p>`
}

function sheetSections(sheet: MonthSheet): string {
  const { currency, total, groups, days, losses, adjusted, adjustments } = sheet
  const [partner, ...others] = GROUPS.map((name) => groupTable(name, groups[name], currency))
  return `<section>
<h2>${currency}</h2>
<p class="note">按打款月 · <span lang="en">by settlement month</span></p>
${keyFigures(total, minor(adjusted.difference, currency), currency)}
<div class="columns">
${waterfallChart(['从预估到实收', 'From estimated to received'], stepsOf(total), currency)}
${partner}
</div>
</section>
<section class="columns">
${byMonth(currency)}
${others.join('\n')}
</section>
<section class="columns">
${orderedFigure(days, currency)}
${receivedFigure(days, currency)}
</section>
${lossSection(losses)}${adjustmentsSection(adjustments, adjusted.count)}`
}

const byMonth = (currency: Currency) =>
  `<p class="note">按打款月，${currency} · <span lang="en">by settlement month, ${currency}</span></p>`

/** Received is due with the parts behind them; what is adjusted of closed months is besides. */
function keyFigures({ received, due, open, lost, over, shifted, other }: Figures, adjusted: Minor, currency: Currency): string {
  const figure = (name: Name, amount: Minor) => `<div><dt>${inBoth(name)}</dt><dd>${show(amount, currency)}</dd></div>`
  const part = (name: Name, amount: Minor) =>
    amount === 0
      ? ''
      : `<div class="part"><dt>${inBoth(name)}</dt><dd class="${signOf(amount)}">${show(amount, currency, true)}</dd></div>`
  return `<dl class="figures">${[
    figure(STEP_NAMES.received, received),
    figure(STEP_NAMES.due, due),
    ...(open === 0 ? [] : [figure(STEP_NAMES.open, open)]),
    part(['少收', 'lost'], -lost),
    part(['多收', 'over'], over),
    part(STEP_NAMES.shifted, shifted),
    part(STEP_NAMES.other, other),
    part(['另：前月调整', 'besides, adjustments'], adjusted),
  ].join('')}</dl>`
}

function stepsOf(total: Figures) {
  return waterfallOf(total)
    .filter(({ isLevel, amount }) => isLevel || amount !== 0)
    .map(({ step, isLevel, amount }) => ({ name: STEP_NAMES[step], isLevel, amount }))
}

/** What was due, received and lost of each group, with a bar of what was received on what was due. */
function groupTable(name: GroupName, rows: readonly Group[], currency: Currency): string {
  const single = rows.filter(({ others }) => others === 0)
  const ends = single.flatMap(({ figures }) => [figures.due, figures.received])
  const start = Math.min(0, ...ends)
  const scale = { start, span: Math.max(0, ...ends) - start || 1 }
  const money = (amount: Minor) => show(amount, currency)
  const lines = rows.map(({ name, others, figures: { due, received, lost } }) => {
    const label =
      others > 0 ? inBoth([`其余 ${others} 个`, 'others']) : name === null ? inBoth(['未知', 'unknown']) : escaped(name)
    const loss = `<td data-label="少收 lost" class="${lost === 0 ? 'faint' : 'less'}">${show(0 - lost, currency)}</td>`
    // what is put together would dwarf those beside it
    const drawn =
      others > 0
        ? ''
        : bar(
            [
              { from: 0, to: due, tone: 'ground' },
              { from: 0, to: received, tone: received < 0 ? 'less' : 'got' },
            ].filter(({ to }) => to !== 0),
            scale,
          )
    return `<tr><th scope="row"><div>${label}</div></th><td data-label="应付 due">${money(due)}</td><td data-label="实收 received">${money(received)}</td>${loss}</tr>
<tr class="bar" aria-hidden="true"><td colspan="4">${drawn}</td></tr>`
  })
  const isLong = rows.some(({ figures: { due, received } }) => money(due).length > 9 || money(received).length > 9)
  const none = `<tr><td colspan="4" class="none">${inBoth(['本月没有', 'none in this month'])}</td></tr>`
  return `<table class="groups${isLong ? ' long' : ''}">
<caption>${inBoth(GROUP_NAMES[name])}</caption>
<thead><tr><td></td><th scope="col" class="ground">${inBoth(STEP_NAMES.due)}</th><th scope="col" class="got">${inBoth(STEP_NAMES.received)}</th><th scope="col">${inBoth(['少收', 'lost'])}</th></tr></thead>
<tbody>
${lines.join('\n') || none}
</tbody>
</table>`
}

function orderedFigure(days: readonly DaySums[], currency: Currency): string {
  const money = (amount: Minor) => show(amount, currency)
  const orders = days.reduce((sum, day) => sum + day.orders, 0)
  const estimated = days.reduce((sum, day) => sum + day.estimated, 0)
  return dayFigure({
    name: ['每日下单', 'Ordered each day'],
    note: [
      `预估佣金，按下单日：${orders} 笔，${money(estimated)} ${currency}`,
      `estimated commission by the day of the order: ${orders} order lines, ${money(estimated)} ${currency}`,
    ],
    legend: [
      ['got', ['预估', 'estimated']],
      ['less', ['其中已退款', 'of it refunded']],
    ],
    columns: days.map(({ day, orders, estimated, refunded }) => ({
      day,
      told: `${orders} 笔 orders, 预估 estimated ${money(estimated)}, 退款 refunded ${money(refunded)}`,
      stretches: [
        { from: 0, to: estimated, tone: 'got' },
        { from: 0, to: refunded, tone: 'less' },
      ],
    })),
    currency,
  })
}

function receivedFigure(days: readonly DaySums[], currency: Currency): string {
  const money = (amount: Minor) => show(amount, currency)
  return dayFigure({
    name: ['每日实收', 'Received each day'],
    note: [`按应付日与打款日，${currency}`, `by the day on which money was due and paid, ${currency}`],
    legend: [
      ['ground', STEP_NAMES.due],
      ['got', STEP_NAMES.received],
    ],
    columns: days.map(({ day, due, received }) => ({
      day,
      told: `应付 due ${money(due)}, 实收 received ${money(received)}`,
      stretches: [
        { from: 0, to: due, tone: 'ground' },
        { from: 0, to: received, tone: received < 0 ? 'less' : 'got' },
      ],
    })),
    currency,
  })
}

type DayColumn = { day: Day; told: string; stretches: Parameters<typeof columnChart>[1][number]['stretches'] }

function dayFigure(figure: {
  name: Name
  note: Name
  legend: readonly (readonly [tone: string, name: Name])[]
  columns: readonly DayColumn[]
  currency: Currency
}): string {
  const { name, note, legend, columns, currency } = figure
  const told = columns.filter(({ stretches }) => stretches.some(({ to }) => to !== 0))
  const drawn =
    told.length === 0
      ? `<p class="none">${inBoth(['本月没有', 'none in this month'])}</p>`
      : `${columnChart(
          `${name.join(' ')}, ${currency}: ${told.map(({ day, told }) => `${day.slice(5)} ${told}`).join('; ')}`,
          columns.map(({ day, told, stretches }) => ({ title: `${day}: ${told}`, label: labelOf(day), stretches })),
          tickOf(currency),
        )}<ul class="legend">${legend.map(([tone, name]) => `<li class="${tone}">${inBoth(name)}</li>`).join('')}</ul>`
  return `<figure><figcaption>${inBoth(name)}</figcaption>
<p class="note">${note[0]} · <span lang="en">${note[1]}</span></p>
${drawn}</figure>`
}

/** The first and every fifth day are named. */
function labelOf(day: Day): string {
  const number = day.slice(8)
  return number === '01' || /[05]$/.test(number) ? number.replace(/^0/, '') : ''
}

/** Whole units are written without their zeros. */
function tickOf(currency: Currency): (amount: Minor) => string {
  const zeros = new RegExp(`\\.0{${minorDigits(currency)}}$`)
  return (amount) => show(amount, currency).replace(zeros, '')
}

function lossSection(losses: readonly Finding[]): string {
  if (losses.length === 0) return ''
  const rows = losses.map((finding) =>
    itemRow(finding, `<span class="cause">${inBoth(CLASS_NAMES[finding.class])}</span> ${escaped(finding.explain)}`),
  )
  return itemSection(['最大的少收，按打款月', 'Largest losses, by settlement month'], losses.length, [
    `<tbody>\n${rows.join('\n')}\n</tbody>`,
  ])
}

/** What the page has beyond the style of a settlement. */
const MORE = `
h1 span { display: inline-block; } .figures { column-gap: 34px; } .part + .part { margin-left: 0; }
@media (min-width: 621px) { .waterfall li { grid-template-columns: 10.5em 1fr 8em; } }
.groups { align-self: start; font-size: 13px; } .groups caption { font-size: 15px; } .groups thead th { font-size: 12px; } .groups th:first-child { width: 99%; max-width: 0; }
.groups th > div { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.groups td { white-space: nowrap; } .groups tbody tr:not(.bar) > * { padding-top: 9px; padding-bottom: 3px; border-top: 0; }
.groups thead td, .groups .none { border: 0; } .groups .bar td { padding: 0 0 4px; border: 0; } .groups svg { display: block; width: 100%; height: 8px; }
:root { --bed: #d3d9e2; } rect.ground { fill: var(--bed); } rect.got { fill: var(--accent); } rect.space { fill: transparent; }
.plot { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 8px; font-size: 12px; font-variant-numeric: tabular-nums; color: var(--soft); }
.plot svg { display: block; width: 100%; height: 150px; overflow: visible; }
.plot ol { display: flex; margin: 0; padding: 0; list-style: none; }
.plot .scale { margin-block: -6px; flex-direction: column; justify-content: space-between; text-align: right; line-height: 1; }
.under { grid-column: 2; } .under li { flex: 1 1 0; width: 0; display: flex; justify-content: center; padding-top: 5px; }
line { stroke: var(--rule); vector-effect: non-scaling-stroke; } line.zero { stroke: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 8px 0 0; list-style: none; font-size: 12px; }
.legend li::before, th.ground::before, th.got::before { content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 2px; background: var(--accent); }
.legend .ground::before, th.ground::before { background: var(--bed); } .legend .less::before { background: var(--less); } .legend .less { color: inherit; }
.none { color: var(--soft); text-align: left; }
figcaption + .note { margin-bottom: 18px; }
.columns > .note { grid-column: 1 / -1; margin-bottom: -12px; }
@media (max-width: 620px) {
  .groups thead [lang=en] { display: none; } .groups th, .groups td { padding-left: 10px; } .groups th:first-child { padding-left: 0; }
  .groups th > div { white-space: normal; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow-wrap: anywhere; line-height: 1.4; }
  .long caption { display: block; } .long thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .long, .long tbody { display: block; }
  .long tr:not(.bar) { display: grid; grid-template-columns: repeat(3, auto); } .long tr.bar, .long .bar td { display: block; } .long th:first-child { grid-column: 1 / -1; width: auto; max-width: none; }
  .long tbody tr:not(.bar) td { padding: 0; text-align: left; } .long tbody tr:not(.bar) td:last-child { text-align: right; }
  .long td[data-label]::before { content: attr(data-label); display: block; font-size: 11px; color: var(--soft); }
}
@media (prefers-color-scheme: dark) { :root { --bed: #454c56; } }
@media print { :root { --bed: #ccc; } section.columns, .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); } th::before, .legend li::before { print-color-adjust: exact; } .groups { break-inside: avoid; } .findings thead [lang=en] { display: block; } }
`
