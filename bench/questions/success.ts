import { Type } from '@sinclair/typebox'
import { bare, plugin, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'What do a 200 without a tag, a 201 and a 204 cost?'

const Thing = Type.Object({ id: Type.String(), name: Type.String(), size: Type.Number() })
const thing = { id: '1', name: 'A thing', size: 1 }

const plainly: Contestant['app'] = async options => {
  const app = await bare(options)
  app.get('/', { schema: { response: { 200: Thing } } }, async () => thing)
  app.post('/', { schema: { response: { 201: Thing } } }, async (request, reply) => reply.code(201).header('location', '/1').send(thing))
  app.delete('/', { schema: { response: { 204: Type.Null() } } }, async (request, reply) => reply.code(204).send())
  return app
}

const helped = (contender: Contender): Contestant['app'] => async options => {
  const app = await contender(options)
  app.get('/', { schema: { response: { 200: Thing } } }, async () => thing)
  app.post('/', { schema: { response: { 201: Thing } } }, async (request, reply) => reply.created('/1', thing))
  app.delete('/', { schema: { response: { 204: Type.Null() } } }, async (request, reply) => reply.noContent())
  return app
}

const methods = { 200: 'GET', 201: 'POST', 204: 'DELETE' } as const

export const contestants: Record<string, Contestant> = {}
export const goals: Goal[] = []
for (const [code, method] of Object.entries(methods)) {
  const [of, beside] = [`${code}, fastify-pt-status`, `${code}, Fastify`]
  contestants[beside] = { app: plainly, request: { method }, status: Number(code) }
  contestants[of] = { app: helped(plugin({ etag: false })), request: { method }, status: Number(code) }
  goals.push({ of, beside, atMost: 1.05 })
}
