import { Type } from '@sinclair/typebox'
import { bare, plugin, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'Does the cost of a request stay flat with the number of routes?'

const schema = { params: Type.Object({ id: Type.String() }), response: { 200: Type.Object({ name: Type.String() }) } }

const serve = (contender: Contender, routes: number): Contestant => ({
  request: { path: `/things-${Math.floor(routes / 2)}/1` },
  status: 200,
  app: async options => {
    const app = await contender(options)
    for (let index = 0; index < routes; index++) app.get(`/things-${index}/:id`, { schema }, async () => ({ name: 'A' }))
    return app
  }
})

const sizes = [10, 100, 1000, 10_000]

export const contestants: Record<string, Contestant> = Object.fromEntries([
  ...sizes.map(size => [`${size} routes, fastify-pt-status`, serve(plugin({ etag: false }), size)]),
  ...[10, 1000, 10_000].map(size => [`${size} routes, Fastify`, serve(bare, size)])
])

export const goals: Goal[] = sizes.slice(1).map(size => ({ of: `${size} routes, fastify-pt-status`, beside: '10 routes, fastify-pt-status', atMost: 1.1 }))
