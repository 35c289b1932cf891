import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CellObject, utils, type WorkSheet, write } from '@e965/xlsx'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../src/feeds/feed.ts'
import { fetchFiles } from '../../src/feeds/fetch.ts'
import { folderWith } from '../cli/shoptool.ts'
import { rowsOf } from './rows.ts'

const SHEET = { type: 'sheet', encoding: 'binary' } as const
const KINDS = ['xlsx', 'biff8'] as const
type Kind = (typeof KINDS)[number]
type Value = string | number | boolean | null | CellObject

const sheetOf = (rows: Value[][]): WorkSheet =>
  utils.aoa_to_sheet(rows.map((row) => row.map((cell) => (cell === null ? undefined : cell))))

function bookOf(kind: Kind, sheets: Record<string, Value[][]>, hidden: string[] = [], date1904 = false): Buffer {
  const book = utils.book_new()
  for (const [name, rows] of Object.entries(sheets)) utils.book_append_sheet(book, sheetOf(rows), name)
  book.Workbook = { Sheets: book.SheetNames.map((name) => ({ Hidden: hidden.includes(name) ? 1 : 0 })), WBProps: { date1904 } }
  return write(book, { type: 'buffer', bookType: kind })
}

function table(content: Buffer, format: Partial<typeof SHEET & { sheet: string; skipLines: number }> = {}) {
  const rows = rowsOf(content, { ...SHEET, ...format } as Format)
  const all: [number, string[], string | null][] = []
  while (rows.next()) all.push([rows.line(), rows.cells(), rows.damage()])
  return { header: rows.header, rows: all }
}

const number = (v: number, z: string): CellObject => ({ t: 'n', v, z })

describe.each(KINDS)('a cell of %s as text', (kind) => {
  it.each<[string, Value, string]>([
    ['a text', '山茶花 x', '山茶花 x'],
    ['digits as text', '007', '007'],
    ['a long id as text', '614252180627123456789', '614252180627123456789'],
    ['a long id as number', 614252180627, '614252180627'],
    ['sixteen digits as number', 6142521806271235, '6142521806271235'],
    ['2^52 + 1', 2 ** 52 + 1, '4503599627370497'],
    ['a price', 19.8, '19.8'],
    ['a price with its format', number(1234.5, '#,##0.00'), '1234.5'],
    ['a price with a sign of its currency', number(19.9, '"¥"0.00'), '19.9'],
    ['a price that was computed', 0.1 + 0.2, '0.3'],
    ['below zero', -12.5, '-12.5'],
    ['very small', 0.0000001, '0.0000001'],
    ['a percentage', number(0.091, '0.00%'), '9.1%'],
    ['a percentage that no float holds', number(0.07, '0%'), '7%'],
    ['a % that is a text of the format', number(9.1, '0.0"%"'), '9.1'],
    ['a time', number(46296.354224537, 'yyyy-mm-dd hh:mm:ss'), '2026-10-01 08:30:05'],
    ['a day', number(46296, 'm/d/yy'), '2026-10-01 00:00:00'],
    ['a day in Chinese', number(46296, 'yyyy"年"m"月"d"日"'), '2026-10-01 00:00:00'],
    ['a second before midnight', number(46296 - 1 / 86400, 'yyyy-mm-dd'), '2026-09-30 23:59:59'],
    ['half a second before midnight', number(46296 - 0.4 / 86400, 'yyyy-mm-dd'), '2026-10-01 00:00:00'],
    ['a time of day', number(0.5, 'h:mm'), '12:00:00'],
    ['a day behind the last', number(1e9, 'yyyy-mm-dd'), '1000000000'],
    ['true', true, 'TRUE'],
    ['an error', { t: 'e', v: 42 }, '#N/A'],
    ['nothing', null, ''],
  ])('%s', (_, value, text) => {
    expect(
      table(
        bookOf(kind, {
          s: [
            ['a', 'b'],
            [value, 'x'],
          ],
        }),
      ).rows,
    ).toEqual([[2, [text, 'x'], null]])
  })

  it('rows have the number that the spreadsheet shows; blank ones are passed over', () => {
    const rows = [['a', ' 名 称 '], ['1', '2'], [null], ['', ' '], ['3'], [null, '4']]
    expect(table(bookOf(kind, { s: rows }))).toEqual({
      header: ['a', '名 称'],
      rows: [
        [2, ['1', '2'], null],
        [5, ['3', ''], null],
        [6, ['', '4'], null],
      ],
    })
  })

  it('columns are found by name', () => {
    const rows = rowsOf(
      bookOf(kind, {
        s: [
          ['订单号', '金额（元）'],
          ['1', 2.5],
        ],
      }),
      SHEET,
    )
    rows.next()
    expect([rows.cell('金额(元)')!(), rows.cell('x'), rows.where(), rows.raw()]).toEqual(['2.5', null, 'line 2', '1\t2.5'])
  })

  it('a title above the header is skipped', () => {
    const content = bookOf(kind, { s: [['2026 年 10 月'], [null], ['a'], ['1']] })
    expect(table(content, { skipLines: 2 })).toEqual({ header: ['a'], rows: [[4, ['1'], null]] })
  })

  it('the first sheet that is shown, or the one that is named', () => {
    const content = bookOf(kind, { notes: [['x']], orders: [['a'], ['1']], 商品: [['b'], ['2']] }, ['notes'])
    expect(table(content).header).toEqual(['a'])
    expect(table(content, { sheet: '商品' }).header).toEqual(['b'])
    expect(table(content, { sheet: 'notes' }).header).toEqual(['x'])
    expect(() => table(content, { sheet: 'goods' })).toThrow('feed.csv: has no sheet "goods"; it has notes, orders, 商品')
  })

  it('days are counted from 1904 where the workbook says so', () => {
    const content = bookOf(kind, { s: [['a'], [number(46296 - 1462, 'yyyy-mm-dd')]] }, [], true)
    expect(table(content).rows[0]![1]).toEqual(['2026-10-01 00:00:00'])
  })

  it('a row with a rounded id or too many cells is damaged', () => {
    const content = bookOf(kind, {
      s: [
        ['id', 'b'],
        [6142521806271234 * 100, 'x'],
        ['1', '2', '3'],
        ['1', '2', ''],
      ],
    })
    expect(table(content).rows.map(([, , damage]) => damage)).toEqual([
      'id: 614252180627123500 is a number so long that the spreadsheet has rounded it; export the column as text',
      'has 3 cells, expected 2 as in the header',
      null,
    ])
  })

  it('the hash is that of the texts', () => {
    const hash = (row: Value[]) => {
      const rows = rowsOf(bookOf(kind, { s: [['a', 'b'], row] }), SHEET)
      rows.next()
      return rows.hash(1n)
    }
    expect(hash(['1', '2'])).toBe(hash([1, number(2, '0.00')]))
    expect(hash(['1', '2'])).not.toBe(hash(['12', '']))
    expect(hash(['1', '2'])).not.toBe(hash(['1', '3']))
  })

  it('an empty sheet is refused', () => {
    expect(() => table(bookOf(kind, { s: [] }))).toThrow('feed.csv: is empty, expected a header and rows')
  })
})

