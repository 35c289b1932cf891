import { createHash } from 'node:crypto'

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML, in elements and in attributes. Control characters, which no page may hold, are left out. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
}

/**
 * The head of a page that is one file and asks nothing of the network. Its policy lets nothing in but its own style, its one `script`, known
 * by its hash, and with `pictures` those beside it. `meta`: one more tag.
 */
export function pageHead(page: { title: string; style: string; script?: string; pictures?: boolean; meta?: string }): string {
  const { title, style, script, pictures = false, meta } = page
  const policy = [
    "default-src 'none'",
    ...(pictures ? ["img-src 'self' file:"] : []),
    "style-src 'unsafe-inline'",
    ...(script === undefined ? [] : [`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`]),
  ]
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${meta === undefined ? '' : `${meta}\n`}<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>`
}
