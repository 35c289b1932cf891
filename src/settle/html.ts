import { escaped, pageHead } from '../html.ts'
import type { Minor } from '../money.ts'
import { type Adjustment, adjustmentText } from './adjust.ts'
import { inBoth, type Name, show, signOf, waterfallChart } from './chart.ts'
import { CLASSES, type SettlementClass } from './entry.ts'
import type { TieOutShown } from './receipts.ts'
import { changeOf, type Finding, minor, type PartnerSettlement, type Settlement } from './report.ts'
import { STYLE } from './style.ts'
import type { Term } from './terms.ts'

/** Names of the classes for people: Chinese, English. */
export const CLASS_NAMES: Record<SettlementClass, Name> = {
  matched: ['相符', 'matched'],
  tolerated: ['容差内', 'within tolerance'],
  missing: ['漏付', 'missing'],
  'short-paid': ['少付', 'short-paid'],
  'over-paid': ['多付', 'over-paid'],
  late: ['补付前月', 'late, for an earlier month'],
  early: ['提前付', 'early, for a later month'],
  clawback: ['退款扣回', 'clawback'],
  'refunded-but-paid': ['退款仍付', 'refunded, but paid'],
  duplicate: ['重复付', 'duplicate'],
  'unknown-order': ['无此订单', 'unknown order'],
  'non-order': ['非订单项', 'not for an order'],
  'not-due': ['未到期', 'not due'],
}
export const CAUSE_NAMES: Record<Finding['cause'], Name> = {
  rate: ['佣金率', 'rate'],
  base: ['计佣基数', 'base'],
  fee: ['服务费', 'fee'],
  refund: ['退款', 'refund'],
  rounding: ['舍入', 'rounding'],
  unexplained: ['原因不明', 'unexplained'],
}
const BASIS_NAMES = { received: '收货', verified: '核验', settled: '结算' } as const

/** Findings of one class that the page shows; a browser should open it whatever happened. findings.csv has all. */
const SHOWN = 200

/** The month as one HTML page: no scripts, nothing from the network, every text escaped. The same settlement gives the same bytes. */
export function renderReport(settlement: Settlement): string {
  const { month, partners, findings, adjustments } = settlement
  return `${pageHead({ title: `${month} 结算对账 · Settlement`, style: STYLE })}
<body>
<header>
<p class="eyebrow">结算对账 <span lang="en">Settlement</span> · ${escaped(month)}${settlement.closed ? ' · 已结账 <span lang="en">closed</span>' : ''}</p>
${headline(settlement)}
</header>
<main>
${partners.map(partnerSection).join('\n')}
${findingsSection(findings)}${adjustmentsSection(adjustments.slice(0, SHOWN), adjustments.length)}
</main>
<footer>
<p>每笔订单、每条付款各归一类；各类实付之和＝结算单各行之和，差额＝实付－应付，分毫不差。</p>
<p lang="en">Every order and every payout line is in exactly one class. In every currency the classes sum up to the statement lines, and difference = paid − expected, to the last minor unit. All orders and lines: lines.csv.</p>
</footer>
</body>
</html>
`
}

function headline({ month, partners, findings }: Settlement): string {
  if (partners.length === 0) {
    return `<h1>${escaped(month)} 没有可对账的记录</h1>\n<p class="sub" lang="en">No orders and no payouts are on file for this month.</p>`
  }
  const sums = [...new Set(partners.map(({ currency }) => currency))].sort().map((currency) => {
    const of = partners.filter((partner) => partner.currency === currency)
    const sum = (pick: (partner: PartnerSettlement) => Minor) => of.reduce((total, partner) => total + pick(partner), 0)
    return {
      currency,
      expected: sum((partner) => minor(partner.expected, currency)),
      paid: sum((partner) => minor(partner.paid, currency)),
      short: sum((partner) => partsOf(partner).short),
      extra: sum((partner) => partsOf(partner).extra),
    }
  })
  // the net difference alone would hide what is missing behind what came too much
  const chinese = sums.map(({ currency, expected, paid, short, extra }) => {
    const less = short === 0 ? '' : `，少收 <em class="less">${show(-short, currency)}</em>`
    const more = extra === 0 ? '' : `，多收 <em class="more">${show(extra, currency)}</em>`
    return `应付 ${show(expected, currency)}，实付 ${show(paid, currency)} ${currency}${less + more || '，分毫不差'}`
  })
  const english = sums.map(({ currency, expected, paid, short, extra }) => {
    const off = [
      short !== 0 && `${show(-short, currency)} too little`,
      extra !== 0 && `${show(extra, currency)} too much`,
    ].filter(Boolean)
    return `${show(expected, currency)} ${currency} expected, ${show(paid, currency)} paid: ${off.join(', ') || 'exact'}`
  })
  const count = findings.length
  return `<h1>${chinese.join('；<br>')}。</h1>
<p class="sub"><strong>${count === 0 ? '没有待查事项' : `${count} 项待查`}</strong> · <span lang="en">${english.join('; ')}. ${
    count === 0 ? 'Nothing to look into' : `${count} finding${count === 1 ? '' : 's'} to look into`
  }.</span></p>`
}

