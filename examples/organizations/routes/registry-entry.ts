import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { CompanyRegistry } from '../company-registry.ts'
import type { OrganizationStore } from '../organization-store.ts'
import { noOrganization, noRegistryEntry } from '../refusals.ts'
import { OrganizationPath, RegistryEntry } from '../schemas.ts'

interface Sources {
  organizations: OrganizationStore
  registry: CompanyRegistry
}

export const registryEntryRoutes: FastifyPluginAsyncTypebox<Sources> = async (app, { organizations, registry }) => {
  app.get('/:id/registry-entry', {
    config: { access: { scopes: ['organizations:read'] } },
    schema: {
      summary: 'Reads what the company registry knows of an organization',
      params: OrganizationPath,
      response: { 200: RegistryEntry }
    }
  }, async request => {
    const organization = await organizations.find(request.params.id)
    if (organization === undefined) throw noOrganization()
    const entry = await registry.find(organization.businessId)
    if (entry === undefined) throw noRegistryEntry()
    return entry
  })
}
