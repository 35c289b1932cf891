import type { Search } from '../../src/catalog/find.ts'

/** The search that filters nothing. */
export const EVERYTHING: Search = {
  ...{ text: '', partners: [], sources: [], status: 'live', score: null, category: null, currency: 'CNY' },
  ...{ minCommission: null, minRate: null, minSales: null, price: { from: null, to: null }, coupon: false },
  ...{ sort: 'commission', ascending: false, limit: 100, after: null },
}
