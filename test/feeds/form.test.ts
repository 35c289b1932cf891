import { expect, it } from 'vitest'
import type { Feed, RecordOf } from '../../src/feeds/feed.ts'
import { fetchFiles } from '../../src/feeds/fetch.ts'
import { text } from '../../src/feeds/field.ts'
import { expectedOf, formOf } from '../../src/feeds/form.ts'
import { ACME } from '../catalog/session.ts'
import { folderWith } from '../cli/shoptool.ts'

type Goods = Feed<RecordOf['products']>
const { fields } = ACME.feeds.products
const named = (sku: string, format: Goods['format']): Goods => ({
  format,
  fields: { ...fields, sku: text(sku), title: text('title') },
})
const FORMS = [
  named('商品id', { type: 'csv' }),
  named('商品编号', { type: 'csv' }),
  named('商品id', { type: 'sheet', encoding: 'binary' }),
  named('goods_sign', { type: 'json', rows: 'answer.list' }),
  named('itemid', { type: 'json', rows: 'data' }),
]

/** The place of the form in the list, and its format. */
async function formOfText(content: string, forms: readonly Goods[] = FORMS) {
  const folder = folderWith({ file: content })
  const [snapshot] = await fetchFiles('file', folder, `${folder}/snapshots`, expectedOf(forms))
  const found = formOf(forms, snapshot!)
  return [forms.findIndex((form) => form.fields === found.fields), found.format.type]
}

it.each([
  ['the first with all columns', '商品id,title,price\n1,a,2\n', [0, 'csv']],
  ['another with other columns', '商品编号,title,price\n1,a,2\n', [1, 'csv']],
  ['the one that lacks least', 'title,price\na,2\n', [0, 'csv']],
  ['a saved answer', '{"answer":{"list":[{"goods_sign":"1","title":"a","price":2}]}}', [3, 'json']],
  ['a saved answer over several lines', '{\n"data":[{"itemid":"1","title":"a","price":2}]\n}', [4, 'json']],
  ['a saved error, to be quoted by the reader', '{"error":{"code":1}}', [3, 'json']],
  ['a saved answer without rows', '{"data":[]}', [4, 'json']],
  ['rows of an API, one a line', '{"itemid":"1","title":"a","price":2}\n{"itemid":"2","title":"b","price":3}\n', [4, 'ndjson']],
])('%s', async (_, content, expected) => expect(await formOfText(content)).toEqual(expected))

it('rows by themselves are not those of an answer that only as a whole tells their units', async () => {
  const forms: Goods[] = [
    named('item_id', { type: 'json', rows: 'old.list', wrapped: 'only' }),
    named('item_id', { type: 'json', rows: 'new.list', wrapped: 'only' }),
    named('item_no', { type: 'ndjson' }),
  ]
  const row = '{"item_id":"1","title":"a","price":2}'
  expect(await formOfText(`{"new":{"list":[${row}]}}`, forms)).toEqual([1, 'json'])
  expect(await formOfText(`${row}\n${row}\n`, forms)).toEqual([2, 'ndjson'])
})

it('one form is taken for what it is, without a look', async () => {
  expect(await formOfText('<xml/>', [FORMS[0]!])).toEqual([0, 'csv'])
})

it('a kind of file that the partner does not write is told', async () => {
  await expect(formOfText('<rss/>')).rejects.toThrow('file: looks like xml, expected csv or sheet or ndjson or json')
})
