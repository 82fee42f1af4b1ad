import { Forbidden, Unauthorized } from '@common-sense/error-iq'
import createError from 'http-errors'
import type { FastifyInstance } from 'fastify'
import { bare, direct, errorIq, httpErrorsEnhanced, plugin, sensibles, type Contender } from './contenders.ts'
import type { Contestant, Goal } from './compare.ts'

export const question = 'What do a 401 and a 403 cost?'

/** Refuses in a hook, with a new error for each request. */
const refuse = (contender: Contender, errorOf: (app: FastifyInstance) => Error, status: number): Contestant => ({
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', { onRequest: async () => { throw errorOf(app) } }, async () => ({}))
    return app
  }
})

const thrown = (statusCode: number, message: string) => () => Object.assign(new Error(message), { statusCode })

export const contestants: Record<string, Contestant> = {
  '401, direct': { app: direct(401, 'Unauthorized', 'The credentials are missing or bad.', { 'www-authenticate': 'Bearer' }), status: 401 },
  '401, bare Fastify': refuse(bare, thrown(401, 'No credentials'), 401),
  '401, @fastify/sensible and others': refuse(sensibles, app => app.httpErrors.unauthorized('No credentials'), 401),
  '401, fastify-http-errors-enhanced': refuse(httpErrorsEnhanced, () => createError(401, 'No credentials'), 401),
  '401, @common-sense/error-iq': refuse(errorIq, () => new Unauthorized({ detail: 'No credentials' }), 401),
  '401, fastify-pt-status': {
    status: 401,
    app: async options => {
      const app = await plugin({ authenticate: () => undefined })(options)
      app.get('/', async () => ({}))
      return app
    }
  },
  '403, direct': { app: direct(403, 'Forbidden', 'The credentials do not allow this.'), status: 403 },
  '403, bare Fastify': refuse(bare, thrown(403, 'Not allowed'), 403),
  '403, @fastify/sensible and others': refuse(sensibles, app => app.httpErrors.forbidden('Not allowed'), 403),
  '403, fastify-http-errors-enhanced': refuse(httpErrorsEnhanced, () => createError(403, 'Not allowed'), 403),
  '403, @common-sense/error-iq': refuse(errorIq, () => new Forbidden({ detail: 'Not allowed' }), 403),
  '403, fastify-pt-status': {
    status: 403,
    app: async options => {
      const app = await plugin({ authenticate: () => ({ subject: 'a' }) })(options)
      app.get('/', { config: { access: { scopes: ['things:read'] } } }, async () => ({}))
      return app
    }
  }
}

export const goals: Goal[] = ['401', '403'].flatMap(code => [
  { of: `${code}, fastify-pt-status`, beside: `${code}, direct`, atMost: 1.25 },
  { of: `${code}, fastify-pt-status`, beside: `${code}, bare Fastify`, atMost: 0.55 }
])
