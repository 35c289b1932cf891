import { addDays, type Day } from '../day.ts'
import { escaped, pageHead } from '../html.ts'
import type { Product } from '../records.ts'
import { FORMS, type Form } from '../workspace.ts'
import type { Passage } from './channel.ts'
import { priceOf } from './facts.ts'
import type { LocalMinute, PlanChannel } from './plan.ts'

/** A post of a plan as it is shown: `new`, `kept` from an earlier plan, or `posted`. `problem`: why it cannot be posted as it stands there. */
export type PlanRow = {
  at: LocalMinute
  channel: PlanChannel
  product: Product & { partner: string }
  forms: Record<Form, Passage>
  state: 'new' | 'kept' | 'posted'
  problem: string | null
}

const FORM_NAMES: Record<Form, string> = { image: '图片', code: '口令', url: '链接' }
const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']

/**
 * The plan as one HTML page for the phone: nothing from the network, every text escaped. What is ticked off stays so in the browser. The
 * same plan gives the same bytes.
 */
export function renderPlan(shop: string, rows: readonly PlanRow[], from: Day, days: number): string {
  const planned = [...new Set(rows.map(({ at }) => at.slice(0, 10)))]
  const section = (day: Day) =>
    daySection(
      day,
      rows.filter(({ at }) => at.startsWith(day)),
    )
  const channels = [...new Set(rows.map(({ channel }) => channel.name))]
  return `${pageHead({ title: `${shop} 发布计划 ${from}`, style: STYLE, script: SCRIPT })}
<body>
<header>
<h1>发布计划</h1>
<p>${escaped(shop)} · ${days === 1 ? from : `${from} 至 ${addDays(from, days - 1)}`}</p>
</header>
<div class="tools" hidden>
<p><span id="count" role="status"></span><progress id="bar" max="1" value="0" aria-label="进度"></progress></p>
<div class="filter" role="group" aria-label="只看渠道"${channels.length < 2 ? ' hidden' : ''}>
<button type="button" data-channel="" aria-pressed="true">全部</button>
${channels.map((name) => `<button type="button" data-channel="${escaped(name)}" aria-pressed="false">${escaped(name)}</button>`).join('\n')}
</div>
</div>
<main>
${rows.length === 0 ? '<p class="none">这几天没有要发的。</p>' : planned.map(section).join('\n')}
</main>
${rows.length === 0 ? '' : FOOTER}
<script>${SCRIPT}</script>
</body>
</html>
`
}

const FOOTER = `<footer><p>? 渠道日历没有这一条，不等于放行；! 可以发，但要留意。</p><p>勾选只存在本机浏览器里。发完用 <code>shoptool plan done</code> 登记，计划才不会重复。</p></footer>`

/** A warning stands once above the day, with the channels that it is about, not at each of its posts. */
function daySection(day: Day, rows: readonly PlanRow[]): string {
  const [, month, date] = day.split('-').map(Number)
  const weekday = WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]
  const careful = new Map<string, Set<string>>()
  for (const { channel, forms } of rows) {
    for (const form of carefulOf(forms)) {
      const warning = `${FORM_NAMES[form]}：${forms[form].rule?.reason}`
      careful.set(warning, (careful.get(warning) ?? new Set()).add(channel.name))
    }
  }
  return `<section>
<h2><time datetime="${day}">${month}月${date}日</time> <small>${weekday} · <span class="posts">${rows.length}</span> 条</small></h2>
${[...careful].map(([warning, channels]) => carefulLine(warning, [...channels])).join('\n')}
<ol>
${rows.map(post).join('\n')}
</ol>
</section>`
}

/** No name of a channel holds a space. */
const carefulLine = (warning: string, channels: readonly string[]) =>
  `<p class="careful" data-channels="${escaped(channels.join(' '))}">! ${escaped(`${channels.join('、')} ${warning}`)}</p>`

/** The forms that may be used there, though not without a warning. */
const carefulOf = (forms: PlanRow['forms']) => FORMS.filter((form) => forms[form].passes && forms[form].state === 'warn')

function post({ at, channel, product, forms, state, problem }: PlanRow): string {
  const { partner, sku, title, finalPrice, currency } = product
  const marks = { allow: '', warn: '!', deny: '', unknown: '?' }
  const names = FORMS.filter((form) => forms[form].passes).map((form) => FORM_NAMES[form] + marks[forms[form].state])
  const key = `${at} ${channel.name} ${partner}:${sku}`
  return `<li data-channel="${escaped(channel.name)}">
<label><input type="checkbox" data-key="${escaped(key)}"${state === 'posted' ? ' checked disabled' : ''}>
<span class="post"><span class="when"><b class="time">${at.slice(11)}</b> <b class="channel">${escaped(channel.name)}</b> <span class="price">${escaped(priceOf(finalPrice, currency).text)}</span></span>
<span class="title">${escaped(title)}</span>
<span class="facts"><span>${names.join('、') || '没有可用的形式'}</span> <span class="id">${escaped(`${partner}:${sku}`)}</span></span></span></label>
${problem === null ? '' : `<p class="problem" lang="en">${escaped(problem)}</p>\n`}</li>`
}

