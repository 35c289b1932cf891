// What several international networks share. A file of data for each partner stands beside this one.

export const optional = { optional: true } as const

/**
 * Networks compute commission to 4 or 6 decimals. It is rounded row by row, half away from zero, so that a sale and the row that takes it
 * back come to 0; what they pay is rounded once, which may differ by a cent on many rows.
 */
export const rounded = { rounding: 'half-up' } as const

/** Days in payment files, as far as they are known: networks change them without notice. */
export const NETWORK_DAYS = [
  'yyyy-MM-dd',
  "yyyy-MM-dd'T'HH:mm:ss",
  'yyyy-MM-dd HH:mm:ss',
  'iso',
  'd MMM yyyy',
  'd-MMM-yyyy HH:mm',
  'd-MMM-yyyy',
  'MMM d, yyyy',
] as const

/** Lines of payments, of which those without an order number belong to none. No network documents all of its words. */
export const NETWORK_PAYOUT_WORDS = {
  commission: 'commission',
  sale: 'commission',
  lead: 'commission',
  adjustment: 'commission',
  reversal: 'clawback',
  bonus: 'bonus',
  'placement fee': 'bonus',
  fee: 'fee',
  'payment fee': 'fee',
  // Below zero until later commission has made up for it.
  'carried forward': 'fee',
  vat: 'tax',
  tax: 'tax',
  rounding: 'rounding',
} as const
