import { contenders, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

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

export const contestants: Record<string, Contestant> = Object.fromEntries(Object.entries(contenders).map(([name, contender]) => [name, serve(contender)]))

export const goals: Goal[] = [{ of: 'fastify-pt-status', beside: 'Fastify by hand', atMost: 1.1 }]
