import { createError } from '@fastify/error'
import Fastify, { errorCodes } from 'fastify'
import t from 'tap'
import { attribute, dependencyUnavailable, isFastifyError, unexpected } from '../../lib/refusal/attribution.ts'
import ptStatus, { badRequest, notFound, StatusError, type RefusalStatus } from '../../lib/index.ts'
import { fold } from '../../lib/contract/folding.ts'
import { listen, send } from '../wire.ts'

/** An error as http-errors and @fastify/sensible make it. */
function httpError (statusCode: number, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { statusCode, status: statusCode, expose: statusCode < 500, ...more })
}

/** An error as @fastify/error makes it. */
function fastifyError (code: string, statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { name: 'FastifyError', code, statusCode })
}

t.test('a StatusError is what it says', async t => {
  class Own extends StatusError {}
  for (const error of [notFound(), badRequest('a'), new Own(503, 'b'), Object.freeze(notFound())]) t.equal(attribute(error), error)
})

t.test('a StatusError that was given another status is a 500', async t => {
  for (const status of [200, 204, 304, 418, 429, 502, 0, NaN, '404', null, undefined]) {
    t.equal(attribute(Object.assign(notFound('A secret.'), { status })), unexpected, String(status))
  }
  t.equal(attribute(Object.assign(notFound(), { statusCode: 200 })).status, 404, 'statusCode is for Fastify')
})

t.test("each 4xx of Fastify's own errors is told, folded into the ten", async t => {
  for (const [name, Constructor] of Object.entries(errorCodes)) {
    const error = new Constructor('a', 'b', 'c')
    const { status, code, message, cause } = attribute(error)
    t.equal(status, fold(error.statusCode).status, name)
    if (status === 500) {
      t.equal(code, 'INTERNAL_SERVER_ERROR')
      t.equal(message, unexpected.message, 'a 5xx tells nothing of the error')
      continue
    }
    t.equal(cause, error, 'it is kept for the log')
    t.match(code, /^[A-Z_]+$/)
    t.equal(message, status < 500 ? error.message : 'The service is unavailable for now.')
  }
})

t.test("the name of Fastify's error is the code, or of the status that was folded", async t => {
  const cases: readonly [error: Error, status: RefusalStatus, code: string][] = [
    [new errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY(), 400, 'EMPTY_JSON_BODY'],
    [new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY(), 400, 'INVALID_JSON_BODY'],
    [new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(), 400, 'UNSUPPORTED_MEDIA_TYPE'],
    [new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE(), 400, 'CONTENT_TOO_LARGE'],
    [new errorCodes.FST_ERR_NOT_FOUND(), 404, 'NOT_FOUND'],
    [new errorCodes.FST_ERR_HANDLER_TIMEOUT(100, '/a'), 503, 'HANDLER_TIMEOUT'],
    [fastifyError('FST_JWT_AUTHORIZATION_TOKEN_EXPIRED', 401, 'Expired'), 401, 'JWT_AUTHORIZATION_TOKEN_EXPIRED'],
    [fastifyError('FST_UNDER_PRESSURE', 503, 'A secret.'), 503, 'UNDER_PRESSURE'],
    [fastifyError('FST_TOO_MANY', 429, 'Slower.'), 503, 'TOO_MANY_REQUESTS'],
    [createError('FAST_JWT_MISSING_SIGNATURE', 'Unsigned', 401)(), 401, 'FAST_JWT_MISSING_SIGNATURE']
  ]
  for (const [error, status, code] of cases) t.match(attribute(error), { status, code }, code)
})

t.test('an http-error that is exposed is told', async t => {
  t.match(attribute(httpError(404, 'No such pet.')), { status: 404, code: 'NOT_FOUND', message: 'No such pet.', headers: {} })
  t.match(attribute(httpError(409, 'There is one.')), { status: 400, code: 'CONFLICT', message: 'There is one.' })
  t.match(attribute(httpError(405, 'No.', { headers: { allow: 'GET' } })), { status: 404, code: 'METHOD_NOT_ALLOWED', headers: { allow: 'GET' } })
  t.match(attribute(httpError(429, 'Slower.', { headers: { 'retry-after': '9' } })), { status: 503, code: 'TOO_MANY_REQUESTS', headers: { 'retry-after': '9' } })
  t.match(attribute(httpError(503, 'A secret.', { expose: true })), { status: 503, message: 'The service is unavailable for now.' })
  t.equal(attribute(httpError(404, 'a', { headers: null })).status, 404)
})

t.test('an http-error that is not exposed is a 500', async t => {
  for (const more of [{ expose: false }, { expose: 'true' }, { expose: 1 }, { expose: undefined }]) t.equal(attribute(httpError(404, 'A secret.', more)), unexpected)
  t.equal(attribute(httpError(500, 'A secret.', { expose: true })), unexpected)
  for (const statusCode of [200, 304, 99, 600, NaN, '404', null, undefined]) {
    t.equal(attribute(httpError(404, 'A secret.', { statusCode })), unexpected, String(statusCode))
  }
})

