/** The style sheet of the gallery. Colours have a contrast of at least 4.5 : 1 on their ground in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --ink: #1c1d1f; --soft: #5c6068; --rule: #e2e2dc; --accent: #1f5fa8; --onAccent: #fff;
  --price: #b3261e; --warn: #7a4f00; --warnGround: #fff4dc; --chip: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --ground: #131416; --card: #1c1e21; --ink: #e9e9e6; --soft: #a4a9b1; --rule: #32363b; --accent: #8ab8f0; --onAccent: #10233b;
  --price: #ff8a80; --warn: #f0b94d; --warnGround: #2d2617; --chip: #2a2e34; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 1240px; padding: 32px 24px 72px; background: var(--ground); color: var(--ink);
  font: 15px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
h1 { margin: 0; font-size: clamp(21px, 3.4vw, 28px); line-height: 1.35; font-weight: 650; }
h2 { margin: 0; font-size: 17px; line-height: 1.45; overflow-wrap: anywhere; text-wrap: pretty; }
h3 { margin: 0 0 6px; font-size: 14px; }
[lang=en] { color: var(--soft); font-weight: 400; }
.sub, .note { margin: 4px 0 0; color: var(--soft); font-size: 14px; }
.tools { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 10px; align-items: end; margin: 18px -24px 0; padding: 12px 24px; background: var(--ground); border-bottom: 1px solid var(--rule); }
.tools label { display: grid; gap: 3px; flex: 1 1 180px; font-size: 12px; color: var(--soft); }
.tools .words { flex-grow: 3; }
input, select { width: 100%; min-height: 44px; padding: 0 12px; border: 1px solid #858a92; border-radius: 9px; background: var(--card); color: var(--ink); font: inherit; font-size: 16px; }
.count { margin: 0; min-width: 7em; padding-bottom: 10px; text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
article { margin-top: 20px; padding: 20px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; content-visibility: auto; contain-intrinsic-size: auto 640px;
  display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 4px 28px; align-items: start; }
article > header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 24px; justify-content: space-between; align-items: baseline; margin-bottom: 14px; }
article > header > div { flex: 1 1 22em; }
.price { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; margin: 0; font-variant-numeric: tabular-nums; } .price > * { white-space: nowrap; } .price span { color: var(--soft); font-size: 14px; }
.price b { color: var(--price); font-size: 24px; font-weight: 700; } .price s { color: var(--soft); }
.pictures { display: flex; gap: 12px; margin: -4px; padding: 4px; scroll-padding: 4px; overflow-x: auto; scroll-snap-type: x proximity; list-style: none; overscroll-behavior-x: contain; }
.pictures > li { flex: 0 0 auto; width: min(46%, 260px); scroll-snap-align: start; }
.pictures a { display: block; border-radius: 8px; }
.pictures img { display: block; width: 100%; height: auto; border-radius: 8px; border: 1px solid var(--rule); background: var(--chip); }
.tiles { display: grid; gap: 3px; } .tiles img { border-radius: 3px; }
.pictures p { margin: 6px 0 0; font-size: 12px; color: var(--soft); overflow-wrap: anywhere; }
details { border-top: 1px solid var(--rule); } details:last-of-type { border-bottom: 1px solid var(--rule); }
summary { display: flex; gap: 10px; align-items: baseline; min-height: 44px; padding: 10px 2px; cursor: pointer; font-weight: 600; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: ""; flex: none; width: 7px; height: 7px; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); translate: -3px -1px; } [open] > summary::before { transform: rotate(45deg); translate: 0 -3px; }
summary span { flex: 1; min-width: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; color: var(--soft); font-weight: 400; font-size: 13px; } [open] > summary span { visibility: hidden; }
.text { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px; align-items: start; padding: 0 2px 12px 18px; }
.text p { margin: 0; font-size: 12px; color: var(--soft); grid-column: 1 / -1; }
.text pre { margin: 0; padding: 10px 12px; background: var(--chip); border-radius: 8px; font: inherit; font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere; user-select: text; }
button { min-height: 44px; min-width: 64px; padding: 0 14px; border: 1px solid var(--accent); border-radius: 9px; background: none; color: var(--accent); font: inherit; font-size: 14px; font-weight: 600; cursor: pointer; }
button:hover, button.done { background: var(--accent); color: var(--onAccent); }
.link { margin-top: 12px; padding-left: 2px; } .link > [data-text] { align-self: center; } .link a { color: var(--accent); overflow-wrap: anywhere; font-size: 13px; }
.warnings { margin: 12px 0 0; padding: 8px 12px 8px 28px; background: var(--warnGround); color: var(--warn); border-radius: 8px; font-size: 13px; max-height: 12.5em; overflow-y: auto; }
.none { margin: 0; padding: 48px 0; color: var(--soft); text-align: center; }
.told { position: fixed; left: 50%; bottom: 24px; translate: -50% 0; max-width: calc(100vw - 32px); margin: 0; padding: 10px 18px; border-radius: 999px; background: var(--ink); color: var(--ground); font-size: 14px; } .told:empty { display: none; }
@media (min-width: 561px) { html { scroll-padding-top: 110px; } }
@media (max-width: 820px) { article { grid-template-columns: minmax(0, 1fr); row-gap: 14px; } article > header { margin: 0; } }
@media (max-width: 560px) {
  body { padding: 20px 12px 88px; } .tools { position: static; margin: 12px -12px 0; padding: 10px 12px; gap: 8px; } .tools label { flex-basis: 100px; } .tools .words { flex-basis: 100%; }
  .count { flex-basis: 100%; padding: 0; text-align: left; font-size: 13px; } article { padding: 14px; margin-top: 12px; }
  .pictures { margin: -4px -14px; padding: 4px 14px; scroll-padding: 14px; } .pictures > li { width: 62%; } .text { padding-left: 2px; gap: 6px 12px; }
  .text p { grid-column: 1; align-self: center; } .text button { grid-area: 1 / 2; } .text > [data-text] { grid-column: 1 / -1; }
}
@media print { .tools, button { display: none; } .warnings { max-height: none; } article { break-inside: avoid; } }
`

/** Copying and filtering. Without it all is there, only more by hand. */
export const SCRIPT = `
const told = document.querySelector('.told')
let timer
function tell(text) { clearTimeout(timer); told.textContent = text; timer = setTimeout(() => { told.textContent = '' }, 2500) }
async function copy(text) {
  try { await navigator.clipboard.writeText(text); return true } catch {}
  const area = document.createElement('textarea')
  area.value = text; area.style.cssText = 'position:fixed;opacity:0'; area.readOnly = true
  document.body.append(area); area.select()
  try { return document.execCommand('copy') } catch { return false } finally { area.remove() }
}
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-copy]')
  if (!button) return
  const source = button.parentElement.querySelector('[data-text]')
  const done = await copy(source.textContent)
  if (!done) { getSelection().selectAllChildren(source); return tell('请按住文字复制 · select and copy it by hand') }
  button.focus({ preventScroll: true }); button.classList.add('done'); setTimeout(() => button.classList.remove('done'), 1200)
  tell('已复制 · copied: ' + button.dataset.copy)
})
const [words, partner, channel] = ['words', 'partner', 'channel'].map((name) => document.getElementById(name))
const count = document.querySelector('.count')
const articles = [...document.querySelectorAll('article')]
function filter() {
  const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let shown = 0
  for (const article of articles) {
    const texts = [...article.querySelectorAll('details')]
    const fits = wanted.every((word) => article.dataset.words.includes(word)) && (!partner.value || article.dataset.partner === partner.value) &&
      (!channel.value || texts.some((one) => one.dataset.channel === channel.value))
    article.hidden = !fits
    shown += fits
    for (const one of texts) { one.hidden = channel.value !== '' && one.dataset.channel !== channel.value; if (channel.value && !one.hidden) one.open = true }
  }
  count.textContent = shown + ' / ' + articles.length
  document.querySelector('.none').hidden = shown > 0
}
for (const field of [words, partner, channel]) field.addEventListener('input', filter)
document.querySelector('.tools').hidden = false
filter()
`
