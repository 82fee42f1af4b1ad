import { Type } from '@sinclair/typebox'
import { bare, errorIq, httpErrorsEnhanced, plugin, sensibles, type Contender } from './contenders.ts'
import type { Contestant, Goal } from './compare.ts'

export const question = 'What does a 400 for a missing parameter cost?'

const schema = {
  querystring: Type.Object({ page: Type.Integer(), size: Type.Optional(Type.Integer()) }),
  headers: Type.Object({ 'x-tenant': Type.Optional(Type.String()) })
}

const serve = (contender: Contender, status = 400): Contestant => ({
  request: { path: '/?size=1' },
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', { schema }, async () => ({}))
    return app
  }
})

export const contestants: Record<string, Contestant> = {
  'bare Fastify': serve(bare),
  '@fastify/sensible and others': serve(sensibles),
  'fastify-http-errors-enhanced': serve(httpErrorsEnhanced),
  // It answers 500
  '@common-sense/error-iq': serve(errorIq, 500),
  'fastify-pt-status': serve(plugin())
}

export const goals: Goal[] = [{ of: 'fastify-pt-status', beside: 'bare Fastify', atMost: 0.65 }]
