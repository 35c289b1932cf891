import { createHash } from 'node:crypto'

/** Most names of files are at most 255 bytes; 33 Chinese characters, or 100 others, leave room for what is put around them. */
const BYTES = 100

/**
 * A name for a file or folder: letters, digits, `-`, `_`, `.` and the common Chinese characters, which no file system writes in another
 * way. A sku or a member may hold what such a name may not; then part of its hash keeps two of them apart.
 */
export function safeName(name: string): string {
  let safe = name.replace(/[^\w.\u4e00-\u9fff-]+/g, '_').slice(0, BYTES)
  while (Buffer.byteLength(safe) > BYTES) safe = safe.slice(0, -1)
  return safe === name ? name : `${safe}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
