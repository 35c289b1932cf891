import { escaped, pageHead } from '../html.ts'
import { formatRate, type Minor } from '../money.ts'
import { show } from '../settle/chart.ts'
import { STYLE } from '../settle/style.ts'
import { levelName, type OwnLine, type Statement, type TeamLine } from './statement.ts'

type PartnerName = (partner: string) => string

/** A member's month as one page: no scripts, nothing from the network, every text escaped. The same statement gives the same bytes. */
export function renderStatement(statement: Statement, partnerName: PartnerName): string {
  const { shop, member, month, tier, sums, own, team, held, notes } = statement
  const [year, number] = month.split('-')
  return `${pageHead({ title: `${member} ${month} 佣金对账单 · Commission statement`, style: STYLE + MORE })}
<body>
<header>
<p class="eyebrow">${escaped(shop)}</p>
<h1>${escaped(member)}${tier === null ? '' : ` <span class="tier">${escaped(tier)}</span>`}</h1>
<p class="sub">${year} 年 ${number!.replace(/^0/, '')} 月佣金对账单 <span lang="en">Commission statement, ${month}</span></p>
</header>
<main>
${sums.length === 0 ? `<section><p>本月没有收入 <span lang="en">Nothing came in this month.</span></p></section>` : sums.map(sumSection).join('\n')}
${own.length === 0 ? '' : ownSection(own, partnerName)}
${team.length === 0 ? '' : teamSection(team, partnerName)}
</main>
<footer>
${held === 0 ? '' : `<p>另有 ${held} 笔订单的款项为重复付款或退款订单，平台将扣回，暂不分配。<span lang="en">${held} more order${held === 1 ? ' has' : 's have'} money that the partner will take back; it is not shared.</span></p>`}
${notes.map(([zh, en]) => `<p>${escaped(zh)}<span lang="en">${escaped(en)}</span></p>`).join('\n')}
<p>只分配平台实际付到的款项；平台扣回的，按当初的比例扣回。<span lang="en">Only what partners have paid is shared; what they take back is taken back by the rates of then.</span></p>
</footer>
</body>
</html>
`
}

function sumSection({ currency, shared, carried, paid, payable, owed, paidOn }: Statement['sums'][number]): string {
  const ofMonth = carried + shared - paid
  // what is short of the month may have been made up by others since
  const left = ofMonth < 0 && payable === 0 ? Math.max(ofMonth, -owed) : ofMonth
  const others = (payable > 0 ? payable : left) - ofMonth
  const [zh, en, amount, tone] =
    payable > 0
      ? ['待发放', 'to be paid out', payable, 'due']
      : left < 0
        ? ['欠款结转下月', 'owed, carried on', left, 'less']
        : left > 0
          ? ['已抵其他月份欠款', 'set off against debts', left, '']
          : ['已结清', 'settled', left, 'done']
  const step = (zh: string, en: string, amount: Minor, more = '', tone = '') =>
    `<div${classed(tone)}><dt>${zh} <span lang="en">${en}</span>${more}</dt><dd>${show(amount, currency)}</dd></div>`
  const days = paidOn.length === 0 ? '' : ` <small>${paidOn.join('、')}</small>`
  return `<section class="sum">
<p class="eyebrow">本月佣金 <span lang="en">commission of the month</span></p>
<p class="hero${shared < 0 ? ' less' : ''}">${show(shared, currency)} <small>${currency}</small></p>
<dl>${[
    step('上期结转', 'carried', carried),
    step('本月', 'this month', shared),
    step('已发放', 'paid out', -paid, days),
    ...(others === 0 ? [] : [step('其他月份', 'other months', others)]),
    step(zh, en, amount, '', tone),
  ].join('')}</dl>
</section>`
}

function ownSection(lines: readonly OwnLine[], partnerName: PartnerName): string {
  const rows = lines.map(({ partner, order, orderedOn, title, received, rate, amount, currency }) => {
    const back = amount < 0 ? ` <span class="cause">扣回 <span lang="en">taken back</span></span>` : ''
    const about = `<span class="title">${escaped(title ?? '—')}</span>${back}<span class="faint">${orderedOn} · ${escaped(partnerName(partner))} · <span class="id">${escaped(order)}</span></span>`
    return row(about, [
      ['实收 received', received === null ? '—' : show(received, currency)],
      ['比例 rate', rate === null ? '—' : `${formatRate(rate)}%`],
      commission(amount, currency),
    ])
  })
  return table(
    ['自己的订单', 'your own orders', '订单 order', '实收 received', '比例 rate', '佣金 commission'],
    rows,
    lines.length,
  )
}

