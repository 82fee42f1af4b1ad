import { Type, type FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ManagerStore } from '../manager-store.ts'
import type { OrganizationStore } from '../organization-store.ts'
import { noManager, noOrganization } from '../refusals.ts'
import { Manager, ManagerDraft, ManagerPath, Managers, OrganizationPath } from '../schemas.ts'

interface Stores {
  organizations: OrganizationStore
  managers: ManagerStore
}

const read = { access: { scopes: ['organizations:read'] } }
const write = { access: { scopes: ['organizations:write'] } }

export const managerRoutes: FastifyPluginAsyncTypebox<Stores> = async (app, { organizations, managers }) => {
  app.get('/:id/managers', {
    config: read,
    schema: { summary: "Lists an organization's managers", params: OrganizationPath, response: { 200: Managers } }
  }, async request => {
    const { id } = request.params
    if (await organizations.state(id) === undefined) throw noOrganization()
    return { items: await managers.list(id) }
  })

  app.post('/:id/managers', {
    config: write,
    schema: { summary: 'Adds a manager', params: OrganizationPath, body: ManagerDraft, response: { 201: Manager } }
  }, async (request, reply) => {
    const { id } = request.params
    const manager = await managers.add(id, request.body)
    if (manager === undefined) throw noOrganization()
    return reply.created(`${app.prefix}/${id}/managers/${manager.id}`, manager)
  })

  app.delete('/:id/managers/:managerId', {
    config: write,
    schema: { summary: 'Removes a manager', params: ManagerPath, response: { 204: Type.Null() } }
  }, async (request, reply) => {
    const { id, managerId } = request.params
    if (await managers.remove(id, managerId)) return reply.noContent()
    throw await organizations.state(id) === undefined ? noOrganization() : noManager()
  })
}
