// What people call the columns, by the field of the record that they mean: for `map`. A name is compared without case, blanks, brackets and
// punctuation; the first names are the plainest.
import type { OrderStatus, PayoutKind, RecordKind } from '../records.ts'
import type { CANONICAL } from './canonical.ts'

type Names = { readonly [K in RecordKind]: { readonly [F in keyof (typeof CANONICAL)[K]]?: string } }

const CURRENCY = '币种 货币 currency currencycode'
const SKU =
  '商品id 商品编号 货号 商品编码 商品代码 宝贝id 宝贝编号 sku skuid goodsid goodssign itemid productid itemno articleno numiid merchantproductid'
const TITLE =
  '商品名称 商品标题 名称 标题 品名 商品 宝贝名称 宝贝标题 全称 全名 title name goodsname productname itemname itemtitle goodstitle skuname'
const ORDER = '订单号 订单编号 订单id 父订单号 主订单号 orderid ordernumber orderno ordersn ordercode orderref order 交易号'
const LINE = '子订单号 子订单编号 子单号 行号 明细号 lineid orderlineid orderlinenumber tradeid suborderid'

export const HEADERS: Names = {
  products: {
    sku: `${SKU} id asin`,
    title: TITLE,
    brand: '品牌 品牌名称 brand brandname vendor manufacturer',
    category:
      '类目 分类 品类 类别 叶子类目 类目名称 商品类目 一级类目 category categoryname producttype categorypath googleproductcategory',
    shop: '店铺 店铺名称 店铺名 店名 店家 卖家 商家 商家名称 shop shopname shoptitle mallname merchant merchantname seller store',
    currency: CURRENCY,
    price:
      '价格 商品价格 售价 单价 原价 现价 销售价 一口价 price goodsprice listprice originalprice mingroupprice searchprice itemprice',
    couponAmount: '券额 优惠券面额 优惠券金额 券面额 优惠金额 优惠券 couponamount coupondiscount couponmoney coupon couponprice',
    couponThreshold: '使用门槛 券门槛 满减门槛 couponthreshold couponstartfee couponminorderamount couponconditions',
    couponFrom: '优惠券开始时间 券开始时间 券开始 couponstarttime couponfrom',
    couponUntil: '优惠券结束时间 券结束时间 券结束 券有效期 couponendtime couponuntil',
    finalPrice: '券后价 到手价 活动到手价 折后价 最终价 实付价 finalprice saleprice actualprice itemendprice specialprice',
    commissionRate:
      '佣金比例 佣金率 佣金比率 收入比率 返佣比例 返佣比率 返佣率 提成比例 commissionrate promotionrate tkrates cosratio commissionpercent rate',
    commission: '佣金 佣金金额 预估佣金 预计佣金 预计收入 推广收入 返佣 提成 commission commissionamount tkmoney cosfee',
    sales:
      '月销量 销量 商品月销量 30天销量 近30天销量 已售 已售件数 销售量 售出 月销 sales volume sold salestip monthsales itemsale orderscount',
    imageUrl:
      '主图 商品主图 宝贝图 图片 图片链接 图片地址 主图链接 image imageurl imagelink picture pic picturl mainpic itempic thumbnail photo',
    url: '链接 商品链接 商品页 详情页 详情页链接 商品详情页链接地址 网址 url producturl itemurl detailurl page pageurl',
    link: '推广链接 淘宝客链接 推广短链接 短链接 分享链接 联盟链接 deeplink awdeeplink trackingurl affiliateurl clickurl promotionurl link',
    code: '淘口令 口令 tpwd',
  },
  orders: {
    orderId: ORDER,
    lineId: LINE,
    sku: SKU,
    title: TITLE,
    quantity: '数量 商品数量 件数 quantity qty count itemnum',
    currency: CURRENCY,
    paidAmount:
      '付款金额 支付金额 实付金额 订单金额 计佣金额 成交金额 saleamount orderamount amountpaid paidamount payamount sales amount total',
    commissionRate: '佣金比例 佣金率 佣金比率 收入比率 commissionrate promotionrate rate',
    commission: '预估佣金 佣金 佣金金额 预估收入 付款预估收入 结算佣金 commission commissionamount promotionamount earnings',
    status: '订单状态 状态 status orderstatus state',
    orderedAt:
      '下单时间 创建时间 订单创建时间 下单日期 订单时间 ordertime orderedat orderdate createdat createtime transactiondate date',
    paidAt: '付款时间 支付时间 paytime paidat paymenttime',
    receivedAt: '收货时间 确认收货时间 完成时间 receivedat receivetime finishtime',
    verifiedAt: '审核时间 审核通过时间 verifiedat verifytime validationdate approvedat lockdate',
    settledAt: '结算时间 结算日期 settledat settletime settlementtime',
    dueAt: '预估结算时间 预计结算时间 paymonth expectedpaymentdate',
    modifiedAt: '更新时间 修改时间 最后更新时间 modifiedat updatedat updatetime modifytime lastmodified',
    serviceFee: '技术服务费 平台服务费 服务费金额 servicefee',
    subsidy: '补贴金额 补贴 subsidy',
    refundAmount: '退款金额 退货金额 refundamount refund refunded',
    subId: '自定义参数 子渠道 子渠道id statparam customparameters customizeinfo',
    trackingId: '推广位 推广位id 推广位名称 渠道 渠道id pid trackingid subid clickref positionid',
  },
  payouts: {
    statementId: '结算单号 账单号 账单编号 批次号 statementid paymentid invoiceid statement',
    orderId: ORDER,
    lineId: LINE,
    sku: SKU,
    title: TITLE,
    currency: CURRENCY,
    amount: '打款金额 到账金额 结算金额 实发金额 实际佣金 金额 佣金 amount payout payoutamount paymentamount commission',
    kind: '类型 收支类型 业务类型 费用类型 kind type',
    paidAt: '打款日期 到账日期 打款时间 到账时间 结算日期 支付日期 paidat paymentdate payoutdate paiddate date',
  },
  receipts: {
    receivedOn: '交易日期 交易时间 记账日期 入账日期 入账时间 发生时间 bookingdate valuedate transactiondate date',
    currency: CURRENCY,
    amount: '贷方发生额 贷方金额 收入金额 存入金额 收入 存入 交易金额 发生额 金额 credit creditamount paidin moneyin amount',
    direction: '收支 收付 借贷标志 收支标志 收支类型 direction',
    payer: '对方户名 对方名称 交易对方 付款方 付款人 对方账户名称 payer counterparty partyname sender',
    remark: '摘要 附言 备注 用途 交易摘要 description remark memo details',
    reference: '交易流水号 流水号 账务流水号 交易单号 交易订单号 交易号 凭证号 reference transactionid',
  },
  refunds: {
    orderId: ORDER,
    lineId: LINE,
    refundId: '维权编号 维权单号 退款编号 退款单号 售后单号 refundid aftersalesn',
    sku: SKU,
    currency: CURRENCY,
    refundAmount: '维权退款金额 维权金额 退款金额 refundfee refundamount',
    commission: '应退佣金 退还佣金 扣回佣金 commissionrefund returnedcommission',
    status: '维权状态 退款状态 售后状态 refundstatus aftersalestatus',
    refundedAt: '维权时间 维权创建时间 维权完成时间 退款时间 退款完成时间 refundtime refundedat',
    modifiedAt: '更新时间 修改时间 modifiedat updatedat',
  },
}

