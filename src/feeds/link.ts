import { dataError } from '../errors.ts'
import type { Account, LinkApi, LinkGoods, Links, SubId } from './api.ts'
import type { Caller } from './call.ts'

/** Against steps that never end; no partner asks for more than three. */
const STEPS = 20

/**
 * Asks a partner for links to goods in the operator's name, as the partner's pages are asked for.
 * @throws ShoptoolError naming partner and sku: (temporary), (usage) as `fetchApi`; (data) where no link comes of it.
 */
export async function askForLinks<Step>(
  api: LinkApi<Step>,
  goods: LinkGoods,
  account: Account,
  partner: string,
  caller: Caller,
  sub?: SubId,
): Promise<Links> {
  const refuse = caller.refusal(`${partner}, link to ${goods.sku}`)
  const links: Links = { link: null, shortLink: null, code: null, miniProgram: null, picture: null }
  let step: Step | null = api.first(goods, account, sub)
  for (let steps = 0; step !== null; steps++) {
    if (steps === STEPS) throw refuse(dataError, `no end after ${STEPS} steps`)
    const answer: { links: Partial<Links>; next: Step | null } = await caller.call(api, step, refuse)
    Object.assign(links, answer.links)
    step = answer.next
  }
  if (Object.values(links).every((one) => one === null)) throw refuse(dataError, 'the answer holds no link')
  return links
}
