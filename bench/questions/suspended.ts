import { direct, plugin } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

// While it closes, each connection has one answer alone: the same hook gives it
export const question = 'What does a 503 cost while the service is suspended?'

export const contestants: Record<string, Contestant> = {
  direct: { app: direct(503, 'Suspended', 'The service is suspended.', { 'retry-after': '30' }), status: 503 },
  'fastify-pt-status': {
    status: 503,
    app: async options => {
      const app = await plugin()(options)
      app.get('/', async () => ({}))
      app.ptStatus.suspend()
      return app
    }
  }
}

export const goals: Goal[] = [{ of: 'fastify-pt-status', beside: 'direct', atMost: 1.2 }]
