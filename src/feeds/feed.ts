import type { Order, PayoutLine, Product } from '../records.ts'
import type { Field, FieldData } from './field.ts'

/** How the records of a file are told apart. */
export type Format =
  | {
      type: 'csv'
      /** One character; `,` unless said otherwise. */
      delimiter?: string
      /** Lines above the header that are not part of the table (a title). */
      skipLines?: number
      /** `none`: a `"` is an ordinary character. */
      quote?: '"' | 'none'
      encoding?: Encoding
    }
  | {
      type: 'json'
      /** Path to the list of records, `goods_search_response.goods_list`; '' where the document is the list. Of several the first that is there is taken. */
      rows: string | readonly string[]
      encoding?: Encoding
    }
  | { type: 'ndjson'; encoding?: Encoding }

export const ENCODINGS = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const
/** Stated where a partner always writes the same; else told by byte order mark and strict decoding. */
export type Encoding = (typeof ENCODINGS)[number]

export type RecordOf = { products: Product; orders: Order; payouts: PayoutLine }

/** Values that `read.ts` works out where the file does not give them. */
export type Derived = 'currency' | 'finalPrice' | 'lineId' | 'rawStatus' | 'statementId' | 'kind'

/** One field descriptor for each property of the record, so that a forgotten one does not compile. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<K extends Derived ? T[K] | null : T[K]> }

/** How to get, read and map one kind of record of one partner. */
export type Feed<T> = {
  format: Format
  fields: Fields<T>
  /** Where a statement states its total: a column with the same amount in every row, or the label of a row of its own. Payouts only. */
  total?: Extract<FieldData, { kind: 'amount' }>
}
