/** The style sheet of report.html. Colours have a contrast of at least 4.5 : 1 on their ground in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --ink: #1c1d1f; --soft: #5c6068; --rule: #e2e2dc; --strong: #33383f;
  --less: #b3261e; --more: #8a5a00; --accent: #1f5fa8; --chip: #eef1f5; }
@media (prefers-color-scheme: dark) { :root { --ground: #131416; --card: #1c1e21; --ink: #e9e9e6; --soft: #a4a9b1; --rule: #32363b; --strong: #c3c8cf;
  --less: #ff8a80; --more: #f0b94d; --accent: #8ab8f0; --chip: #2a2e34; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 40px 24px 56px; background: var(--ground); color: var(--ink);
  font: 15px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
h1 { margin: 6px 0 10px; font-size: clamp(21px, 3.4vw, 30px); line-height: 1.4; font-weight: 650; letter-spacing: -.005em; text-wrap: balance; }
h1 em { font-style: normal; }
h2 { margin: 0 0 2px; font-size: 19px; line-height: 1.4; overflow-wrap: anywhere; }
small { color: var(--soft); font-weight: 400; font-size: 14px; }
[lang=en] { color: var(--soft); font-weight: 400; }
.eyebrow, .note, .sub { margin: 0; color: var(--soft); }
.eyebrow, .note, .faint { font-size: 13px; }
.faint { color: var(--soft); font-weight: 400; }
.sub strong { color: var(--ink); }
.less { color: var(--less); } .more { color: var(--more); } .even { color: inherit; }
section { margin-top: 28px; padding: 24px; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; }
.figures { display: flex; flex-wrap: wrap; gap: 12px 48px; margin: 18px 0 22px; }
dt { font-size: 13px; } dd { margin: 0; font-size: 25px; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 24px 40px; }
figure { margin: 0; }
figcaption, caption { padding: 0 0 8px; font-weight: 600; text-align: left; }
.waterfall { margin: 0; padding: 0; list-style: none; font-size: 13px; font-variant-numeric: tabular-nums; }
.waterfall li { display: grid; grid-template-columns: 10.5em 1fr 6.5em; gap: 10px; align-items: center; padding: 5px 0; border-top: 1px solid var(--rule); line-height: 1.35; }
.waterfall svg { display: block; width: 100%; height: 14px; }
.waterfall b { text-align: right; font-weight: 600; }
rect.total { fill: var(--strong); } rect.less { fill: var(--less); } rect.more { fill: var(--more); }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 0 7px 14px; border-top: 1px solid var(--rule); text-align: right; vertical-align: top; }
th:first-child { padding-left: 0; text-align: left; font-weight: 500; }
thead th { border-top: 0; font-weight: 500; font-size: 13px; white-space: nowrap; vertical-align: bottom; }
tfoot th, tfoot td { border-top: 2px solid var(--strong); font-weight: 600; }
.scroll { overflow-x: auto; }
.statements { margin-top: 24px; }
.statements td:last-child, .statements th:last-child { text-align: left; padding-left: 20px; }
.id, .source { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 13px; overflow-wrap: anywhere; }
.source { color: var(--soft); font-size: 12px; }
.part { padding-left: 24px; border-left: 1px solid var(--rule); } .part + .part { padding-left: 0; border: 0; margin-left: -20px; } .part dd { font-weight: 500; font-size: 19px; padding-top: 6px; }
.findings { table-layout: fixed; }
.findings .group th { padding-top: 22px; border-top: 0; font-weight: 650; width: auto; } .findings .group + tr > * { border-top: 2px solid var(--strong); }
.findings td.note { padding-left: 0; }
.findings thead th:first-child { width: 27%; }
.findings thead th:nth-child(n+2):nth-child(-n+4) { width: 10.5%; }
.findings thead th:last-child, .findings td.why { width: auto; text-align: left; padding-left: 24px; }
.findings .why [lang=en] { color: var(--ink); }
.findings .cause [lang=en] { color: inherit; }
.title { font-weight: 400; overflow-wrap: anywhere; line-height: 1.45; }
.cause { display: inline-block; padding: 0 7px; border-radius: 5px; background: var(--chip); color: var(--accent); font-size: 12px; white-space: nowrap; }
.source span { display: block; }
footer { margin-top: 28px; font-size: 13px; color: var(--soft); } footer p { margin: 0 0 4px; }
@media (max-width: 820px) { .columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 620px) {
  body { padding: 24px 12px 40px; font-size: 14px; }
  section { padding: 16px 14px; border-radius: 10px; }
  .figures { gap: 8px 28px; } dd { font-size: 20px; }
  .waterfall li { grid-template-columns: 1fr auto; gap: 2px 10px; } .waterfall svg { grid-row: 2; grid-column: 1 / -1; height: 10px; }
  .sums { font-size: 13px; } .sums td, .sums thead th { padding-left: 8px; } .sums th:first-child { padding-left: 0; } .sums [lang=en] { display: block; font-size: 11px; line-height: 1.3; }
  .sums thead th { font-size: 12px; } .statements { white-space: nowrap; }
  .findings thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .findings, .findings tbody, .findings caption { display: block; } .findings .group + tr { border-top: 2px solid var(--strong); } .findings .group + tr > * { border: 0; }
  .part, .part + .part { padding: 0; border: 0; margin: 0; } .part dd { font-size: 17px; padding-top: 3px; }
  .findings tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px 8px; padding: 12px 0; border-top: 1px solid var(--rule); } .findings tr.group { padding: 18px 0 6px; border: 0; }
  .findings th:first-child, .findings td.why { display: block; width: auto; grid-column: 1 / -1; padding: 0; border: 0; }
  .findings td.amount { display: block; padding: 2px 0; border: 0; text-align: left; font-weight: 600; }
  .findings td.amount::before { content: attr(data-label); display: block; font-size: 11px; font-weight: 400; color: var(--soft); }
}
@media print {
  :root { --ground: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --strong: #333; --less: #a00; --more: #640; --accent: #024; --chip: #eee; }
  body { max-width: none; padding: 0; font-size: 10pt; } section { padding: 12pt 0; border: 0; border-top: 1px solid #999; border-radius: 0; }
  tr, figure, .figures { break-inside: avoid; } h2, caption { break-after: avoid; } rect { print-color-adjust: exact; } .scroll { overflow: visible; }
}
`
