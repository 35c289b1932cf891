import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openRows } from '../../src/feeds/formats/rows.ts'
import { fileOf, rowsOf, table } from './rows.ts'

/** Size of the reader's window: rows must not care where it ends. */
const WINDOW = 4 << 20

describe('a CSV file', () => {
  it.each<[string, string, [number, string[]][]]>([
    [
      'plain',
      'a,b\n1,2\n3,4\n',
      [
        [2, ['1', '2']],
        [3, ['3', '4']],
      ],
    ],
    ['without a newline at the end', 'a,b\n1,2', [[2, ['1', '2']]]],
    ['with CRLF', 'a,b\r\n1,2\r\n', [[2, ['1', '2']]]],
    ['with CRLF, without one at the end', 'a,b\r\n1,2', [[2, ['1', '2']]]],
    [
      'CRLF here, LF there',
      'a,b\r\n1,2\n3,4\r\n',
      [
        [2, ['1', '2']],
        [3, ['3', '4']],
      ],
    ],
    ['nothing but a header', 'a,b\n', []],
    ['nothing but a header, without a newline', 'a,b', []],
    [
      'empty cells',
      'a,b\n,2\n1,\n',
      [
        [2, ['', '2']],
        [3, ['1', '']],
      ],
    ],
    ['rows of empty cells, as spreadsheets leave them', 'a,b\n,\n1,2\n , \n,\n', [[3, ['1', '2']]]],
    ['quoted cells', 'a,b\n"1","2"\n', [[2, ['1', '2']]]],
    ['empty quoted cells', 'a,b\n"",""\n', [[2, ['', '']]]],
    ['a delimiter in quotes', 'a,b\n"1,5","2"\n', [[2, ['1,5', '2']]]],
    ['doubled quotes', 'a,b\n"say ""hi""",2\n', [[2, ['say "hi"', '2']]]],
    ['only doubled quotes', 'a,b\n"""","""\n"""\n', [[2, ['"', '"\n"']]]],
    [
      'a newline in quotes',
      'a,b\n"1\n2",3\n4,5\n',
      [
        [2, ['1\n2', '3']],
        [4, ['4', '5']],
      ],
    ],
    [
      'CRLF in quotes',
      'a,b\r\n"1\r\n2",3\r\n4,5\r\n',
      [
        [2, ['1\r\n2', '3']],
        [4, ['4', '5']],
      ],
    ],
    [
      'many newlines in quotes',
      'a\n"\n\n\n"\nx\n',
      [
        [2, ['\n\n\n']],
        [6, ['x']],
      ],
    ],
    ['a newline in the header', '"a\n1",b\n1,2\n', [[3, ['1', '2']]]],
    [
      'a quote within an unquoted cell',
      'a,b\n5" pipe,x"y"z\n3,4\n',
      [
        [2, ['5" pipe', 'x"y"z']],
        [3, ['3', '4']],
      ],
    ],
    [
      'a quote at the end of an unquoted cell',
      'a,b\n15",2\n3,4\n',
      [
        [2, ['15"', '2']],
        [3, ['3', '4']],
      ],
    ],
    [
      'text behind a closing quote',
      'a,b\n"x" y,2\n3,4\n',
      [
        [2, ['x y', '2']],
        [3, ['3', '4']],
      ],
    ],
    ['text and quotes behind a closing quote', 'a,b\n"x ""1""" "y",2\n', [[2, ['x "1" "y"', '2']]]],
    ['a blank before a quote', 'a,b\n "x",2\n', [[2, [' "x"', '2']]]],
    [
      'blank lines',
      'a,b\n\n1,2\n\r\n\n3,4\n\n',
      [
        [3, ['1', '2']],
        [6, ['3', '4']],
      ],
    ],
    ['blank lines before the header', '\n\na,b\n1,2\n', [[4, ['1', '2']]]],
    ['the ="…" that guards numbers', 'a,b\n="0012",2\n', [[2, ['="0012"', '2']]]],
    ['Chinese, emoji and 4-byte characters', 'a,b\n"山,茶",😀𠮷\n', [[2, ['山,茶', '😀𠮷']]]],
    ['a last line of one quoted cell', 'a,b\n1,"2"', [[2, ['1', '2']]]],
    ['a last line that ends in a newline within quotes', 'a\n"1\n"', [[2, ['1\n']]]],
  ])('%s', (_, text, rows) => expect(table(text).rows).toEqual(rows))

  it.each<[string, string, Parameters<typeof table>[1], string[], string[]]>([
    ['semicolons', 'a;b\n1,5;2\n', { type: 'csv', delimiter: ';' }, ['a', 'b'], ['1,5', '2']],
    ['tabs', 'a\tb\n1\t"2\t3"\n', { type: 'csv', delimiter: '\t' }, ['a', 'b'], ['1', '2\t3']],
    ['bars', 'a|b\n1|2\n', { type: 'csv', delimiter: '|' }, ['a', 'b'], ['1', '2']],
    ['quotes that are letters', 'a,b\n"1,"2\n', { type: 'csv', quote: 'none' }, ['a', 'b'], ['"1', '"2']],
    ['a title above the header', 'Report, 2026\na,b\n1,2\n', { type: 'csv', skipLines: 1 }, ['a', 'b'], ['1', '2']],
    ['a title and a blank line, both skipped', 'Report\n\na,b\n1,2\n', { type: 'csv', skipLines: 2 }, ['a', 'b'], ['1', '2']],
    ['a title skipped, a blank line passed over', 'Report\n\na,b\n1,2\n', { type: 'csv', skipLines: 1 }, ['a', 'b'], ['1', '2']],
    ['a title with a stray quote', '"Report\na,b\n1,2\n', { type: 'csv', skipLines: 1 }, ['a', 'b'], ['1', '2']],
  ])('%s', (_, text, format, header, row) => {
    const { header: names, rows } = table(text, format)
    expect([names, rows.map(([, cells]) => cells)]).toEqual([header, [row]])
  })

  it('lines are counted from the top of the file, also below a title', () => {
    expect(table('Report\n\na,b\n1,2\n', { type: 'csv', skipLines: 2 }).rows[0]![0]).toBe(4)
  })

  it.each([
    ['', 'feed.csv: is empty, expected a header and rows'],
    ['\n\r\n\n', 'feed.csv: is empty, expected a header and rows'],
    ['a,b\n1,"2\n3,4\n', 'feed.csv: line 2: a quoted cell begins here and does not end'],
    ['a,b\n1,2\n"3\n4""\n5', 'feed.csv: line 3: a quoted cell begins here and does not end'],
    ['"a,b\n1,2\n', 'feed.csv: line 1: a quoted cell begins here and does not end'],
  ])('%j is refused', (text, message) => expect(() => table(text)).toThrow(message))

  it('a quote that never ends is found before the memory is gone', { timeout: 30_000 }, () => {
    expect(() => table(`a,b\n1,2\n"${'x,y\n'.repeat((64 << 20) / 4)}`)).toThrow(
      'feed.csv: line 3: a quoted cell begins here and does not end',
    )
  })

  it('ragged rows are named by their physical line, also behind cells of several lines', () => {
    const rows = rowsOf('a,b\n"1\n1",2\n3\n4,5,6\n7,8,,\n9,10\n')
    const found: [string, string | null][] = []
    while (rows.next()) found.push([rows.where(), rows.damage()])
    rows.close()
    expect(found).toEqual([
      ['line 2', null],
      ['line 4', 'has 1 cells, expected 2 as in the header'],
      ['line 5', 'has 3 cells, expected 2 as in the header'],
      ['line 6', null],
      ['line 7', null],
    ])
  })

  it.each([
    ['商品价格(单位：元)', '商品价格（单位:元）'],
    ['商品 id', '商品ID'],
    ['\ufeff商品id', '商品id'],
    ['Item No.', 'item no.'],
    [' "quoted" ', '"quoted"'],
  ])('a column %j is found as %j', (written, asked) => {
    const rows = rowsOf(`first,${written}\n1,2\n`)
    rows.next()
    expect(rows.cell(asked)?.()).toBe('2')
    expect(rows.cell('other')).toBeNull()
    rows.close()
  })

  it('of two columns with one name the first counts', () => {
    const rows = rowsOf('a,b,A\n1,2,3\n')
    rows.next()
    expect(rows.cell('a')!()).toBe('1')
    rows.close()
  })

  it('gives a row as it was written, and a hash of just that', () => {
    const rows = rowsOf('a,b\r\n"1\n1",2\r\n1,2\n"1\n1",2\n')
    const seen: [string, bigint, bigint][] = []
    while (rows.next()) seen.push([rows.raw(), rows.hash(1n), rows.hash(2n)])
    rows.close()
    expect(seen.map(([raw]) => raw)).toEqual(['"1\n1",2', '1,2', '"1\n1",2'])
    expect(seen[0]!.slice(1)).toEqual(seen[2]!.slice(1))
    expect(new Set(seen.flatMap(([, one, two]) => [one, two])).size).toBe(4)
  })
})

