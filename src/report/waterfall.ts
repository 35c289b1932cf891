import type { Minor } from '../money.ts'
import type { Figures } from './figures.ts'

/** Of what was estimated, how it came to what was received: levels, and the steps between them. */
export const STEPS = [
  'estimated',
  'fees',
  'refunded',
  'open',
  'due',
  'missing',
  'short',
  'over',
  'shifted',
  'other',
  'received',
] as const
export type StepName = (typeof STEPS)[number]

/** Minor units. `amount`: the level itself or, of a step, what it adds or (negative) takes. `level`: where that leads to. */
export type Step = { step: StepName; isLevel: boolean; amount: Minor; level: Minor }

/**
 * Figures as a waterfall, each step a sum of what `figuresOf` counted: what was lost is told apart into `missing`, for which nothing was
 * paid, and `short`. Exactly: estimated and all steps up to `due` add up to it, and with those behind it to `received`.
 */
export function waterfallOf({
  estimated,
  fees,
  refunded,
  open,
  due,
  lost,
  short,
  over,
  shifted,
  other,
  received,
}: Figures): Step[] {
  const levels = { estimated, due, received }
  const steps = {
    ...{ fees: -fees, refunded: -refunded, open: -open },
    ...{ missing: short - lost, short: -short, over, shifted, other },
  }
  let level = 0
  return STEPS.map((step): Step => {
    if (step in levels) {
      level = levels[step as keyof typeof levels]
      return { step, isLevel: true, amount: level, level }
    }
    // + 0: zero has no sign here
    const amount = steps[step as keyof typeof steps] + 0
    level += amount
    return { step, isLevel: false, amount, level }
  })
}
