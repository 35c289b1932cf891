import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, stepsOf, valueAt } from '../../src/feeds/formats/json.ts'
import { rowsOf } from './rows.ts'

const JSON_LIST = { type: 'json', rows: 'answer.list' } as const

/** The cells of every row under these paths. */
function cells(content: string, format: Parameters<typeof rowsOf>[1], ...paths: string[]): string[][] {
  const rows = rowsOf(content, format)
  const read = paths.map((path) => rows.cell(path)!)
  const all: string[][] = []
  while (rows.next()) all.push(read.map((cell) => cell()))
  rows.close()
  return all
}

describe('a JSON document', () => {
  it.each<[string, string, string, string]>([
    ['a text', '{"a":"x"}', 'a', 'x'],
    ['a number beyond 2^53', '{"a":9007199254740993123}', 'a', '9007199254740993123'],
    ['a price as it was written', '{"a":19.80}', 'a', '19.80'],
    ['a price that no float holds', '{"a":0.1000000000000000055511151231257827}', 'a', '0.1000000000000000055511151231257827'],
    ['an exponent as it was written', '{"a":1E+2}', 'a', '1E+2'],
    ['minus zero', '{"a":-0}', 'a', '-0'],
    ['true', '{"a":true}', 'a', 'true'],
    ['null', '{"a":null}', 'a', ''],
    ['nothing', '{}', 'a', ''],
    ['a path', '{"a":{"b":{"c":"x"}}}', 'a.b.c', 'x'],
    ['an element of a list', '{"a":[{"b":"x"},{"b":"y"}]}', 'a[1].b', 'y'],
    ['the element of a list that has a word', '{"a":[{"k":"x","b":"1"},{"k":"y","b":"2"}]}', 'a[k=y].b', '2'],
    ['the first that has one of several words', '{"a":[{"k":0},{"k":2,"b":"x"},{"k":1,"b":"y"}]}', 'a[k=1|2].b', 'x'],
    ['no element that has the word', '{"a":[{"k":"x","b":"1"},null]}', 'a[k=y].b', ''],
    ['the element of no list', '{"a":{"k":"y","b":"1"}}', 'a[k=y].b', ''],
    ['a name with brackets', '{"a[b]":"x"}', 'a[b]', 'x'],
    ['past the end of a list', '{"a":[]}', 'a[0].b', ''],
    ['a path through a text', '{"a":"x"}', 'a.b', ''],
    ['a path through null', '{"a":null}', 'a.b', ''],
    ['an object', '{"a":{"b":[1,"x"]}}', 'a', '{"b":["1","x"]}'],
    ['a name that every object has', '{"b":1}', 'constructor', ''],
  ])('%s', (_, record, path, text) => {
    expect(cells(`{"answer":{"list":[${record}]}}`, JSON_LIST, path)).toEqual([[text]])
    expect(cells(`${record}\n`, { type: 'ndjson' }, path)).toEqual([[text]])
  })

  it('its list may stand anywhere, or be all', () => {
    expect(cells('[{"a":1},{"a":2}]', { type: 'json', rows: '' }, 'a')).toEqual([['1'], ['2']])
    expect(cells('{"data":[{"list":[{"a":1}]}]}', { type: 'json', rows: 'data[0].list' }, 'a')).toEqual([['1']])
    expect(cells('{"second":{"list":[{"a":1}]}}', { type: 'json', rows: ['first.list', 'second.list'] }, 'a')).toEqual([['1']])
  })

  it('records are counted from one; what is no object is damaged', () => {
    const rows = rowsOf('{"answer":{"list":[{"a":1},7,null,{"a":2}]}}', JSON_LIST)
    const found: [string, string | null][] = []
    while (rows.next()) found.push([rows.where(), rows.damage()])
    expect(found).toEqual([
      ['record 1', null],
      ['record 2', 'is not a JSON object'],
      ['record 3', 'is not a JSON object'],
      ['record 4', null],
    ])
    expect(rows.header).toBeNull()
  })

  it('gives a record for each line of an order, with the order around it; an order without lines is a record too', () => {
    const answer = '{"list":[{"id":1,"lines":[{"a":1},{"a":2}]},{"id":2,"lines":[]},{"id":3}]}'
    expect(cells(answer, { type: 'json', rows: 'list[].lines' }, 'id', 'lines.a')).toEqual([
      ['1', '1'],
      ['1', '2'],
      ['2', ''],
      ['3', ''],
    ])
  })

  it('is one record where the path says so', () => {
    expect(cells('{"answer":{"order":{"a":1}}}', { type: 'json', rows: 'answer.order{}' }, 'a')).toEqual([['1']])
    for (const answer of ['{"answer":{"order":[{"a":1}]}}', '{"answer":{"order":null}}', '{}'])
      expect(() => rowsOf(answer, { type: 'json', rows: 'answer.order{}' })).toThrow('no list of records at "answer.order{}"')
  })

  it.each<[string, string, string]>([
    ['no list', '{"answer":{}}', 'feed.csv: no list of records at "answer.list"'],
    ['an object for the list', '{"answer":{"list":{}}}', 'feed.csv: no list of records at "answer.list"'],
    [
      'an error of the partner',
      '{"error_response":{"error_code":10000,"error_msg":"参数错误:p_id","sub_msg":"参数错误:p_id_name_list","request_id":"1"}}',
      'feed.csv: no list of records at "answer.list"; the answer says: 参数错误:p_id_name_list',
    ],
    [
      'an error at the top',
      '{"code":401,"message":"token expired"}',
      'no list of records at "answer.list"; the answer says: token expired',
    ],
    ['cut off', '{"answer":{"list":[{"a":1}', 'feed.csv: is not JSON: '],
    ['no JSON', '<html>', 'feed.csv: is not JSON: '],
    ['nothing', '', 'feed.csv: is not JSON: '],
  ])('%s is refused', (_, text, message) => expect(() => rowsOf(text, JSON_LIST)).toThrow(message))

  it('of several places, all are named', () => {
    expect(() => rowsOf('{}', { type: 'json', rows: ['a.list', 'b.list'] })).toThrow(
      'feed.csv: no list of records at "a.list" or "b.list"',
    )
  })
})

