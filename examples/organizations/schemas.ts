import { Type } from '@fastify/type-provider-typebox'

const Id = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
// PostgreSQL's text has no NUL
const Text = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' })
const BusinessId = Type.String({ pattern: '^[0-9]{7}-[0-9]$', description: 'Finnish business id' })

export const Paging = Type.Object({
  page: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  pageSize: Type.Integer({ minimum: 1, maximum: 100 })
})

export const OrganizationPath = Type.Object({ id: Id })
export const ManagerPath = Type.Object({ id: Id, managerId: Id })

export const Address = Type.Object({
  street: Text,
  postalCode: Type.String({ pattern: '^[0-9A-Z -]{3,10}$' }),
  city: Text,
  country: Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' })
}, { additionalProperties: false })

/** What a client writes: all of it, in POST and in PUT alike. */
export const OrganizationDraft = Type.Object({
  name: Text,
  businessId: BusinessId,
  address: Address
}, { additionalProperties: false })

export const OrganizationSummary = Type.Object({
  id: Id,
  name: Text,
  businessId: BusinessId,
  version: Type.Integer({ minimum: 1, description: 'Goes up with each replace' }),
  createdAt: Instant,
  updatedAt: Instant
})

export const Organization = Type.Object({ ...OrganizationSummary.properties, address: Address })

export const OrganizationPage = Type.Object({
  page: Type.Integer(),
  pageSize: Type.Integer(),
  total: Type.Integer(),
  items: Type.Array(OrganizationSummary)
})

export const ManagerDraft = Type.Object({
  name: Text,
  email: Type.String({ format: 'email', maxLength: 254 })
}, { additionalProperties: false })

export const Manager = Type.Object({ id: Id, ...ManagerDraft.properties, createdAt: Instant })

export const Managers = Type.Object({ items: Type.Array(Manager) })

export const Health = Type.Object({ status: Type.String({ description: 'live or ready' }) })

export const RegistryEntry = Type.Object({ businessId: BusinessId, name: Text, registeredOn: Type.String({ format: 'date' }) })