function partnerSection(partner: PartnerSettlement): string {
  const { currency, covers } = partner
  const figure = (label: string, english: string, amount: string, sign = '') =>
    `<div><dt>${label} <span lang="en">${english}</span></dt><dd class="${sign}">${show(minor(amount, currency), currency, sign !== '')}</dd></div>`
  const { short, extra } = partsOf(partner)
  const part = (label: string, english: string, amount: Minor) =>
    amount === 0
      ? ''
      : `<div class="part"><dt>${label} <span lang="en">${english}</span></dt><dd class="${signOf(amount)}">${show(amount, currency, true)}</dd></div>`
  const adjusted =
    partner.adjustments.count === 0
      ? ''
      : part('另：前月调整', 'besides, adjustments', minor(partner.adjustments.difference, currency))
  const closed =
    partner.closedAt === null
      ? ''
      : ` · 已于 ${escaped(partner.closedAt.slice(0, 10))} 结账 <span lang="en">closed on ${escaped(partner.closedAt)}</span>`
  const heading = `${escaped(partner.name)}${partner.name === partner.partner ? '' : ` <small>${escaped(partner.partner)}</small>`} <small>${currency}</small>`
  return `<section class="partner">
<h2>${heading}</h2>
<p class="note">${BASIS_NAMES[covers.by]}日期 ${covers.from} 至 ${covers.to}，应于 ${partner.due} 付款 · <span lang="en">${covers.by} ${covers.from} to ${covers.to}, due ${partner.due}</span>${closed}</p>
${partner.unsure.map(unsureNote).join('')}<dl class="figures">${figure('应付', 'expected', partner.expected)}${figure('实付', 'paid', partner.paid)}${figure('差额', 'difference', partner.difference, signOf(minor(partner.difference, currency)))}${part('其中少收', 'too little', short)}${part('多收', 'too much', extra)}${adjusted}</dl>
${short === 0 && extra === 0 ? classTable(partner) : `<div class="columns">\n${waterfall(partner)}\n${classTable(partner)}\n</div>`}
${statementTable(partner)}
</section>`
}

const PART_NAMES = { calendar: '账期', fees: '费用', tolerance: '容差' } as const

/** A term that is not sure, so that a difference is not taken for the partner's fault alone. */
function unsureNote({ part, text, confidence, source }: Term): string {
  const because = source === null ? '' : ` (${escaped(source)})`
  return `<p class="note">${PART_NAMES[part]}${confidence === 'unverified' ? '未经核实' : '可能有变'}${because} · <span lang="en">${part} ${confidence}: ${escaped(text)}</span></p>\n`
}

/** What the difference is made of: Σ of the classes below zero, and of those above. Minor units. */
function partsOf({ classes, currency }: PartnerSettlement): { short: Minor; extra: Minor } {
  const differences = CLASSES.map((name) => minor(classes[name].difference, currency))
  return {
    short: differences.reduce((sum, by) => sum + Math.min(by, 0), 0),
    extra: differences.reduce((sum, by) => sum + Math.max(by, 0), 0),
  }
}

