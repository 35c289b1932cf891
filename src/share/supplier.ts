import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { ORDER_STATUSES, type OrderStatus } from '../records.ts'
import { parseYaml, readYaml } from '../yaml.ts'

/** Who stands behind goods, in a buyer's words; templates/rules/suppliers.yaml says what each is for. */
export type Supplier = Record<'platform' | 'ships' | 'aftersales' | 'orders' | 'service', string> & { presale: string | null }

/** All that suppliers.yaml says. */
export type Suppliers = {
  byPartner: ReadonlyMap<string, Partial<Supplier>>
  fallback: Partial<Supplier>
  statuses: Readonly<Record<OrderStatus, string>>
}

const FILE = 'rules/suppliers.yaml'
const text = z.optional(z.string().check(z.minLength(1, 'is empty, expected a text')))
const supplier = z.strictObject({ platform: text, ships: text, aftersales: text, orders: text, service: text, presale: text })
const schema = z.strictObject({
  default: z.optional(supplier),
  partners: z.optional(z.record(z.string(), supplier)),
  statuses: z.optional(z.partialRecord(z.enum(ORDER_STATUSES), z.string())),
})

/**
 * The suppliers that come with the tool, word by word replaced by those in rules/suppliers.yaml of the workspace.
 * @throws usageError with file, line and what was expected.
 */
export function readSuppliers(home: string, workspaceFolder: string): Suppliers {
  const byPartner = new Map<string, Partial<Supplier>>()
  let fallback: Partial<Supplier> = {}
  const statuses: Partial<Record<OrderStatus, string>> = {}
  for (const path of [join(home, 'templates', FILE), join(workspaceFolder, FILE)].filter(existsSync)) {
    const file = parseYaml(FILE, readFileSync(path, 'utf8'))
    const given = readYaml(file, schema)
    fallback = { ...fallback, ...(given.default as Partial<Supplier>) }
    for (const [id, words] of Object.entries(given.partners ?? {}))
      byPartner.set(id, { ...byPartner.get(id), ...(words as Partial<Supplier>) })
    Object.assign(statuses, given.statuses)
  }
  return { byPartner, fallback, statuses: statuses as Suppliers['statuses'] }
}

/** Who stands behind a partner's goods; `platform` is the partner's own name where the file has none. */
export function supplierOf({ byPartner, fallback }: Suppliers, partner: { id: string; name: string }): Supplier {
  return { platform: partner.name, presale: null, ...fallback, ...byPartner.get(partner.id) } as Supplier
}
