import etag from '@fastify/etag'
import { Type } from '@sinclair/typebox'
import { bare, plugin, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'What does an automatic entity tag cost?'

const Thing = Type.Object({ id: Type.String(), name: Type.String(), notes: Type.Array(Type.String()) })
const thing = { id: '1', name: 'A thing', notes: Array.from({ length: 20 }, (_, index) => `Note ${index} of the thing`) }

const serve = (contender: Contender): Contestant => ({
  status: 200,
  app: async options => {
    const app = await contender(options)
    app.get('/', { schema: { response: { 200: Thing } } }, async () => thing)
    return app
  }
})

export const contestants: Record<string, Contestant> = {
  'Fastify, no tag': serve(bare),
  '@fastify/etag': serve(async options => {
    const app = await bare(options)
    await app.register(etag)
    return app
  }),
  'fastify-pt-status': serve(plugin())
}

export const goals: Goal[] = [
  { of: 'fastify-pt-status', beside: 'Fastify, no tag', atMost: 1.15 },
  { of: 'fastify-pt-status', beside: '@fastify/etag', atMost: 1 }
]
