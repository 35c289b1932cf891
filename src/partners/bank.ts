import type { Feed } from '../feeds/feed.ts'
import { always, amount, day, none, oneOf, text } from '../feeds/field.ts'
import type { Receipt } from '../records.ts'
import { EXPORT_DAYS } from './_top.ts'
import type { Partner } from './partner.ts'

// What wallets and banks export of an account. Rows stand between titles and totals, mostly in GBK. Alipay's and WeChat's columns are
// known from many readers of these files; no two banks agree, and no document tells their columns: the names in use (unverified).

/** The id of the partner that stands for any bank whose export no YAML describes. */
export const BANK = 'bank'

const optional = { optional: true } as const
/** What stands in several columns is one text. */
const TOGETHER = { ...optional, firstFilled: true, join: ' ' } as const
const DAYS = [...EXPORT_DAYS, 'yyyy-MM-dd HH:mm', 'yyyyMMdd HH:mm:ss', 'yyyy年MM月dd日', 'yyyy.MM.dd', 'iso']
const wayOf = oneOf(
  ['收/支', '收支类型', '收支标志', '借贷标志', '借贷标记', '借贷方向', 'Direction', 'Dr/Cr', 'CR/DR'],
  {
    ...{ 收入: 'in', 收: 'in', 贷: 'in', 转入: 'in', 来账: 'in', C: 'in', CR: 'in', Credit: 'in', in: 'in' },
    ...{ 支出: 'out', 支: 'out', 借: 'out', 转出: 'out', 往账: 'out', D: 'out', DR: 'out', Debit: 'out', out: 'out' },
    // moved within the account, or from one of the owner's accounts to another
    ...{ '/': 'out', 不计收支: 'out', 中性交易: 'out', 其他: 'out' },
  },
  optional,
)
/** What never became money: Alipay's and WeChat's words. */
const NOT_DONE = ['交易关闭', '已关闭', '等待付款', '等待买家付款', '等待对方发货', '失败', '已退款', '已全额退款', '对方已退还']

/** Of a column for what came in: below zero a receipt was taken back there (冲正), which is no money that went out. */
const CAME_IN = always('in')

/** An export as CSV and as a workbook. Its header is the first row that has the column of `headerWith`. */
function exported(
  headerWith: string | readonly string[],
  feed: Omit<Feed<Receipt>, 'format'>,
  skip: Record<string, readonly string[]> = {},
): Feed<Receipt>[] {
  return [
    { format: { type: 'csv', headerWith, skip }, ...feed },
    { format: { type: 'sheet', headerWith, skip, encoding: 'binary' }, ...feed },
  ]
}
const nothingIn = (columns: readonly string[]) =>
  Object.fromEntries(columns.map((column) => [column, ['', '0', '0.00', '-', '--']]))

const CREDITS = [
  '贷方发生额',
  '贷方金额',
  '贷方发生额(收入)',
  '收入金额',
  '收入',
  '存入金额',
  '存入',
  '转入金额',
  '入账金额',
  '到账金额',
  '收款金额',
  '贷方',
  'Credit',
  'Credit Amount',
  'Paid In',
  'Money In',
  'Deposit',
  'Deposits',
]
const AMOUNTS = ['交易金额', '金额', '发生额', '金额(元)', 'Amount']
const DATES = [
  '交易日期',
  '交易时间',
  '记账日期',
  '记账日',
  '入账日期',
  '入账时间',
  '到账日期',
  '到账时间',
  '日期',
  '时间',
  'Date',
  'Transaction Date',
  'Booking Date',
  'Posting Date',
  'Value Date',
]
const PAYERS = [
  '对方户名',
  '对方名称',
  '对方账户名称',
  '对方账户名',
  '交易对方',
  '对方单位',
  '对方',
  '付款人',
  '付款人名称',
  '付款方',
  '付款方名称',
  '收(付)方名称',
  'Payer',
  'Counterparty',
  'Name',
  'Sender',
]
const OF_BANK = {
  receivedOn: day(DATES, DAYS),
  currency: text(['币种', '交易币种', '货币', 'Currency'], optional),
  payer: text(PAYERS, optional),
  remark: text(
    ['摘要', '交易摘要', '附言', '用途', '交易备注', '备注', '说明', 'Remark', 'Description', 'Details', 'Memo'],
    TOGETHER,
  ),
  reference: text(['交易流水号', '流水号', '核心流水号', '交易参考号', 'Reference', 'Transaction ID'], optional),
}

/** Alipay, WeChat and banks. */
export const bank: Partner = {
  id: BANK,
  name: 'Alipay, WeChat, banks',
  currency: 'CNY',
  timezone: 'Asia/Shanghai',
  feeds: {
    receipts: [
      // 支付宝账务明细, of a merchant's account
      ...exported(
        '账务流水号',
        {
          fields: {
            receivedOn: day(['发生时间', '入账时间'], DAYS),
            currency: none,
            amount: amount(['收入金额(+元)', '收入金额', '收入(+元)'], 'yuan'),
            direction: CAME_IN,
            payer: text(['对方名称', '对方账户', '对方账号'], TOGETHER),
            remark: text(['业务类型', '商品名称', '备注'], TOGETHER),
            reference: text('账务流水号'),
          },
        },
        nothingIn(['收入金额(+元)', '收入金额', '收入(+元)']),
      ),
      // 支付宝交易记录明细查询, of the web; 资金状态 says what became of the money
      ...exported(
        '资金状态',
        {
          fields: {
            receivedOn: day('交易创建时间', DAYS),
            currency: none,
            amount: amount('金额(元)', 'yuan'),
            direction: oneOf(
              '资金状态',
              { 已收入: 'in', 已支出: 'out', 资金转移: 'out', 冻结: 'out', 解冻: 'out', 待收入: 'out', 待支出: 'out' },
              optional,
            ),
            payer: text('交易对方', optional),
            remark: text(['类型', '商品名称', '备注'], TOGETHER),
            reference: text('交易号'),
          },
        },
        { 交易状态: NOT_DONE, 资金状态: [''] },
      ),
      // 支付宝交易明细 and 微信支付账单, of the apps
      ...exported(
        '收/支',
        {
          fields: {
            receivedOn: day(['交易时间', '交易创建时间'], DAYS),
            currency: none,
            amount: amount(['金额(元)', '金额'], 'yuan'),
            direction: wayOf,
            payer: text(['交易对方', '对方账号'], TOGETHER),
            remark: text(['交易分类', '交易类型', '商品说明', '商品', '备注'], TOGETHER),
            reference: text(['交易订单号', '交易单号', '交易号'], optional),
          },
        },
        { 交易状态: NOT_DONE, 当前状态: NOT_DONE, '收/支': [''] },
      ),
      // a bank with a column for what came in
      ...exported(
        CREDITS,
        {
          total: { kind: 'amount', from: ['合计', '总计', '本页合计', 'Total'], optional: true, unit: 'major', decimal: '.' },
          fields: { ...OF_BANK, amount: amount(CREDITS, 'major'), direction: CAME_IN },
        },
        nothingIn(CREDITS),
      ),
      // a bank with one column, signed or with another that says which way
      ...exported(AMOUNTS, { fields: { ...OF_BANK, amount: amount(AMOUNTS, 'major'), direction: wayOf } }),
    ],
  },
  calendar: null,
  fees: [],
  tolerance: 0,
}