/** Words for where an order stands. What a network calls approved may mean more or less elsewhere: to be looked at. */
export const STATUS_WORDS: Readonly<Record<OrderStatus, string>> = {
  paid: '已付款 付款 订单付款 待发货 已发货 待收货 paid pending open new shipped',
  received: '已收货 确认收货 订单成功 已完成 交易成功 received completed finished delivered',
  verified: '已审核 审核通过 待结算 verified approved confirmed locked',
  settled: '已结算 订单结算 结算 settled closed paidout',
  refunded: '已退款 退款 已退货 维权成功 refunded returned reversed',
  invalid: '已失效 失效 订单失效 无效 已取消 取消 已关闭 交易关闭 invalid cancelled canceled declined rejected void voided',
}

export const KIND_WORDS: Readonly<Record<PayoutKind, string>> = {
  commission: '佣金 推广佣金 结算 commission sale payout',
  clawback: '退款扣回 维权扣回 扣回 退款 clawback refund reversal chargeback',
  bonus: '奖励 活动奖励 bonus placement tenancy',
  fee: '技术服务费 服务费 手续费 fee charge',
  tax: '税 代扣税 个人所得税 tax vat',
  rounding: '尾差 rounding',
}

/** What a row of a statement that holds its total begins with. */
export const TOTAL_WORDS = ['合计', '总计', 'Total', 'Grand Total']
