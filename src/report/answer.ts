import { monthOf } from '../day.ts'
import type { Partner } from '../partners/partner.ts'
import type { Database } from '../store/open.ts'
import { type Answer, figuresOf, type Question } from './figures.ts'
import { ALL_MONTHS, type Listener, tell, tellAsSettled } from './stories.ts'

/**
 * Figures of these partners, from one snapshot of the database. By pay day each month stands for itself, a closed one as it was closed; by
 * any other date an order is what all months made of it. `progress` hears what is read.
 * @throws ShoptoolError (usage) where a partner has no calendar.
 */
export function answer(db: Database, partners: readonly Partner[], question: Question, progress: Listener): Answer {
  const { basis, from, to } = question
  const figures = figuresOf(question)
  const { from: first, to: last } = ALL_MONTHS
  if (basis === 'paid') tellAsSettled(db, partners, { from: monthOf(from ?? first), to: monthOf(to ?? last) }, figures, progress)
  else tell(db, partners, ALL_MONTHS, figures, progress)
  return figures.answer()
}