function teamSection(lines: readonly TeamLine[], partnerName: PartnerName): string {
  const rows = lines.map(({ partner, level, orders, amount, currency }) => {
    const [zh, en] = levelName(level)
    const about = `<span class="title">${zh} <span lang="en">${en}</span></span><span class="faint">${escaped(partnerName(partner))}</span>`
    return row(about, [['笔数 orders', String(orders)], commission(amount, currency)])
  })
  return table(['团队', 'team', '层级 level', '笔数 orders', '佣金 commission'], rows)
}

type Cell = readonly [label: string, content: string, tone?: string]

const commission = (amount: Minor, currency: string): Cell => [
  '佣金 commission',
  `${show(amount, currency)} <small>${currency}</small>`,
  amount < 0 ? 'strong less' : 'strong',
]

const classed = (name: string): string => (name === '' ? '' : ` class="${name}"`)

const row = (about: string, cells: readonly Cell[]): string =>
  `<tr><th scope="row">${about}</th>${cells.map(([label, content, tone = '']) => `<td data-label="${label}"${classed(tone)}>${content}</td>`).join('')}</tr>`

/** Labels are Chinese, a space and English. */
const inBoth = (label: string): string => label.replace(/ (.*)/, ' <span lang="en">$1</span>')

function table([zh, en, ...columns]: readonly string[], rows: readonly string[], count?: number): string {
  return `<section>
<table>
<caption>${zh} <span lang="en">${en}</span>${count === undefined ? '' : ` <small>${count}</small>`}</caption>
<thead><tr>${columns.map((column) => `<th scope="col">${inBoth(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</section>`
}

/** What the page has beyond the style of a settlement. */
const MORE = `
:root { --done: #1b6b3a; --due: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --done: #7fd09b; --due: #f0b94d; } }
body { max-width: 760px; }
h1 { margin: 2px 0; overflow-wrap: anywhere; } .sub [lang=en] { display: inline-block; }
.tier { display: inline-block; vertical-align: 4px; padding: 1px 10px; border-radius: 999px; background: var(--chip); color: var(--accent); font-size: 13px; font-weight: 500; }
.hero { margin: 2px 0 20px; font-size: clamp(36px, 9vw, 52px); line-height: 1.15; font-weight: 650; letter-spacing: -.015em; font-variant-numeric: tabular-nums; }
.hero small { font-size: 16px; letter-spacing: 0; }
dl { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 14px 28px; margin: 0; padding-top: 18px; border-top: 1px solid var(--rule); }
dt { line-height: 1.45; } dt [lang=en], dt small { display: block; font-size: 12px; } dd { margin-top: 4px; font-size: 19px; }
.due dd { color: var(--due); } .done dd { color: var(--done); } .less dd { color: var(--less); } .less dt { color: var(--ink); }
caption { font-size: 17px; }
th, td { padding-block: 11px; padding-left: 22px; white-space: nowrap; } thead th { padding-block: 4px 8px; }
th:first-child { width: 99%; font-weight: 400; white-space: normal; }
th > .faint { display: block; } .title { font-weight: 500; } .strong { font-weight: 600; }
.cause { color: var(--less); } .cause [lang=en] { color: inherit; }
footer p { margin-bottom: 10px; } footer [lang=en] { display: block; }
@media (max-width: 620px) {
  dl { display: grid; grid-template-columns: 1fr 1fr; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, caption, tbody { display: block; }
  tbody tr { display: flex; flex-wrap: wrap; gap: 2px 20px; padding: 12px 0; border-top: 1px solid var(--rule); }
  th, td { padding: 0; border: 0; text-align: left; } th:first-child { flex: 0 0 100%; padding: 0 0 6px; }
  td::before { content: attr(data-label); display: block; font-size: 11px; font-weight: 400; color: var(--soft); } td:last-child { margin-left: auto; text-align: right; }
}
@media print { :root { --done: #063; --due: #640; } .sum { break-inside: avoid; } }
`
