import { type Database, openDatabase } from '../store/open.ts'

/*
The text index. SQLite's own tokenizers cannot find one or two Chinese characters, so each text is written as the pairs of its
neighbouring characters, 晴雨伞 as `晴雨 雨伞 伞`. A word is found by all of its pairs, a single character as the beginning of one.
*/

/** Signs of ASCII, which the tokenizer would take for blanks, go where no text has characters. */
const SIGNS = /[\0-/:-@[-`{-\x7f]/g
const SIGNS_AT = 0xe000
/** A longer word is found by its first pairs. */
const MOST_PAIRS = 64

/** Pairs of characters in `text`, and the last character of each word alone. */
function pairsOf(text: string): string[] {
  const pairs: string[] = []
  for (const word of text.split(/\s+/)) {
    let before = ''
    for (const character of word.replace(SIGNS, (sign) => String.fromCharCode(SIGNS_AT + sign.charCodeAt(0)))) {
      if (before !== '') pairs.push(before + character)
      before = character
    }
    if (before !== '') pairs.push(before)
  }
  return pairs
}

/** The FTS5 query for goods that may hold all of the words; null where LIKE understands a word otherwise than the index. */
export function matchOf(words: readonly string[]): string | null {
  // LIKE takes a text to end at NUL
  if (words.some((word) => word.includes('\0'))) return null
  const pairs = words.flatMap((word) => {
    const all = pairsOf(word)
    return all.length === 1
      ? [`"${all[0]}"*`]
      : all
          .slice(0, -1)
          .slice(0, MOST_PAIRS)
          .map((pair) => `"${pair}"`)
  })
  return [...new Set(pairs)].join(' AND ')
}

/** The newest file that goods were read from, and the newest one whose goods are in the text index. */
function stateOf(db: Database): { newest: number; indexed: number } {
  return db
    .prepare<[], { newest: number; indexed: number }>(
      `SELECT (SELECT ifnull(max(f.id), 0) FROM run r JOIN file f ON f.run = r.id
           WHERE r.kind = 'products' AND r.added + r.changed + r.returned > 0) AS newest,
         ifnull((SELECT file FROM product_text_state), 0) AS indexed`,
    )
    .get()!
}

/** Whether the text index knows all goods as they are now. */
export function hasTextIndex(db: Database): boolean {
  const { newest, indexed } = stateOf(db)
  return indexed >= newest
}

/** How many goods may hold the words of `matchOf`, counted up to `most`. */
export function countMatches(db: Database, match: string, most: number): number {
  return db
    .prepare<[string, number], number>('SELECT count(*) FROM (SELECT 1 FROM product_text WHERE product_text MATCH ? LIMIT ?)')
    .pluck()
    .get(match, most)!
}

/** So many goods are put into the index at once: other runs wait half a second for it at most. */
const SLICE = 100_000

/**
 * Puts goods that were read since into the text index: 6 s for a million new ones. Goods that another run changes meanwhile belong to
 * a newer file and are put in again the next time; so are all where this is killed.
 */
export function indexTexts(db: Database, slice = SLICE): void {
  const { newest, indexed } = stateOf(db)
  if (indexed >= newest) return
  const last = db.prepare<[], number>('SELECT ifnull(max(id), 0) FROM product').pluck().get()!
  db.function('pairs', { varargs: true }, (...texts) =>
    texts.map((text) => (text === null ? '' : pairsOf(text as string).join(' '))).join(' '),
  )
  const put = db.prepare(
    `INSERT OR REPLACE INTO product_text (rowid, pairs)
     SELECT id, pairs(title, brand, shop) FROM product NOT INDEXED WHERE id > ? AND id <= ? AND file > ?`,
  )
  for (let id = 0; id < last; id += slice) db.transaction(() => put.run(id, id + slice, indexed)).immediate()
  db.transaction(() => {
    db.exec('DELETE FROM product_text_state')
    db.prepare('INSERT INTO product_text_state (file) VALUES (?)').run(newest)
  }).immediate()
}

/**
 * Brings the text index of a workspace up to date. Returns whether that could be done: not in a folder that cannot be written, nor
 * while another run writes, which is not waited for.
 */
export function indexTextsOf(path: string): boolean {
  let db: Database | undefined
  try {
    db = openDatabase(path)
    db.pragma('busy_timeout = 0')
    indexTexts(db)
    return true
  } catch (error) {
    if (!/^SQLITE_(BUSY|READONLY|CANTOPEN|PERM|FULL)/.test((error as { code?: string }).code ?? '')) throw error
    return false
  } finally {
    db?.close()
  }
}
