import type { Order, PayoutLine, Product, Receipt, Refund } from '../records.ts'
import type { Column, Field, FieldData } from './field.ts'

/** How the records of a file are told apart. */
export type Format = Shape & {
  /**
   * Rows that are no records, by a column and what stands in it: `{ Handle: ['Total'] }` for a line of totals, `{ Flag: ['D'] }` for goods
   * that a delta withdraws, `{ Price: [''] }` for a row that only carries another picture. They are not counted as read.
   */
  skip?: Readonly<Record<string, readonly string[]>>
}

type Shape =
  | {
      type: 'csv'
      /** One character; else the one of `,` `;` tab and `|` that the header is written with. */
      delimiter?: string
      /** Lines above the header that are not part of the table (a title). */
      skipLines?: number
      /** `none`: a `"` is an ordinary character. `backslash`: within quotes, `\"` is one, and so is the `\""` of programs that do both. */
      quote?: '"' | 'none' | 'backslash'
      /** The header is the first row that has this column; what stands above it (a title that is not always there) is none of the table. */
      headerWith?: Column
      /** Rows above the header whose first cell begins with this are none of the table (`#`, the notes of Meta's templates). */
      comment?: string
      /**
       * The columns of a file without a header row. Where `...` stands among them rows may be of any width: names before it count from
       * the left, those behind it from the right.
       */
      header?: readonly string[]
      /** Rows may leave out empty cells at their end. */
      short?: boolean
      /** `google`: `g:image link`, `Image_Link` and `image link [image_link]` are one name, and so is what stands before a bracket. */
      spelling?: 'google'
      /** The first cells of a row above the table, and of the last row, whose second cell counts the rows between them. */
      frame?: readonly [first: string, last: string]
      /** Rows of one thing follow each other, and only the first fills these columns: the others take them from it. */
      group?: { by: string; fill: readonly string[] }
      encoding?: Encoding
    }
  | {
      type: 'json'
      /**
       * Path to the list of records, `goods_search_response.goods_list`; '' where the document is the list. `orders[].lines` gives a record for
       * each line, with its order around (`lines.sku`, `orderId`); `answer.order{}` one record alone. Of several the first that is there is taken.
       */
      rows: string | readonly string[]
      /** `only`: a row by itself does not tell which answer it comes from, and so not its units. */
      wrapped?: 'only'
      encoding?: Encoding
    }
  | { type: 'ndjson'; encoding?: Encoding }
  | {
      type: 'xml'
      /** Path to each record from the root, `rss.channel.item`; a prefix (`g:`) may be left out. Of several the first that is met is taken. */
      rows: string | readonly string[]
      encoding?: Encoding
    }
  | {
      /** A workbook, XLS or XLSX. */
      type: 'sheet'
      /** Its name; the first that is not hidden unless said otherwise. */
      sheet?: string
      /** Rows above the header that are not part of the table (a title). */
      skipLines?: number
      /** As for CSV. */
      headerWith?: Column
      encoding: 'binary'
    }

const WINDOWS = ['1250', '1251', '1252', '1253', '1254', '1255', '1256', '1257', '1258'] as const
const ISO = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '13', '14', '15'] as const
export const ENCODINGS = [
  ...(['utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'big5'] as const),
  ...WINDOWS.map((page) => `windows-${page}` as const),
  ...ISO.map((part) => `iso-8859-${part}` as const),
] as const
/** Stated where a partner always writes the same; else told by byte order mark and strict decoding. `binary`: not text, kept as it is. */
export type Encoding = (typeof ENCODINGS)[number] | 'binary'

export type RecordOf = { products: Product; orders: Order; payouts: PayoutLine; receipts: Receipt; refunds: Refund }

/** Values that `finish.ts` works out where the file does not give them. */
export type Derived =
  | 'commission'
  | 'currency'
  | 'finalPrice'
  | 'lineId'
  | 'rawStatus'
  | 'refundId'
  | 'statementId'
  | 'kind'
  | 'paidAt'
  | 'direction'

/** One field descriptor for each property of the record, so that a forgotten one does not compile. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<K extends Derived ? T[K] | null : T[K]> }

/** How to get, read and map one kind of record of one partner. */
export type Feed<T> = {
  format: Format
  fields: Fields<T>
  /** Where a statement states its total: a column with the same amount in every row, or the label of a row of its own. Payouts only. */
  total?: Extract<FieldData, { kind: 'amount' }>
  /** Orders only. Absent: a partner corrects a row in place, and of an order line's readings the newest counts. */
  entries?: Entries
}

/**
 * How a partner corrects an order by further rows instead: every row counts on its own, and an order line is the sum of those with its
 * order and line number. A row that points at the one that it takes back (linked) has that one's number as its line's; where none points
 * anywhere (unlinked) the goods stand for the line.
 */
export type Entries = {
  /** `rows`: each has a status of its own, the line's is that which has come farthest. `deltas`: a journal, its newest row tells the line's. */
  of: 'rows' | 'deltas'
  /** The columns whose cells number a row. Absent: its figures do, and of rows with the same ones each counts (two sales alike are two). */
  id?: readonly Column[]
  /**
   * The column that tells on which way a row came, and its words: a sale that came on two ways has two numbers. Such rows are suspected;
   * where one way is preferred, the other's row of the same sale does not count.
   */
  way?: { from: Column; words: readonly string[]; prefer?: string }
}
