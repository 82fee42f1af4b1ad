import { NotFound, ServiceUnavailable } from '@common-sense/error-iq'
import createError from 'http-errors'
import type { FastifyInstance } from 'fastify'
import { notFound, serviceUnavailable } from 'fastify-pt-status'
import { bare, direct, errorIq, httpErrorsEnhanced, plugin, sensibles, type Contender } from './contenders.ts'
import type { Contestant, Goal } from './compare.ts'

export const question = 'What do a 404 and a 503 cost that a handler throws?'

const refuse = (contender: Contender, errorOf: (app: FastifyInstance) => Error, status: number): Contestant => ({
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', async () => { throw errorOf(app) })
    return app
  }
})

const thrown = (statusCode: number, message: string) => () => Object.assign(new Error(message), { statusCode })

export const contestants: Record<string, Contestant> = {
  '404, direct': { app: direct(404, 'Not Found', 'No thing 1.'), status: 404 },
  '404, bare Fastify': refuse(bare, thrown(404, 'No thing 1.'), 404),
  '404, @fastify/sensible and others': refuse(sensibles, app => app.httpErrors.notFound('No thing 1.'), 404),
  '404, fastify-http-errors-enhanced': refuse(httpErrorsEnhanced, () => createError(404, 'No thing 1.'), 404),
  '404, @common-sense/error-iq': refuse(errorIq, () => new NotFound({ detail: 'No thing 1.' }), 404),
  '404, fastify-pt-status': refuse(plugin(), () => notFound('No thing 1.'), 404),
  '503, direct': { app: direct(503, 'Service Unavailable', 'The registry is away.', { 'retry-after': '30' }), status: 503 },
  '503, bare Fastify': refuse(bare, thrown(503, 'The registry is away.'), 503),
  '503, @fastify/sensible and others': refuse(sensibles, app => app.httpErrors.serviceUnavailable('The registry is away.'), 503),
  '503, fastify-http-errors-enhanced': refuse(httpErrorsEnhanced, () => createError(503, 'The registry is away.'), 503),
  '503, @common-sense/error-iq': refuse(errorIq, () => new ServiceUnavailable({ detail: 'The registry is away.' }), 503),
  '503, fastify-pt-status': refuse(plugin(), () => serviceUnavailable('The registry is away.'), 503)
}

export const goals: Goal[] = ['404', '503'].flatMap(code => [
  { of: `${code}, fastify-pt-status`, beside: `${code}, direct`, atMost: 1.5 },
  { of: `${code}, fastify-pt-status`, beside: `${code}, bare Fastify`, atMost: 0.65 }
])