/** Expected, what each class adds or takes, paid. */
function waterfall({ currency, expected, paid, classes }: PartnerSettlement): string {
  const level = (name: Name, amount: string) => ({ name, isLevel: true, amount: minor(amount, currency) })
  const steps = CLASSES.map((name) => ({
    name: CLASS_NAMES[name],
    isLevel: false,
    amount: minor(classes[name].difference, currency),
  })).filter(({ amount }) => amount !== 0)
  return waterfallChart(
    ['从应付到实付', 'From expected to paid'],
    [level(['应付', 'expected'], expected), ...steps, level(['实付', 'paid'], paid)],
    currency,
  )
}

function classTable({ classes, currency, ...total }: PartnerSettlement): string {
  const money = (amount: string, signed = false) => show(minor(amount, currency), currency, signed)
  const rows = CLASSES.filter((name) => classes[name].count > 0 || classes[name].expected !== classes[name].paid).map((name) => {
    const { count, expected, paid, difference } = classes[name]
    return `<tr><th scope="row">${inBoth(CLASS_NAMES[name])}</th><td>${count}</td><td>${money(expected)}</td><td>${money(paid)}</td><td class="${signOf(minor(difference, currency))}">${money(difference, true)}</td></tr>`
  })
  return `<div class="scroll"><table class="sums">
<caption>分类合计 <span lang="en">Classes</span></caption>
<thead><tr><th scope="col">类别 <span lang="en">class</span></th><th scope="col">笔数 <span lang="en">count</span></th><th scope="col">应付 <span lang="en">expected</span></th><th scope="col">实付 <span lang="en">paid</span></th><th scope="col">差额 <span lang="en">difference</span></th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
<tfoot><tr><th scope="row">合计 <span lang="en">total</span></th><td></td><td>${money(total.expected)}</td><td>${money(total.paid)}</td><td class="${signOf(minor(total.difference, currency))}">${money(total.difference, true)}</td></tr></tfoot>
</table></div>`
}

function statementTable({ statements, currency, received }: PartnerSettlement): string {
  if (statements.length === 0) return `<p class="note">本月没有结算单 · <span lang="en">no statement in this month</span></p>`
  const rows = statements.map(({ statementId, paidAt, lines, total, statedTotal, source }) => {
    const stated =
      statedTotal === null
        ? '<span class="faint">未载明 <span lang="en">not stated</span></span>'
        : `${show(minor(statedTotal, currency), currency)} ✓`
    return `<tr><th scope="row" class="id">${escaped(statementId)}</th><td>${paidAt}</td><td>${lines}</td><td>${show(minor(total, currency), currency)}</td><td>${stated}</td>${received ? `<td>${minor(total, currency) === 0 ? '—' : arrival(statementId, received, currency)}</td>` : ''}<td class="source" title="sha256 ${source.sha256}">${escaped(source.file)}</td></tr>`
  })
  return `<div class="scroll"><table class="statements">
<caption>结算单 <span lang="en">Statements</span></caption>
<thead><tr><th scope="col">单号 <span lang="en">number</span></th><th scope="col">打款日 <span lang="en">paid on</span></th><th scope="col">行数 <span lang="en">lines</span></th><th scope="col">各行之和 <span lang="en">sum of lines</span></th><th scope="col">单上合计 <span lang="en">stated total</span></th>${received ? '<th scope="col">到账 <span lang="en">received</span></th>' : ''}<th scope="col">文件 <span lang="en">file</span></th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`
}

/** When the bank received a statement, and what is off; receipts without a statement are for `settle receipts`. */
function arrival(statementId: string, received: TieOutShown, currency: string): string {
  const isOf = (statement: { statementId: string }) => statement.statementId === statementId
  const ties = received.ties.filter(({ statements }) => statements.some(isOf))
  const missing = received.missingStatements.filter(isOf)
  if (ties.length === 0 && missing.length > 0) return '<b class="less">未到账 <span lang="en">no</span></b>'
  const sum = (amounts: readonly string[]) => amounts.reduce((all, amount) => all + minor(amount, currency), 0)
  const off = sum(ties.map(({ difference }) => difference)) - sum(missing.map(({ total }) => total))
  const days = [...new Set(ties.flatMap(({ receipts }) => receipts.map(({ receivedOn }) => receivedOn)))].sort()
  const isUncovered = received.uncoveredStatements.some(isOf)
  return [
    days.length > 2 ? `${days[0]} – ${days.at(-1)}` : days.join(' '),
    off !== 0 ? `<b class="${signOf(off)}">${show(off, currency, true)}</b>` : isUncovered ? '' : '✓',
    isUncovered ? '<span class="faint">无流水 <span lang="en">not covered</span></span>' : '',
  ]
    .filter((text) => text !== '')
    .join(' ')
}

