import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Principal } from 'fastify-pt-status'
import type { ManagerStore } from '../manager-store.ts'
import type { OrganizationState, OrganizationStore } from '../organization-store.ts'
import { noOrganization } from '../refusals.ts'
import { Organization, OrganizationDraft, OrganizationPage, OrganizationPath, Paging } from '../schemas.ts'

interface Stores {
  organizations: OrganizationStore
  managers: ManagerStore
}

const validatorsOf = ({ version, updatedAt }: OrganizationState) => ({ etag: version, lastModified: updatedAt })

const read = { access: { scopes: ['organizations:read'] } }
const write = { access: { scopes: ['organizations:write'] } }

export const organizationRoutes: FastifyPluginAsyncTypebox<Stores> = async (app, { organizations, managers }) => {
  /** Writes to the state that the client expects by `If-Match`, if it expects one; else to whichever it finds. */
  const inKnownState = async <T>(id: string, reply: FastifyReply, write: (version: number) => Promise<T | undefined>): Promise<T> => {
    const state = await organizations.state(id)
    if (state === undefined) throw noOrganization()
    reply.isNotModified(validatorsOf(state))
    // Where another write came between, its state is evaluated anew
    return await write(state.version) ?? await inKnownState(id, reply, write)
  }

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
    schema: { summary: 'Reads an organization', params: OrganizationPath, response: { 200: Organization } }
  }, async (request, reply) => {
    const { id } = request.params
    const state = await organizations.state(id)
    if (state === undefined) throw noOrganization()
    // Before anything is loaded
    if (reply.isNotModified(validatorsOf(state))) return reply.notModified()
    const organization = await organizations.find(id)
    if (organization === undefined) throw noOrganization()
    reply.isNotModified(validatorsOf(organization))
    return organization
  })

  /** In the guideline's order: the organization exists, then who may replace it. */
  const replaceable = async (request: FastifyRequest<{ Params: { id: string } }>, principal: Principal) => {
    const { id } = request.params
    // The request isn't validated yet, and the id may be a text that the database refuses
    if (!request.validateInput(request.params, 'params')) throw noOrganization()
    if (await organizations.state(id) === undefined) throw noOrganization()
    const { scopes, claims } = principal
    if (scopes?.includes('organizations:write') === true) return true
    // An address that the issuer hasn't verified may be anybody's
    const { email, email_verified: isVerified } = claims ?? {}
    return isVerified === true && typeof email === 'string' && await managers.manages(id, email)
  }

  app.put('/:id', {
    config: { access: replaceable },
    schema: {
      summary: 'Replaces an organization: for its managers and for those who may write',
      params: OrganizationPath,
      body: OrganizationDraft,
      response: { 200: Organization }
    }
  }, async (request, reply) => {
    const { params: { id }, body } = request
    return await inKnownState(id, reply, async version => await organizations.replace(id, version, body))
  })

  app.delete('/:id', {
    config: write,
    schema: { summary: 'Deletes an organization and its managers', params: OrganizationPath, response: { 204: Type.Null() } }
  }, async (request, reply) => {
    const { id } = request.params
    await inKnownState(id, reply, async version => await organizations.remove(id, version) || undefined)
    return reply.noContent()
  })
}