describe('CSV properties', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', '=', 'a', '山', '😀', ';', '\t'), maxLength: 8 }),
    fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.replace(/[\ud800-\udfff]/g, '')),
  )
  const tables = fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))

  it('what csv-stringify writes is read back, whatever the cells hold', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom(',', ';', '\t'), fc.constantFrom('\n', '\r\n'), (cells, delimiter, newline) => {
        const names = cells[0]!.map((_, i) => `c${i}`)
        const text = stringify([names, ...cells], { delimiter, record_delimiter: newline, quoted: true, quoted_empty: true })
        expect(table(text, { type: 'csv', delimiter })).toMatchObject({
          header: names,
          rows: cells.map((row) => [expect.any(Number), row]),
        })
      }),
      { numRuns: 300 },
    )
  })

  it('also where only the cells that need it are quoted', () => {
    // A row of empty cells is a blank line.
    const plain = tables.filter((rows) => rows.every((row) => row.some((cell) => cell.trim() !== '')))
    fc.assert(
      fc.property(plain, (cells) => {
        // csv-stringify leaves a lone \r unquoted where records end in \n
        const safe = cells.map((row) => row.map((cell) => cell.replaceAll('\r', '')))
        if (safe.some((row) => row.every((cell) => cell.trim() === ''))) return
        const text = stringify([safe[0]!.map((_, i) => `c${i}`), ...safe])
        expect(table(text).rows.map(([, row]) => row)).toEqual(safe)
      }),
      { numRuns: 300 },
    )
  })

  it('no bytes make it hang or fail otherwise than by its own errors', { timeout: 30_000 }, () => {
    const unit = fc.constantFrom('"', ',', '\n', '\r', 'a', '')
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
        try {
          const { rows } = table(units.join(''))
          for (const [line] of rows) expect(line).toBeGreaterThan(1)
        } catch (error) {
          expect(String(error)).toMatch(/^ShoptoolError: feed\.csv: (is empty|line \d+: a quoted cell)/)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the border of the window', () => {
  const header = 'sku,text\n'
  const filler = (bytes: number) => `${'f,'.padEnd(bytes - 1, 'x')}\n`
  const row = 'A,"山""茶\n花"\r\n'

  it('may fall on any byte of a row', { timeout: 30_000 }, () => {
    for (let before = 0; before <= Buffer.byteLength(row) + 1; before++) {
      const { rows } = table(`${header}${filler(WINDOW - header.length - before)}${row}${row}B,last`)
      expect(rows.slice(1)).toEqual([
        [3, ['A', '山"茶\n花']],
        [5, ['A', '山"茶\n花']],
        [7, ['B', 'last']],
      ])
    }
  })

  it('may fall on the end of the file', () => {
    for (const end of ['', '\n', '\r\n', '"']) {
      const text = header + filler(WINDOW - header.length - 4 - end.length) + (end === '"' ? `A,"${end}` : `A,xx${end}`)
      expect(table(text).rows[1]).toEqual([3, ['A', end === '"' ? '' : 'xx']])
    }
  })

  it('a row may be longer than the window', () => {
    const long = '长'.repeat(WINDOW)
    const { rows } = table(`${header}A,"${long}"\nB,1\n`)
    expect(rows.map(([line, [sku, text]]) => [line, sku, text!.length])).toEqual([
      [2, 'A', WINDOW],
      [3, 'B', 1],
    ])
    expect(rows[0]![1][1] === long).toBe(true)
  })
})

const spectrum = fileURLToPath(new URL('../../../shared/samples/csv-spectrum', import.meta.url))
describe.skipIf(!existsSync(spectrum))(`csv-spectrum (skipped where ${spectrum} is not there)`, () => {
  const names = existsSync(spectrum) ? readdirSync(join(spectrum, 'csvs')).map((name) => name.slice(0, -4)) : []
  it.each(names)('%s', (name) => {
    const { header, rows } = table(readFileSync(join(spectrum, 'csvs', `${name}.csv`)))
    const records = rows.map(([, cells]) => Object.fromEntries(header.map((column, i) => [column, cells[i]])))
    const expected: Record<string, string>[] = [JSON.parse(readFileSync(join(spectrum, 'json', `${name}.json`), 'utf8'))].flat()
    // this pair does not agree on the telephone number
    if (name === 'location_coordinates') expected[0]!['Contact Phone Number'] = '2095257564'
    expect(records).toEqual(expected)
  })
})

describe('comment rows above the header', () => {
  it.each<[string, string, string[], number]>([
    ['none', 'a,b\n1,2\n', ['a', 'b'], 2],
    ['one', '# made by hand\na,b\n1,2\n', ['a', 'b'], 3],
    ['a template of Meta', '"# Required | id, of yours","# Optional | x\ny"\n# ref_asset_id\n\na,b\n1,2\n', ['a', 'b'], 6],
    ['behind a blank', ' # x\na,b\n1,2\n', ['a', 'b'], 3],
    ['a # further on', 'a,#b\n1,2\n', ['a', '#b'], 2],
  ])('%s', (_, content, header, line) => {
    const found = table(content, { type: 'csv', comment: '#' })
    expect(found).toEqual({ header, rows: [[line, ['1', '2']]] })
  })

  it('below it, a # is a cell; without `comment` it is one everywhere', () => {
    expect(table('a,b\n#1,2\n', { type: 'csv', comment: '#' }).rows).toEqual([[2, ['#1', '2']]])
    expect(table('#a,b\n1,2\n').header).toEqual(['#a', 'b'])
    expect(() => table('# x\n# y\n', { type: 'csv', comment: '#' })).toThrow('feed.csv: is empty, expected a header and rows')
  })
})

describe('the delimiter of a table that declares none', () => {
  it.each<[string, string, string[], string[], string | undefined]>([
    ['comma', 'a,b\n1,2\n', [], ['a', 'b'], undefined],
    ['semicolon', 'a;b;c\n1,5;2;3\n', [], ['a', 'b', 'c'], 'the delimiter is ";" (3 columns)'],
    ['tab', 'a\tb\n1\t2\n', [], ['a', 'b'], 'the delimiter is a tab (2 columns)'],
    ['bar', 'a|b\n1|2\n', [], ['a', 'b'], 'the delimiter is "|" (2 columns)'],
    ['one column', 'a\n1\n', [], ['a'], undefined],
    ['others within quotes', '"a;b;c";"d,e,f"\n1;2\n', [], ['a;b;c', 'd,e,f'], 'the delimiter is ";" (2 columns)'],
    ['a line break within quotes', '"a\nx,y,z";b\n1;2\n', [], ['a\nx,y,z', 'b'], 'the delimiter is ";" (2 columns)'],
    ['as many of both', 'a,b;c\n1,2\n', [], ['a', 'b;c'], undefined],
    [
      'as many of both, one with the columns that are looked for',
      'a,b;c\n1,2\n',
      ['c'],
      ['a,b', 'c'],
      'the delimiter is ";" (2 columns)',
    ],
    ['more of the other, without the columns', 'a|b|c|d,price\n1,2\n', ['Price'], ['a|b|c|d', 'price'], undefined],
    ['below blank lines', '\n\na;b\n1;2\n', [], ['a', 'b'], 'the delimiter is ";" (2 columns)'],
  ])('%s', (_, content, columns, header, told) => {
    const rows = openRows(fileOf(content), 'feed.csv', { type: 'csv' }, columns)
    expect([rows.header, rows.told]).toEqual([header, told])
    rows.close()
  })

  it('is told below notes, and not from them', () => {
    const found = table('"# a,b,c,d",,,\n# x,y\na;b\n1;2\n', { type: 'csv', comment: '#' })
    expect(found).toEqual({ header: ['a', 'b'], rows: [[4, ['1', '2']]] })
  })

  it('a declared one is taken as declared', () => {
    expect(table('a;b;c,d\n1;2;3,4\n', { type: 'csv', delimiter: ',' }).header).toEqual(['a;b;c', 'd'])
  })

  it('any table is read in the delimiter that it was written with', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'ü', '山', ',', ';', '\t', '|', '"', ' '), minLength: 1, maxLength: 6 })
    const names = fc.uniqueArray(word, { minLength: 2, maxLength: 5, selector: (name) => name.replace(/["\s]/g, '') })
    fc.assert(
      fc.property(names, fc.constantFrom(',', ';', '\t', '|'), (header, delimiter) => {
        const safe = header.map((name, i) => `c${i}${name.replaceAll('"', '')}`)
        const rows = rowsOf(stringify([safe, safe], { delimiter, quoted: true }))
        expect(rows.header).toEqual(safe.map((name) => name.trim()))
        rows.close()
      }),
      { numRuns: 200 },
    )
  })
})

describe('quotes with backslashes', () => {
  it.each<[string, string, string[]]>([
    ['a quote', 'a,b\n"say \\"hi\\"",2\n', ['say "hi"', '2']],
    ['a delimiter behind one', 'a,b\n"12\\", wide",2\n', ['12", wide', '2']],
    ['one escaped and doubled, as Rakuten reports have it', 'a,b\n"12\\"" wide",2\n', ['12" wide', '2']],
    ['one at the end', 'a,b\n"12\\"",2\n', ['12"', '2']],
    ['one at the end, escaped and doubled', 'a,b\n"12\\""",2\n', ['12"', '2']],
    ['a backslash at the end', 'a,b\n"C:\\\\",2\n', ['C:\\', '2']],
    ['a line break', 'a,b\n"12\\"\nwide",2\n', ['12"\nwide', '2']],
    ['doubled ones', 'a,b\n"say ""hi""",2\n', ['say "hi"', '2']],
    ['other backslashes', 'a,b\n"a\\nb",c\\d\n', ['a\\nb', 'c\\d']],
  ])('%s', (_, content, row) => expect(table(content, { type: 'csv', quote: 'backslash' }).rows[0]![1]).toEqual(row))

  it('without them a backslash is a letter', () => {
    expect(table('a,b\n"C:\\",2\n').rows[0]![1]).toEqual(['C:\\', '2'])
  })

  it('what is escaped is read back', () => {
    const cell = fc.string({ unit: fc.constantFrom('"', '\\', ',', '\n', 'a', ' ', '山'), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (cells) => {
        const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
        const text = `a,b\n${cells.map((row) => `${row.map(quoted).join(',')}\n`).join('')}`
        expect(table(text, { type: 'csv', delimiter: ',', quote: 'backslash' }).rows.map(([, row]) => row)).toEqual(cells)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a table without a header row', () => {
  const bare = (header: string[], more = {}) => ({ type: 'csv', delimiter: '|', quote: 'none', header, ...more }) as const

  it('has the columns that are declared', () => {
    expect(table('1|2\n3|4\n', bare(['a', 'b']))).toEqual({
      header: ['a', 'b'],
      rows: [
        [1, ['1', '2']],
        [2, ['3', '4']],
      ],
    })
    expect(() => table('', bare(['a']))).toThrow('feed.csv: is empty, expected rows')
  })

  it('around ... columns count from the left and from the right', () => {
    const rows = rowsOf('1|2|x|y|U\n1|2|D\n1|2\n1\n', bare(['a', 'b', '...', 'flag']))
    const found: (string | null)[][] = []
    while (rows.next()) found.push([rows.cell('a')!(), rows.cell('b')!(), rows.cell('flag')!(), rows.damage()])
    expect([rows.header, found]).toEqual([
      ['a', 'b', 'flag'],
      [
        ['1', '2', 'U', null],
        ['1', '2', 'D', null],
        ['1', '2', '', null],
        ['1', '', '', 'has 1 cells, expected 2 or more'],
      ],
    ])
    rows.close()
  })

  it.each<[string, string, number | string]>([
    ['whole', 'HDR|9|x\n1|2\n3|4\nTRL|2\n', 2],
    ['without rows', 'HDR|9\nTRL|0\n', 0],
    ['that begins otherwise', '1|2\nTRL|1\n', 'feed.csv: line 1: begins with "1", expected HDR'],
    ['without an end', 'HDR|9\n1|2\n', 'feed.csv: ends without a TRL row: it is cut off'],
    ['with a row less', 'HDR|9\n1|2\nTRL|2\n', 'feed.csv: line 3: TRL states 2 rows, but 1 stand above: the file is not whole'],
    ['with an end that counts nothing', 'HDR|9\n1|2\nTRL\n', 'feed.csv: line 3: TRL states no number of rows, but 1 stand above'],
    ['with rows behind its end', 'HDR|9\n1|2\nTRL|1\n3|4\n', 'feed.csv: line 4: stands behind the TRL row'],
  ])('in a frame %s', (_, content, expected) => {
    const read = () => table(content, bare(['a', 'b'], { frame: ['HDR', 'TRL'] })).rows.length
    if (typeof expected === 'number') expect(read()).toBe(expected)
    else expect(read).toThrow(expected)
  })

  it('a frame may hold a header row', () => {
    const found = table('HDR|9\na|b\n1|2\nTRL|1\n', { type: 'csv', frame: ['HDR', 'TRL'] })
    expect(found).toEqual({ header: ['a', 'b'], rows: [[3, ['1', '2']]] })
  })
})

describe('headers', () => {
  it.each([
    ['image link', 'g:image_link'],
    ['Image_Link', 'image link'],
    ['Image Link [image link]', 'g:image_link'],
    ['g:shipping(country:price)', 'shipping'],
    ["'image_link'", 'image_link'],
    ['image[0].url', 'image[0].url'],
  ])('in the spelling of Google %j is %j', (written, asked) => {
    const rows = rowsOf(`first,${written}\n1,2\n`, { type: 'csv', spelling: 'google' })
    rows.next()
    expect(rows.cell(asked)?.()).toBe('2')
    expect(rows.cell('images')).toBeNull()
    rows.close()
  })

  it('that are empty, twice there or named like parts of objects are columns like others', () => {
    const rows = rowsOf('__proto__,,constructor,toString,,a,a\n1,2,3,4,5,6,7\n')
    rows.next()
    const found = ['__proto__', 'constructor', 'toString', 'a', 'hasOwnProperty', 'valueOf'].map((name) => rows.cell(name)?.())
    expect(found).toEqual(['1', '3', '4', '6', undefined, undefined])
    rows.close()
  })

  it('rows may be short where that is declared, but for the last line of a file that was cut off', () => {
    const damages = (content: string, short: boolean) => {
      const rows = rowsOf(content, { type: 'csv', short })
      const found: (string | null)[] = []
      while (rows.next()) found.push(rows.damage())
      rows.close()
      return found
    }
    const message = 'has 2 cells, expected 3 as in the header'
    expect(damages('a,b,c\n1,2\n1,2\n', true)).toEqual([null, null])
    expect(damages('a,b,c\n1,2\n1,2', true)).toEqual([null, message])
    expect(damages('a,b,c\n1,2\n', false)).toEqual([message])
  })
})

describe('a header known by one of its columns', () => {
  const format = { type: 'csv', headerWith: ['ASIN', 'Artículo'] } as const
  it.each<[string, string, string[], number]>([
    ['below a title', 'Reports from 01-08-2026, all\nName,ASIN\n1,2\n', ['Name', 'ASIN'], 3],
    ['without one', 'Name,ASIN\n1,2\n', ['Name', 'ASIN'], 2],
    ['in another language', 'Reporte\n\nNombre,artículo\n1,2\n', ['Nombre', 'artículo'], 4],
  ])('%s', (_, content, header, line) => expect(table(content, format)).toEqual({ header, rows: [[line, ['1', '2']]] }))

  it('a file without it is refused', () => {
    expect(() => table('a,b\n1,2\n', format)).toThrow('feed.csv: has no header, expected a header with ASIN or Artículo and rows')
    expect(() => table('', format)).toThrow('feed.csv: is empty, expected a header with ASIN or Artículo and rows')
  })
})