/** A section about orders, in `bodies` of a table. */
export function itemSection(name: Name, count: number, bodies: readonly string[]): string {
  return `<section>
<table class="findings">
<caption><h2>${inBoth(name)} <small>${count}</small></h2></caption>
<thead><tr><th scope="col">订单 <span lang="en">order</span></th><th scope="col">应付 <span lang="en">expected</span></th><th scope="col">实付 <span lang="en">paid</span></th><th scope="col">差额 <span lang="en">difference</span></th><th scope="col">说明 <span lang="en">explanation</span></th></tr></thead>
${bodies.join('\n')}
</table>
</section>`
}

function findingsSection(findings: readonly Finding[]): string {
  if (findings.length === 0) return ''
  const groups = CLASSES.filter((name) => findings.some((finding) => finding.class === name)).map((name) => {
    const all = findings.filter((finding) => finding.class === name)
    // the largest first: that is where to begin
    const size = (finding: Finding) => Math.abs(minor(finding.difference, finding.currency))
    const shown = all.toSorted((a, b) => size(b) - size(a)).slice(0, SHOWN)
    const left = all.length - shown.length
    return `<tbody>
<tr class="group"><th colspan="5" scope="rowgroup">${inBoth(CLASS_NAMES[name])} · ${all.length}</th></tr>
${shown.map(findingRow).join('\n')}${moreRow(left)}
</tbody>`
  })
  return itemSection(['待查事项', 'Findings'], findings.length, groups)
}

/** What later facts change of closed months: `count` of them, of which these are shown. */
export function adjustmentsSection(shown: readonly Adjustment[], count: number): string {
  if (count === 0) return ''
  const body = `<tbody>\n${shown.map(adjustmentRow).join('\n')}${moreRow(count - shown.length)}\n</tbody>`
  return `\n${itemSection(['已结账月份的调整', 'Adjustments to closed months'], count, [body])}`
}

function moreRow(left: number): string {
  if (left <= 0) return ''
  return `<tr><td colspan="5" class="why note">另有 ${left} 项，见 findings.csv · <span lang="en">${left} more in findings.csv</span></td></tr>`
}

function adjustmentRow(adjustment: Adjustment): string {
  return itemRow({ ...adjustment, ...changeOf(adjustment) }, escaped(adjustmentText(adjustment)))
}

function findingRow(finding: Finding): string {
  const cause = finding.cause === 'unexplained' ? '' : `<span class="cause">${inBoth(CAUSE_NAMES[finding.cause])}</span> `
  return itemRow(finding, cause + escaped(finding.explain))
}

type Item = Pick<
  Finding,
  'partner' | 'orderId' | 'lineId' | 'title' | 'currency' | 'expected' | 'paid' | 'difference' | 'sources'
>

/** A row about an order; `why` is HTML. */
export function itemRow(item: Item, why: string): string {
  const { currency } = item
  const cell = (chinese: string, english: string, amount: string, signed = false) => {
    const value = minor(amount, currency)
    return `<td data-label="${chinese} ${english}" class="amount ${signed ? signOf(value) : ''}">${show(value, currency, signed)}</td>`
  }
  const order = item.orderId === null ? '—' : escaped(item.orderId) + (item.lineId ? ` / ${escaped(item.lineId)}` : '')
  const title = item.title === null ? '' : `<div class="title">${escaped(item.title)}</div>`
  const sources = item.sources
    .map(({ file, line, sha256 }) => `<span title="sha256 ${sha256}">${escaped(file)}:${line}</span>`)
    .join(' ')
  return `<tr><th scope="row"><span class="id">${order}</span>${title}<div class="faint">${escaped(item.partner)} · ${currency}</div></th>${cell('应付', 'expected', item.expected)}${cell('实付', 'paid', item.paid)}${cell('差额', 'difference', item.difference, true)}<td class="why"><div lang="en">${why}</div><div class="source">${sources}</div></td></tr>`
}
