import { bare, errorIq, httpErrorsEnhanced, plugin, sensibles, type Contender } from './contenders.ts'
import type { Contestant, Goal } from './compare.ts'

export const question = 'What does the 404 of an unknown route cost?'

const serve = (contender: Contender): Contestant => ({
  request: { path: '/nowhere' },
  status: 404,
  app: async options => {
    const app = await contender(options)
    app.get('/', async () => ({}))
    return app
  }
})

export const contestants: Record<string, Contestant> = {
  'bare Fastify': serve(bare),
  '@fastify/sensible and others': serve(sensibles),
  'fastify-http-errors-enhanced': serve(httpErrorsEnhanced),
  '@common-sense/error-iq': serve(errorIq),
  'fastify-pt-status': serve(plugin())
}

export const goals: Goal[] = [{ of: 'fastify-pt-status', beside: 'bare Fastify', atMost: 1.1 }]