/** Ticks are kept by post; without scripts or storage the boxes still work for as long as the page is open. */
const SCRIPT = `
'use strict'
const boxes = [...document.querySelectorAll('input[type=checkbox]')]
const items = [...document.querySelectorAll('li')]
const warnings = [...document.querySelectorAll('.careful')]
const store = { get: (key) => { try { return localStorage.getItem('shoptool ' + key) } catch { return null } },
  set: (key, on) => { try { on ? localStorage.setItem('shoptool ' + key, '1') : localStorage.removeItem('shoptool ' + key) } catch {} } }
const show = () => {
  const shown = boxes.filter((box) => !box.closest('li').hidden)
  const done = shown.filter((box) => box.checked).length
  document.getElementById('count').textContent = done + ' / ' + shown.length
  const bar = document.getElementById('bar')
  bar.max = shown.length || 1
  bar.value = done
  for (const section of document.querySelectorAll('section')) {
    const posts = section.querySelectorAll('li:not([hidden])').length
    section.hidden = posts === 0
    section.querySelector('.posts').textContent = posts
  }
}
for (const box of boxes) {
  if (!box.disabled) box.checked = store.get(box.dataset.key) !== null
  box.addEventListener('change', () => { store.set(box.dataset.key, box.checked); show() })
}
for (const button of document.querySelectorAll('.filter button')) button.addEventListener('click', () => {
  for (const each of document.querySelectorAll('.filter button')) each.setAttribute('aria-pressed', String(each === button))
  const { channel } = button.dataset
  for (const item of items) item.hidden = channel !== '' && item.dataset.channel !== channel
  for (const one of warnings) one.hidden = channel !== '' && !one.dataset.channels.split(' ').includes(channel)
  show()
})
document.querySelector('.tools').hidden = boxes.length === 0
show()
`

/** Colours have a contrast of at least 4.5 : 1 on their ground in light and dark; what is touched is at least 44 pixels high. */
const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --ink: #1c1d1f; --soft: #5c6068; --rule: #e2e2dc; --accent: #1f5fa8; --chip: #e8eef6; --wrong: #b3261e; --careful: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ground: #131416; --card: #1c1e21; --ink: #e9e9e6; --soft: #a4a9b1; --rule: #32363b; --accent: #8ab8f0; --chip: #25303d; --wrong: #ff8a80; --careful: #f0b94d; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 680px; padding: 20px 14px 40px; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; -webkit-text-size-adjust: 100%; }
html { scroll-padding: 130px 0 20px; }
h1 { margin: 0; font-size: 20px; line-height: 1.3; }
header p { margin: 2px 0 0; color: var(--soft); font-size: 14px; }
.tools { position: sticky; top: 0; z-index: 1; margin: 4px -14px 0; background: var(--ground); border-bottom: 1px solid var(--rule); }
.tools p { display: flex; gap: 10px; align-items: center; margin: 0; padding: 10px 14px; color: var(--soft); font-size: 14px; font-variant-numeric: tabular-nums; }
progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; background: var(--rule); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--rule); } progress::-webkit-progress-value { background: var(--accent); } progress::-moz-progress-bar { background: var(--accent); }
.filter { display: flex; gap: 8px; padding: 2px 14px 10px; overflow-x: auto; scrollbar-width: none; scroll-padding: 0 14px; }
.filter button { flex: none; min-height: 44px; padding: 0 14px; border: 1px solid var(--rule); border-radius: 22px; background: var(--card); color: var(--ink); font: inherit; font-size: 14px; cursor: pointer; }
.filter [aria-pressed=true] { border-color: var(--accent); background: var(--chip); color: var(--accent); font-weight: 600; }
@media (min-width: 560px) { .filter { flex-wrap: wrap; } }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
h2 { margin: 24px 0 8px; font-size: 17px; } h2 small { color: var(--soft); font-size: 14px; font-weight: 400; }
ol { margin: 0; padding: 0; list-style: none; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; overflow: hidden; }
li + li { border-top: 1px solid var(--rule); }
label { display: flex; gap: 12px; min-height: 44px; padding: 12px 14px; cursor: pointer; }
input { flex: none; width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent); }
.post { flex: 1; min-width: 0; display: grid; gap: 3px; }
.when, .facts { display: flex; gap: 2px 10px; align-items: baseline; font-variant-numeric: tabular-nums; }
.when b { font-weight: 600; }
.channel { padding: 0 7px; border-radius: 5px; background: var(--chip); color: var(--accent); font-size: 13px; overflow-wrap: anywhere; }
.price { margin-left: auto; font-weight: 600; }
.title { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
.facts { flex-wrap: wrap; color: var(--soft); font-size: 13px; }
.id { overflow-wrap: anywhere; }
label:has(:checked) :is(.time, .title, .price) { color: var(--soft); font-weight: 400; }
.problem { margin: -6px 14px 10px 46px; color: var(--wrong); font-size: 13px; } .careful { margin: 0 0 8px; color: var(--careful); font-size: 13px; }
.none { color: var(--soft); text-align: center; padding: 40px 0; }
footer { margin-top: 24px; color: var(--soft); font-size: 13px; } footer p { margin: 0 0 6px; } code { font-size: 12px; }
@media print { .tools { display: none; } li { break-inside: avoid; } }
`
