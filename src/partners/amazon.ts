import { always, amount, count, day, instant, none, oneOf, text } from '../feeds/field.ts'
import { NETWORK_DAYS, NETWORK_PAYOUT_WORDS, optional, rounded } from './_networks.ts'
import type { Partner } from './partner.ts'

/** Reports may begin with a title, so that the header is known by a column. Headers, titles and dates are in the account's language. */
const TRACKING = ['Tracking ID', 'ID de seguimiento']
const SHIPPED = ['Date Shipped', 'Fecha de envío']
const DAYS = ['yyyy-MM-dd', "d 'de' MMMM 'de' yyyy", 'MMMM d, yyyy', 'M/d/yyyy'] as const
const SUMS = ['Total', 'Totales']

/** Without a number of their own, rows are known by their figures: two alike are two sales. */
const entries = { of: 'rows' } as const
const nothing = {
  paidAt: none,
  receivedAt: none,
  settledAt: none,
  modifiedAt: none,
  refundAmount: none,
  serviceFee: none,
  subsidy: none,
  commissionRate: none,
} as const
/** What counts on the day of shipping. */
const shipped = {
  ...nothing,
  status: always('verified'),
  rawStatus: none,
  orderedAt: instant(SHIPPED, DAYS),
  verifiedAt: instant(SHIPPED, DAYS),
  trackingId: text(TRACKING),
  subId: none,
  transactionId: none,
  dueAt: none,
} as const

/**
 * Amazon Associates: report files. They name no orders: what was sold under a tracking id is its order, a day's sales of one article a
 * line, so that a month is settled by tracking id. A return is a row with negative amounts, often in a later month, and stays there: that
 * month's payment is less by it.
 */
export const amazon: Partner = {
  id: 'amazon',
  name: 'Amazon Associates',
  currency: 'USD',
  timezone: 'America/Los_Angeles',
  payer: ['Amazon'],
  feeds: {
    orders: [
      // Fee-Earnings
      {
        format: { type: 'csv', headerWith: 'ASIN', skip: { Category: SUMS, Categoría: SUMS } },
        entries,
        fields: {
          orderId: text(TRACKING),
          lineId: text(['ASIN', ...SHIPPED], { join: '/' }),
          sku: text('ASIN'),
          title: text(['Name', 'Nombre'], optional),
          quantity: count(['Items Shipped', 'Artículos enviados'], optional),
          currency: none,
          paidAmount: amount(['Revenue($)', 'Revenue', 'Ingresos', 'Ingresos($)'], 'major', rounded),
          commission: amount(['Ad Fees($)', 'Ad Fees', 'Comisiones', 'Comisiones($)'], 'major', rounded),
          ...shipped,
        },
      },
      // Fee-Orders state what was ordered and no fee. They are kept at 0 and never due: what is shipped comes with Fee-Earnings.
      {
        format: { type: 'csv', headerWith: 'ASIN', skip: { Category: SUMS, Categoría: SUMS } },
        entries,
        fields: {
          orderId: text(['Tag', ...TRACKING]),
          lineId: text(['ASIN', 'Date', 'Fecha', 'Link Type', 'Tipo de enlace'], { join: '/' }),
          sku: text('ASIN'),
          title: text(['Name', 'Nombre'], optional),
          quantity: count(['Qty', 'Cantidad'], optional),
          currency: none,
          paidAmount: amount(['Price($)', 'Price', 'Precio'], 'major', rounded),
          commission: always(0),
          status: always('paid'),
          rawStatus: none,
          orderedAt: instant(['Date', 'Fecha'], DAYS),
          verifiedAt: none,
          trackingId: text(['Tag', ...TRACKING]),
          subId: none,
          transactionId: none,
          dueAt: none,
          ...nothing,
        },
      },
      // Bounty
      {
        format: { type: 'csv', headerWith: TRACKING, skip: { Name: SUMS, Nombre: SUMS } },
        entries,
        fields: {
          orderId: text(TRACKING),
          lineId: text(['Name', 'Nombre', ...SHIPPED], { join: '/' }),
          sku: none,
          title: text(['Name', 'Nombre']),
          quantity: count(['Quantity', 'Cantidad'], optional),
          currency: none,
          // A sum for each event, whatever is bought.
          paidAmount: always(0),
          commission: amount(['Ad Fees($)', 'Ad Fees', 'Comisiones'], 'major', rounded),
          ...shipped,
        },
      },
    ],
    // Amazon shows payments on a page; these are the columns to write them down in, a line for each tracking id.
    payouts: {
      format: { type: 'csv', headerWith: TRACKING, skip: { 'Tracking ID': SUMS } },
      fields: {
        statementId: text('Payment ID', optional),
        orderId: text(TRACKING, optional),
        lineId: none,
        sku: none,
        title: none,
        currency: text('Currency', optional),
        amount: amount('Amount', 'major', rounded),
        kind: oneOf('Type', NETWORK_PAYOUT_WORDS, optional),
        paidAt: day(['Payment Date', 'Date'], NETWORK_DAYS, optional),
        transactionId: none,
        originalId: none,
      },
    },
  },
  // Sub-tags (ascsubtag) come back in no report: channels are told apart by tracking ids of their own.
  links: {
    hosts: [
      ...['amazon.com', 'amazon.ca', 'amazon.com.mx', 'amazon.co.uk', 'amazon.de', 'amazon.fr', 'amazon.es', 'amazon.it'],
      ...['amazon.nl', 'amazon.se', 'amazon.pl', 'amazon.co.jp', 'amazon.in', 'amazon.com.au', 'amazon.sg'],
    ],
    hidden: ['amzn.to'],
    trackingId: { query: ['tag'] },
  },
  calendar: { basis: 'verifiedAt', closes: 'last', pays: 'last', lag: 2 },
  fees: [],
  tolerance: 0,
  grounds: {
    calendar: { confidence: 'documented', source: 'Associates help: about 60 days after the end of the month' },
    fees: { confidence: 'documented', source: 'report: Ad Fees are the associate’s own' },
  },
}
