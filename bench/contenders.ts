import { STATUS_CODES } from 'node:http'
import { Forbidden, NotFound, ServiceUnavailable, Unauthorized } from '@common-sense/error-iq'
import { registerFastifyHandler } from '@common-sense/error-iq/fastify'
import etag from '@fastify/etag'
import sensible from '@fastify/sensible'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import enhanced from 'fastify-http-errors-enhanced'
import ptStatus, { type PtStatusOptions } from 'fastify-pt-status'
import createError from 'http-errors'

/** Makes an app with its plugins, without routes. */
export type Contender = (options: FastifyServerOptions) => Promise<FastifyInstance>

/** Fastify with its own bodies, smaller than all others' here. */
export const bare: Contender = async options => Fastify(options)

/** What one writes without any plugin to give the same answers. */
const byHand: Contender = async options => {
  const app = Fastify(options)
  const problemOf = (request: FastifyRequest, status: number, detail: string) => ({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    code: STATUS_CODES[status]!.toUpperCase().replaceAll(' ', '_'),
    detail,
    instance: request.url.split('?')[0],
    requestId: request.id
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.code === 'ECONNREFUSED' ? 503 : error.statusCode ?? 500
    request.log[status < 500 ? 'info' : 'error']({ err: error }, error.message)
    if (status === 401) reply.header('www-authenticate', 'Bearer')
    if (status === 503) reply.header('retry-after', '30')
    const errors = error.validation?.map(({ instancePath, keyword, params, message }) => ({
      in: error.validationContext,
      pointer: keyword === 'required' ? `${instancePath}/${String(params['missingProperty'])}` : instancePath,
      code: keyword,
      detail: message
    }))
    const detail = status < 500 ? error.message : 'The server cannot answer.'
    reply.code(status).header('cache-control', 'no-store').type('application/problem+json')
      .send({ ...problemOf(request, status, detail), ...(errors !== undefined && { errors }) })
  })
  app.setNotFoundHandler((request, reply) => {
    reply.code(404).header('cache-control', 'no-store').type('application/problem+json').send(problemOf(request, 404, 'There is no such route.'))
  })
  return app
}

const sensibles: Contender = async options => {
  const app = Fastify(options)
  await app.register(sensible)
  await app.register(etag)
  await app.register(underPressure)
  return app
}

const httpErrorsEnhanced: Contender = async options => {
  const app = Fastify(options)
  await app.register(enhanced as never, { hideUnhandledErrors: true } as never)
  return app
}

const errorIq: Contender = async options => {
  const app = Fastify(options)
  registerFastifyHandler(app as never)
  return app
}

export const plugin = (own: PtStatusOptions = {}): Contender => async options => {
  const app = Fastify(options)
  await app.register(ptStatus, own)
  return app
}

/** All that are compared, by name. */
export const contenders = {
  'Fastify by hand': byHand,
  'Fastify as it comes': bare,
  '@fastify/sensible and others': sensibles,
  'fastify-http-errors-enhanced': httpErrorsEnhanced,
  '@common-sense/error-iq': errorIq,
  'fastify-pt-status': plugin()
}

const classes = { 401: Unauthorized, 403: Forbidden, 404: NotFound, 503: ServiceUnavailable }

type ErrorOf = (app: FastifyInstance, status: keyof typeof classes, message: string) => Error

const plain: ErrorOf = (_app, statusCode, message) => Object.assign(new Error(message), { statusCode })

/** How an error of a status is made for each but this plugin, anew for each request. */
export const errors: Readonly<Record<string, ErrorOf>> = {
  'Fastify by hand': plain,
  'Fastify as it comes': plain,
  '@fastify/sensible and others': (app, status, message) => app.httpErrors.createError(status, message),
  'fastify-http-errors-enhanced': (_app, status, message) => createError(status, message),
  '@common-sense/error-iq': (_app, status, detail) => new classes[status]({ detail })
}

/** A ready-made problem, of the size that the plugin sends. */
function readyMade (status: number, title: string, detail: string): string {
  return JSON.stringify({ type: 'about:blank', title, status, code: title.toUpperCase().replace(' ', '_'), detail, instance: '/', requestId: 'req-abcd' })
}

/** The limit of what can be reached: Fastify that sends a ready-made string, without any error. */
export const direct = (status: number, title: string, detail: string, headers: Record<string, string> = {}): Contender => async options => {
  const app = Fastify(options)
  const body = readyMade(status, title, detail)
  app.get('/', (request, reply) => { reply.code(status).headers(headers).header('cache-control', 'no-store').type('application/problem+json').send(body) })
  return app
}
