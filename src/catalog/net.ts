import type { Day } from '../day.ts'
import { ShoptoolError } from '../errors.ts'
import type { Minor } from '../money.ts'
import { type Earning, expectedPayout, formula } from '../partners/fees.ts'
import { BUILT_IN } from '../partners/index.ts'
import type { Fee } from '../partners/partner.ts'
import { feesOf } from '../partners/terms.ts'
import { findPartner } from '../partners/yaml.ts'
import type { Product } from '../records.ts'

export type Sold = Pick<Product, 'currency' | 'finalPrice' | 'commission'> & { partner: string }

/** What one piece of goods earns after the fees of its partner, sold at the price with the coupon. */
export type Net = {
  /** In minor units of the product's currency; null where the commission or the partner's fees are not known. */
  of(product: Sold): Minor | null
  /** `4.66 commission − 0.47 技术服务费 (10 % of 4.66, half-up) = 4.19`; null where there is no net. */
  formula(product: Sold): string | null
}

/**
 * Nets by the fees that hold on `today`, of the built-in partners and those in the folder `partners`, and by `further` ones, of the shop that sells the goods.
 * `warn` is told once of each partner that cannot be read.
 */
export function netOfFees(partners: string, today: Day, warn: (message: string) => void, further: readonly Fee[] = []): Net {
  const known = new Map<string, readonly Fee[] | null>()
  const netFees = (partner: string) => {
    let fees = known.get(partner)
    if (fees === undefined) {
      try {
        fees = [...feesOf(findPartner(partner, partners, BUILT_IN, partner)), ...further]
      } catch (error) {
        if (!(error instanceof ShoptoolError)) throw error
        warn(`no net of ${partner}: ${error.message}`)
        fees = null
      }
      known.set(partner, fees)
    }
    return fees
  }
  const earn = <T>({ partner, commission, finalPrice }: Sold, tell: (earning: Earning, fees: readonly Fee[]) => T): T | null => {
    const fees = commission === null ? null : netFees(partner)
    return commission === null || fees === null ? null : tell({ commission, paidAmount: finalPrice, orderedAt: today }, fees)
  }
  return {
    of: (product) => earn(product, expectedPayout),
    formula: (product) => earn(product, (earning, fees) => formula({ ...earning, currency: product.currency }, fees)),
  }
}
