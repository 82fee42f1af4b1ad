import { notFound, serviceUnavailable } from 'fastify-pt-status'
import { contenders, direct, errors, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'
import type { FastifyInstance } from 'fastify'

export const question = 'What do a 404 and a 503 cost that a handler throws?'

const refuse = (contender: Contender, errorOf: (app: FastifyInstance) => Error, status: number): Contestant => ({
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', async () => { throw errorOf(app) })
    return app
  }
})

const answers = [
  { status: 404, title: 'Not Found', detail: 'No thing 1.', fields: {}, own: notFound },
  { status: 503, title: 'Service Unavailable', detail: 'The registry is away.', fields: { 'retry-after': '30' }, own: serviceUnavailable }
] as const

export const contestants: Record<string, Contestant> = {}
export const goals: Goal[] = []
for (const { status, title, detail, fields, own } of answers) {
  contestants[`${status}, direct`] = { app: direct(status, title, detail, fields), status }
  for (const [name, errorOf] of Object.entries(errors)) {
    contestants[`${status}, ${name}`] = refuse(contenders[name as keyof typeof contenders], app => errorOf(app, status, detail), status)
  }
  const of = `${status}, fastify-pt-status`
  contestants[of] = refuse(contenders['fastify-pt-status'], () => own(detail), status)
  goals.push({ of, beside: `${status}, direct`, atMost: 1.5 }, { of, beside: `${status}, Fastify by hand`, atMost: 0.65 })
}