t.test("a stray status on any other error is somebody else's answer", async t => {
  for (const more of [
    { statusCode: 404 }, { status: 404 }, { statusCode: 401, headers: { 'www-authenticate': 'Basic' } }, { response: { status: 404 } },
    { code: 'FST_ERR_NOT_FOUND', statusCode: 404 }, { name: 'FastifyError', statusCode: 404 }, { name: 'FastifyError', code: 404, statusCode: 404 },
    { name: 'FastifyError', code: 'NOT_FST', statusCode: 404 }, { name: 'NotFastifyError', code: 'FST_A', statusCode: 404 }
  ]) t.equal(attribute(Object.assign(new Error('A secret.'), more)), unexpected, JSON.stringify(more))
})

t.test('an error that says that a dependency is unavailable is a 503, whatever else it says', async t => {
  const cause = new DOMException('A secret.', 'TimeoutError')
  for (const error of [
    cause, new Error('A secret.', { cause }), Object.assign(new Error('A secret.', { cause }), { statusCode: 404, expose: false }),
    httpError(500, 'A secret.', { cause }), Object.assign(fastifyError('FST_REPLY_FROM_INTERNAL', 500, 'A secret.'), { cause })
  ]) t.equal(attribute(error), dependencyUnavailable)
  t.equal(attribute(httpError(404, 'No such pet.', { cause })).status, 404, 'what is meant for the client stays')
  t.equal(attribute(badRequest('a', { cause })).status, 400)
})

t.test('what is no error is a 500', async t => {
  for (const thrown of [null, undefined, 404, '404', Symbol('a'), () => notFound(), [], { ...notFound() }, { name: 'FastifyError', code: 'FST_ERR_NOT_FOUND', statusCode: 404 }]) {
    t.equal(attribute(thrown), unexpected, String(thrown))
  }
})

t.test("only Fastify's errors are taken for them", async t => {
  t.ok(isFastifyError(new errorCodes.FST_ERR_NOT_FOUND()))
  for (const thrown of [new Error('a'), notFound(), null, undefined, 'FST_ERR_NOT_FOUND', { name: 'FastifyError', code: 'FST_ERR_NOT_FOUND' }]) {
    t.notOk(isFastifyError(thrown), String(thrown))
  }
})

t.test('on the wire, an http-error is refused with its header fields, and the answer of another server is not passed on', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/limited', async () => { throw httpError(429, 'Slower.', { headers: { 'Retry-After': 9, 'X-RateLimit-Limit': '10' } }) })
  app.get('/method', async () => { throw httpError(405, 'Only POST.', { headers: { allow: 'POST' } }) })
  app.get('/client', async () => fetch(`${origin}/method`).then(async response => { throw Object.assign(new Error(await response.text()), { status: response.status }) }))
  const origin = await listen(t, app)

  const limited = await send(origin, 'GET', '/limited')
  t.match([limited.status, limited.headers['retry-after'], limited.headers['x-ratelimit-limit']], [503, '9', '10'])
  t.match(JSON.parse(limited.body), { status: 503, code: 'TOO_MANY_REQUESTS' })
  const method = await send(origin, 'GET', '/method')
  t.match([method.status, method.headers['allow']], [404, 'POST'])
  t.match(JSON.parse(method.body), { code: 'METHOD_NOT_ALLOWED', detail: 'Only POST.' })
  const client = await send(origin, 'GET', '/client')
  t.equal(client.status, 500)
  t.notMatch(client.body, 'Only POST')
})

t.test('a plain error is a limit of ours where the reply says already when to come again', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get<{ Params: { status: string } }>('/:status', async ({ params }, reply) => {
    reply.header('retry-after', '9')
    throw Object.assign(new Error('A secret.'), { statusCode: Number(params.status) })
  })
  app.get('/bare', async (request, reply) => {
    reply.header('x-ratelimit-limit', 9)
    throw Object.assign(new Error('A secret.'), { statusCode: 429 })
  })
  app.get('/upstream', async () => { throw Object.assign(new Error('A secret.'), { statusCode: 429 }) })
  const origin = await listen(t, app)
  for (const [path, status, code] of [['/429', 503, 'TOO_MANY_REQUESTS'], ['/bare', 503, 'TOO_MANY_REQUESTS'], ['/403', 403, 'FORBIDDEN'], ['/404', 500, 'INTERNAL_SERVER_ERROR'], ['/upstream', 500, 'INTERNAL_SERVER_ERROR']] as const) {
    const answer = await send(origin, 'GET', path)
    t.equal(answer.status, status, path)
    t.equal(JSON.parse(answer.body).code, code)
    t.notMatch(answer.body, 'secret')
    if (status === 503) t.equal(answer.headers['retry-after'], path === '/bare' ? '30' : '9')
  }
})
