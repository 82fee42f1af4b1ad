import type { Static } from '@fastify/type-provider-typebox'
import type * as schemas from './schemas.ts'

/** What the schemas describe, for the code that isn't a route. */
export type Paging = Static<typeof schemas.Paging>
export type Organization = Static<typeof schemas.Organization>
export type OrganizationDraft = Static<typeof schemas.OrganizationDraft>
export type OrganizationPage = Static<typeof schemas.OrganizationPage>
export type Manager = Static<typeof schemas.Manager>
export type ManagerDraft = Static<typeof schemas.ManagerDraft>
export type RegistryEntry = Static<typeof schemas.RegistryEntry>
