import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import ptStatus from 'fastify-pt-status'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'What does a 304 through isNotModified() cost, beside the 200 that it replaces?'

const Organization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  address: Type.Object({ street: Type.String(), postalCode: Type.String(), city: Type.String() }),
  members: Type.Array(Type.Object({ name: Type.String(), email: Type.String() }))
})
const organization = {
  id: '8e0c2d64-1f3b-4c7d-8f20-6b5d9e7a4c02',
  name: 'Malli Rakennus Oy',
  address: { street: 'Hämeenkatu 12', postalCode: '33100', city: 'Tampere' },
  members: Array.from({ length: 10 }, (_, index) => ({ name: `Member ${index}`, email: `member${index}@example.com` }))
}
const schema = { response: { 200: Organization } }

const bare: Contestant['app'] = options => {
  const app = Fastify(options)
  app.get('/', { schema }, async () => organization)
  return app
}

const direct: Contestant['app'] = options => {
  const app = Fastify(options)
  app.get('/', (request, reply) => { reply.code(304).header('etag', '"1"').send() })
  return app
}

const plugin: Contestant['app'] = async options => {
  const app = Fastify(options)
  await app.register(ptStatus)
  app.get('/', { schema }, async (request, reply) => {
    if (reply.isNotModified({ etag: 1 })) return reply.notModified()
    return organization
  })
  return app
}

export const contestants: Record<string, Contestant> = {
  '200, Fastify': { app: bare, status: 200 },
  '200, fastify-pt-status': { app: plugin, status: 200 },
  '304 through isNotModified()': { app: plugin, request: { headers: { 'if-none-match': '"1"' } }, status: 304 },
  '304, direct': { app: direct, status: 304 }
}

export const goals: Goal[] = [{ of: '304 through isNotModified()', beside: '200, Fastify', atMost: 0.9 }]
