import { registerFastifyHandler } from '@common-sense/error-iq/fastify'
import etag from '@fastify/etag'
import sensible from '@fastify/sensible'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import enhanced from 'fastify-http-errors-enhanced'
import ptStatus, { type PtStatusOptions } from 'fastify-pt-status'

/** Makes an app with its plugins, without routes. */
export type Contender = (options: FastifyServerOptions) => Promise<FastifyInstance>

export const bare: Contender = async options => Fastify(options)

export const sensibles: Contender = async options => {
  const app = Fastify(options)
  await app.register(sensible)
  await app.register(etag)
  await app.register(underPressure)
  return app
}

export const httpErrorsEnhanced: Contender = async options => {
  const app = Fastify(options)
  await app.register(enhanced as never, { hideUnhandledErrors: true } as never)
  return app
}

export const errorIq: Contender = async options => {
  const app = Fastify(options)
  registerFastifyHandler(app as never)
  return app
}

export const plugin = (own: PtStatusOptions = {}): Contender => async options => {
  const app = Fastify(options)
  await app.register(ptStatus, own)
  return app
}

/** A ready-made problem, of the size that the plugin sends. */
export function readyMade (status: number, title: string, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title, status, code: title.toUpperCase().replace(' ', '_'), detail, instance: '/', requestId: 'req-abcd' })
}

/** The limit of what can be reached: Fastify that sends a ready-made string, without any error. */
export const direct = (status: number, title: string, detail: string, headers: Record<string, string> = {}) => async (options: FastifyServerOptions) => {
  const app = Fastify(options)
  const body = readyMade(status, title, detail)
  app.get('/', (request, reply) => { reply.code(status).headers(headers).header('cache-control', 'no-store').type('application/problem+json').send(body) })
  return app
}