describe('NDJSON', () => {
  it('is one record a line; blank lines are passed over, broken ones are damaged', () => {
    const rows = rowsOf('{"a":1}\n\n{"a":2}\r\n{"a":\n"x"\n{"a":"1\\n2"}', { type: 'ndjson' })
    const a = rows.cell('a')!
    const found: [string, string | null, string][] = []
    while (rows.next()) found.push([rows.where(), rows.damage(), a()])
    rows.close()
    expect(found).toEqual([
      ['line 1', null, '1'],
      ['line 3', null, '2'],
      ['line 4', 'is not a JSON object', ''],
      ['line 5', 'is not a JSON object', ''],
      ['line 6', null, '1\n2'],
    ])
  })

  it('quotes and delimiters of CSV mean nothing in it', () => {
    expect(cells('{"a":"1,\\"2"}\n{"a":"3\\""}\n', { type: 'ndjson' }, 'a')).toEqual([['1,"2'], ['3"']])
  })
})

describe('JSON properties', () => {
  it('every number comes through as its own text', () => {
    const number = fc
      .tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.option(fc.stringMatching(/^[0-9]{1,20}$/)))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`)
    fc.assert(
      fc.property(number, (text) => {
        expect(valueAt(parseJson(`{"a":[${text}]}`), stepsOf('a[0]'))).toBe(text)
      }),
    )
  })

  it('what JSON.stringify writes is read back, in a list and line by line', () => {
    const record = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.string({ unit: 'grapheme', maxLength: 6 }), {
      minKeys: 1,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
        const paths = [...new Set(records.flatMap((record) => Object.keys(record)))]
        const expected = records.map((record) => paths.map((path) => (Object.hasOwn(record, path) ? record[path] : '')))
        expect(cells(JSON.stringify(records), { type: 'json', rows: '' }, ...paths)).toEqual(expected)
        expect(cells(records.map((record) => `${JSON.stringify(record)}\n`).join(''), { type: 'ndjson' }, ...paths)).toEqual(
          expected,
        )
      }),
      { numRuns: 60 },
    )
  })
})