describe('what is no workbook', () => {
  const book = bookOf('xlsx', { s: [['a'], ['1']] })
  it.each<[string, string | Buffer, string]>([
    ['CSV', 'a,b\n1,2\n', 'feed.csv: is not an XLS or XLSX workbook'],
    ['HTML under the name of XLS', '<html><table><tr><td>a</td></tr></table></html>', 'feed.csv: is not an XLS or XLSX workbook'],
    ['a zip of something else', Buffer.from('504b030400000000', 'hex'), 'feed.csv: is a workbook that cannot be read ('],
    ['XLSX cut off', book.subarray(0, 300), 'feed.csv: is a workbook that cannot be read ('],
  ])('%s is refused', (_, content, message) => expect(() => table(content as Buffer)).toThrow(message))
})

describe('a workbook is fetched as it is', () => {
  const take = async (content: Buffer) => {
    const folder = folderWith({ 'book.xls': content })
    const [snapshot] = await fetchFiles('book.xls', folder, join(folder, 'snapshots'), ['binary'])
    return snapshot!
  }

  it.each(KINDS)('%s', async (kind) => {
    const content = bookOf(kind, { s: [['a'], ['山']] })
    const snapshot = await take(content)
    expect(readFileSync(snapshot.path).equals(content)).toBe(true)
    expect(snapshot).toMatchObject({ bytes: content.length, encoding: 'binary' })
    expect(table(readFileSync((await take(gzipSync(content))).path)).rows).toEqual([[2, ['山'], null]])
  })

  it('a damaged XLSX is refused', async () => {
    const content = bookOf('xlsx', { s: [['a'], ['山']] })
    await expect(take(content.subarray(0, -100))).rejects.toMatchObject({ fault: 'data' })
    const at = content.indexOf('xl/worksheets/sheet1.xml') + 60
    const broken = Buffer.from(content)
    broken[at]! ^= 0x55
    await expect(take(broken)).rejects.toMatchObject({ fault: 'data', message: expect.stringContaining('book.xls: is damaged') })
  })

  it('a damaged XLS is refused', () => {
    const content = bookOf('biff8', { s: Array.from({ length: 500 }, (_, i) => ['a', `text ${i}`]) })
    for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.98])
      expect(() => table(content.subarray(0, Math.floor(content.length * share)))).toThrow('feed.csv: ')
  })
})
