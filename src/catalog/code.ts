import type { Instant } from '../day.ts'
import { dataError } from '../errors.ts'
import { codeOfGoods, goodsOfCode, keepCode, lastCode } from '../store/codes.ts'
import type { Database } from '../store/open.ts'

/*
The shop code: six digits by which a buyer names goods that were heard of or seen in print, as 手淘小铺's 店铺号 did. Five count up from
10000, so that none begins with 0, which spreadsheets drop and speakers leave out; the sixth is a check digit.
*/

const FIRST = 10_000
const LAST = 99_999

/** The quasigroup of H. Michael Damm, "Total anti-symmetrische Quasigruppen" (2004): every wrong digit and every swap of neighbours shows. */
const DAMM = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
]

/** What digits come to: 0 where the last one is the check digit of the others. */
const checked = (digits: string) =>
  [...digits].reduce((sum, digit) => DAMM[Number.parseInt(sum, 10)]![Number.parseInt(digit, 10)]!, '0')

/** The digits with their check digit behind them. */
export const withCheckDigit = (digits: string) => digits + checked(digits)

/** Whether a text has the form of a shop code: six digits, none of them a leading 0. */
export const isShopCode = (text: string) => /^[1-9]\d{5}$/.test(text)

/** Whether the last digit is the check digit of the others. */
export const hasCheckDigit = (code: string) => checked(code) === '0'

/**
 * The shop code of goods; a new one where they have none. Codes are never given twice.
 * @throws ShoptoolError (data) where all 90 000 are given.
 */
export function giveCode(db: Database, goods: { partner: string; sku: string }, at: Instant): { code: string; isNew: boolean } {
  return db
    .transaction(() => {
      const kept = codeOfGoods(db, goods)
      if (kept !== null) return { code: kept, isNew: false }
      const last = lastCode(db)
      const next = last === null ? FIRST : Number.parseInt(last.slice(0, -1), 10) + 1
      if (next > LAST) throw dataError(`shop codes: all ${LAST - FIRST + 1} are given`)
      const code = withCheckDigit(String(next))
      keepCode(db, code, goods, at)
      return { code, isNew: true }
    })
    .immediate()
}

/** The goods that a shop code names; undefined where it is none, or none that was given. */
export function lookUpCode(db: Database, text: string): { partner: string; sku: string } | undefined {
  return isShopCode(text) ? goodsOfCode(db, text) : undefined
}

/** Why six digits name no goods, for those who typed a code. */
export function codeFault(text: string): string | null {
  if (!isShopCode(text)) return null
  return hasCheckDigit(text)
    ? 'no such product, and no shop code that was given'
    : 'no such product, and as a shop code its check digit is wrong: a digit is another one, or two are swapped'
}
