import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Principal } from 'fastify-pt-status'
import type { ManagerStore } from '../manager-store.ts'
import type { OrganizationStore } from '../organization-store.ts'
import { noOrganization } from '../refusals.ts'
import { Organization, OrganizationDraft, OrganizationPage, OrganizationPath, Paging } from '../schemas.ts'

interface Stores {
  organizations: OrganizationStore
  managers: ManagerStore
}

const read = { access: { scopes: ['organizations:read'] } }
const write = { access: { scopes: ['organizations:write'] } }

export const organizationRoutes: FastifyPluginAsyncTypebox<Stores> = async (app, { organizations, managers }) => {
  app.get('', {
    config: read,
    schema: { summary: 'Lists organizations, a page at a time', querystring: Paging, response: { 200: OrganizationPage } }
  }, async request => await organizations.list(request.query))

  app.post('', {
    config: write,
    schema: { summary: 'Creates an organization', body: OrganizationDraft, response: { 201: Organization } }
  }, async (request, reply) => {
    const organization = await organizations.create(request.body)
    return reply.created(`${app.prefix}/${organization.id}`, organization)
  })

  app.get('/:id', {
    config: read,
    schema: { summary: 'Reads an organization', params: OrganizationPath, response: { 200: Organization, 304: Type.Null() } }
  }, async (request, reply) => {
    const organization = await organizations.find(request.params.id)
    if (organization === undefined) throw noOrganization()
    const etag = `"${organization.version}"`
    reply.header('ETag', etag)
    if (request.headers['if-none-match'] === etag) return reply.notModified()
    return organization
  })

  /** In the guideline's order: the organization exists, then who may replace it. */
  const replaceable = async ({ params: { id } }: FastifyRequest<{ Params: { id: string } }>, principal: Principal) => {
    if (!await organizations.exists(id)) throw noOrganization()
    return principal.scopes?.includes('organizations:write') === true ||
      await managers.manages(id, principal.email ?? '')
  }

  app.put('/:id', {
    config: { access: replaceable },
    schema: {
      summary: 'Replaces an organization: for its managers and for those who may write',
      params: OrganizationPath,
      body: OrganizationDraft,
      response: { 200: Organization }
    }
  }, async request => {
    const organization = await organizations.replace(request.params.id, request.body)
    if (organization === undefined) throw noOrganization()
    return organization
  })

  app.delete('/:id', {
    config: write,
    schema: { summary: 'Deletes an organization and its managers', params: OrganizationPath, response: { 204: Type.Null() } }
  }, async (request, reply) => {
    if (!await organizations.remove(request.params.id)) throw noOrganization()
    return reply.noContent()
  })
}
