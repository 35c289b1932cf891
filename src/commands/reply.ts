import { nearest, usageError } from '../errors.ts'
import { BUILT_IN } from '../partners/index.ts'
import { findPartner } from '../partners/yaml.ts'
import { loadReplies, replyFacts, writeReply } from '../share/reply.ts'
import { readSuppliers, supplierOf } from '../share/supplier.ts'
import { openForReading } from '../store/open.ts'
import { orderNamed, ordersById, ordersLike } from '../store/orders.ts'
import { productByKey } from '../store/products.ts'
import { copyToClipboard } from './clipboard.ts'
import { defineCommand } from './command.ts'
import { flag, option, text } from './option.ts'

export const command = defineCommand({
  about:
    "Writes the answer to a buyer's question about an order: who ships, who does after-sales, whom to ask and where, and how the order stands. rules/suppliers.yaml says who stands behind the goods of each partner.",
  args: [['<order>', "the partner's order number, or partner:number"]],
  options: {
    about: option(
      '--about <question>',
      'status, shipping, return, invoice, price, quality or address, or one of your own in templates/reply',
      text,
      'status',
    ),
    copy: flag('--copy', 'put the answer on the clipboard too'),
  },
  examples: [
    'shoptool reply 9260908880044400000',
    'shoptool reply 9260908880044400000 --about shipping --copy',
    'shoptool reply pdd:260902-990000000023757 --about return --json',
  ],
  async run({ ctx, args: [given], options, workspace, print, global }) {
    const found = await workspace()
    const replies = await loadReplies(ctx.home, found.folder)
    const suppliers = readSuppliers(ctx.home, found.folder)
    const db = openForReading(found.database)
    const named = orderNamed(db, given)
    const orders = ordersById(db, named.partner, named.orderId)
    const ids = [...new Set(orders.map(({ partner }) => partner))]
    if (ids.length > 1)
      throw usageError(`${given}: several partners have it, name one of ${ids.map((id) => `${id}:${named.orderId}`).join(', ')}`)
    const [id] = ids
    if (id === undefined) {
      const like = ordersLike(db, named.orderId).filter(({ partner }) => partner === (named.partner ?? partner))
      const meant =
        nearest(
          named.orderId,
          like.map(({ orderId }) => orderId),
        ) ?? like.find(({ orderId }) => orderId.includes(named.orderId))?.orderId
      throw usageError(
        `${given}: no order of that number is on file; ${meant ? `did you mean ${meant}?` : 'read the newest orders with "shoptool sync", or see "shoptool orders list"'}`,
      )
    }
    const { name } = findPartner(id, found.partners, BUILT_IN, given)
    const lines = orders.map(({ title, quantity, status, sku }) => {
      const product = sku === null ? undefined : productByKey(db, id, sku)
      return { title: title ?? product?.title ?? null, quantity, status, shop: product?.shop ?? null }
    })
    const facts = replyFacts(named.orderId, lines, supplierOf(suppliers, { id, name }), suppliers.statuses)
    const reply = writeReply(replies, options.about, facts, '--about')
    if (global.json) {
      const { order, shop, stage, lines, ...supplier } = facts
      const questions = [...replies.keys()].sort()
      print.json('reply', { partner: id, orderId: order, about: options.about, questions, reply, stage, shop, lines, supplier })
    } else print.line(reply)
    if (options.copy) {
      await copyToClipboard(ctx, reply)
      print.note('On the clipboard.')
    }
    return 'done'
  },
})
