import { Type } from '@sinclair/typebox'
import { contenders, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'What does a 400 for a missing parameter cost?'

const schema = {
  querystring: Type.Object({ page: Type.Integer(), size: Type.Optional(Type.Integer()) }),
  headers: Type.Object({ 'x-tenant': Type.Optional(Type.String()) })
}

const serve = (contender: Contender, status: number): Contestant => ({
  request: { path: '/?size=1' },
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', { schema }, async () => ({}))
    return app
  }
})

export const contestants: Record<string, Contestant> = Object.fromEntries(Object.entries(contenders).map(([name, contender]) =>
  [name, serve(contender, name === '@common-sense/error-iq' ? 500 : 400)]))

export const goals: Goal[] = [{ of: 'fastify-pt-status', beside: 'Fastify by hand', atMost: 0.65 }]
