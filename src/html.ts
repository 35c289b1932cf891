const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for HTML, in elements and in attributes. Control characters, which no page may hold, are left out. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
}
