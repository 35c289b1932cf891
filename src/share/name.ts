import { createHash } from 'node:crypto'

/** A name for a file or folder. A sku may hold what such a name may not; then part of its hash keeps two of them apart. */
export function safeName(name: string): string {
  const safe = name.replace(/[^\w.-]+/g, '_').slice(0, 100)
  return safe === name ? name : `${safe}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
