import { EventEmitter, once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import bearerAuth from '@fastify/bearer-auth'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import replyFrom from '@fastify/reply-from'
import sensible from '@fastify/sensible'
import staticFiles from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import underPressure from '@fastify/under-pressure'
import websocket from '@fastify/websocket'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus, { StatusError, type PtStatusOptions } from '../../lib/index.ts'
import { exchange, listen, parse, send, type Response } from '../wire.ts'

const problem = 'application/problem+json'

async function build (options: PtStatusOptions = {}) {
  const app = Fastify()
  await app.register(ptStatus, options)
  return app
}

/** The only credentials are `Authorization: Bearer yes`. */
const authenticate: PtStatusOptions['authenticate'] = async ({ headers }) => headers.authorization === 'Bearer yes' ? { subject: 'a' } : undefined

function codeOf ({ body }: Response): unknown {
  return JSON.parse(body).code
}

t.test('@fastify/sensible: what its helpers and assertions refuse is refused in the contract', async t => {
  const app = await build()
  await app.register(sensible)
  app.get('/helper', async (request, reply) => reply.notFound('No such pet.'))
  app.get('/thrown', async () => { throw app.httpErrors.conflict('There is one.') })
  app.get('/server', async () => { throw app.httpErrors.internalServerError('planted-secret') })
  app.get('/assert', async ({ query }) => {
    const assert: typeof app.assert = app.assert
    assert(query === undefined, 423, 'Locked by another.')
  })
  app.get('/to', async () => app.to(Promise.reject(new Error('planted-secret'))).then(([error]) => { throw error }))
  const origin = await listen(t, app)

  for (const [path, status, code, detail] of [
    ['/helper', 404, 'NOT_FOUND', 'No such pet.'],
    ['/thrown', 400, 'CONFLICT', 'There is one.'],
    ['/server', 500, 'INTERNAL_SERVER_ERROR', 'The server met an unexpected condition.'],
    ['/assert', 403, 'LOCKED', 'Locked by another.'],
    ['/to', 500, 'INTERNAL_SERVER_ERROR', 'The server met an unexpected condition.']
  ] as const) {
    const answer = await send(origin, 'GET', path)
    t.match(answer, { status, headers: { 'content-type': problem } }, path)
    t.match(JSON.parse(answer.body), { status, code, detail })
  }
})

for (const before of [true, false]) {
  t.test(`@fastify/rate-limit, registered ${before ? 'before' : 'after'}: too many requests are 503 with its Retry-After`, async t => {
    const app = Fastify()
    const limit = { max: 1, timeWindow: '7 seconds', ban: 1 }
    if (before) await app.register(rateLimit, limit)
    await app.register(ptStatus, { retryAfter: 99 })
    if (!before) await app.register(rateLimit, limit)
    app.get('/', async () => ({}))
    const origin = await listen(t, app)

    t.equal((await send(origin, 'GET', '/')).status, 200)
    const limited = await send(origin, 'GET', '/')
    t.match(limited, { status: 503, headers: { 'retry-after': '7', 'x-ratelimit-limit': '1', 'content-type': problem } })
    t.equal(codeOf(limited), 'TOO_MANY_REQUESTS')
    t.match(await send(origin, 'GET', '/'), { status: 403, headers: { 'content-type': problem } }, 'a ban')
  })
}

t.test('@fastify/rate-limit: 429 where the contract is open for it', async t => {
  const app = await build({ codes: [429] })
  await app.register(rateLimit, { max: 1, timeWindow: '7 seconds' })
  app.get('/', async () => ({}))
  app.get('/upstream', { config: { rateLimit: false } }, async () => { throw Object.assign(new Error('planted-secret'), { statusCode: 429 }) })
  const origin = await listen(t, app)

  t.equal((await send(origin, 'GET', '/')).status, 200)
  const limited = await send(origin, 'GET', '/')
  t.match(limited, { status: 429, headers: { 'retry-after': '7' } })
  t.match(JSON.parse(limited.body), { status: 429, title: 'Too Many Requests', code: 'TOO_MANY_REQUESTS' })
  t.equal((await send(origin, 'GET', '/upstream')).status, 500, "a client's 429 is no limit of ours")
})

t.test('@fastify/multipart: a body past its limits, or that is none, is 400', async t => {
  const app = await build()
  await app.register(multipart, { limits: { fileSize: 10, files: 1, fields: 1 } })
  app.post('/', async request => {
    for await (const part of request.parts()) if (part.type === 'file') await part.toBuffer()
    return {}
  })
  const origin = await listen(t, app)
  const part = (name: string, content: string, file = '') => `--x\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`
  const form = { 'content-type': 'multipart/form-data; boundary=x' }

  for (const [body, status, code] of [
    [`${part('a', 'b')}--x--\r\n`, 200, undefined],
    [`${part('a', 'b'.repeat(11), '; filename="a"')}--x--\r\n`, 400, 'CONTENT_TOO_LARGE'],
    [`${part('a', 'b', '; filename="a"')}${part('a', 'b', '; filename="a"')}--x--\r\n`, 400, 'CONTENT_TOO_LARGE'],
    [`${part('a', 'b')}${part('c', 'd')}--x--\r\n`, 400, 'CONTENT_TOO_LARGE'],
    [`${part('__proto__', 'b')}--x--\r\n`, 400, 'PROTO_VIOLATION']
  ] as const) {
    const answer = await send(origin, 'POST', '/', form, body)
    t.equal(answer.status, status)
    t.equal(codeOf(answer), code)
  }
  const json = await send(origin, 'POST', '/', { 'content-type': 'application/json' }, '{}')
  t.match([json.status, codeOf(json)], [400, 'NOT_ACCEPTABLE'])
  const text = await send(origin, 'POST', '/', { 'content-type': 'text/csv' }, 'a')
  t.match([text.status, codeOf(text)], [400, 'UNSUPPORTED_MEDIA_TYPE'])
})

t.test('@fastify/cors: a preflight is never 401, and a refusal has its header fields', async t => {
  const app = await build({ authenticate })
  await app.register(cors, { origin: 'https://a.example' })
  app.get('/closed', async () => ({}))
  const origin = await listen(t, app)
  const headers = { origin: 'https://a.example' }

  t.match(await send(origin, 'OPTIONS', '/closed', { ...headers, 'access-control-request-method': 'GET' }), { status: 204, headers: { 'access-control-allow-origin': 'https://a.example' } })
  t.match(await send(origin, 'GET', '/closed', headers), { status: 401, headers: { 'access-control-allow-origin': 'https://a.example', 'content-type': problem } })
  t.match(await send(origin, 'GET', '/closed', { ...headers, authorization: 'Bearer yes' }), { status: 200 })
  t.match(await send(origin, 'GET', '/unknown', headers), { status: 404, headers: { 'access-control-allow-origin': 'https://a.example' } })
})

t.test('@fastify/helmet: its header fields stay on every answer', async t => {
  const app = await build({ authenticate })
  await app.register(helmet)
  app.get('/', { config: { access: 'public' } }, async (request, reply) => reply.isNotModified({ etag: 'a' }) ? reply.notModified() : {})
  app.get('/thrown', { config: { access: 'public' } }, async () => { throw new Error('a') })
  app.get('/closed', async () => ({}))
  const origin = await listen(t, app)
  for (const [path, status] of [['/', 200], ['/', 304], ['/thrown', 500], ['/closed', 401], ['/unknown', 404]] as const) {
    const answer = await send(origin, 'GET', path, status === 304 ? { 'if-none-match': '"a"' } : {})
    t.match(answer, { status, headers: { 'x-content-type-options': 'nosniff', 'content-security-policy': String } }, `${path} ${status}`)
  }
})

t.test('@fastify/compress: a refusal is compressed like any other answer, and a body that it cannot read is 400', async t => {
  const app = await build()
  await app.register(compress, { threshold: 0, encodings: ['gzip'] })
  app.get('/', async (request, reply) => reply.isNotModified({ etag: 'a' }) ? reply.notModified() : { a: 'b' })
  app.get('/thrown', async () => { throw new Error('a') })
  app.post('/', async ({ body }) => body)
  const origin = await listen(t, app)

  for (const [path, status] of [['/', 200], ['/thrown', 500]] as const) {
    const response = await fetch(origin + path, { headers: { 'accept-encoding': 'gzip' } })
    t.match([response.status, response.headers.get('content-encoding')], [status, 'gzip'], path)
    t.match(await response.json(), status === 200 ? { a: 'b' } : { status })
  }
  const raw = await exchange(origin, 'GET /thrown HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n')
  t.match(JSON.parse(String(gunzipSync(Buffer.from(raw.slice(raw.indexOf('\r\n\r\n') + 4), 'latin1')))), { status: 500 })
  t.match(await send(origin, 'GET', '/', { 'if-none-match': '"a"', 'accept-encoding': 'gzip' }), { status: 304, body: '' })
  for (const [encoding, code] of [['br2', 'UNSUPPORTED_MEDIA_TYPE'], ['gzip', 'CP_ERR_INVALID_CONTENT']] as const) {
    const answer = await send(origin, 'POST', '/', { 'content-encoding': encoding, 'content-type': 'application/json' }, '{"a":1}')
    t.match([answer.status, codeOf(answer)], [400, code], encoding)
  }
})

t.test('@fastify/static: files are untouched, and what there is none of is refused in the contract', async t => {
  const root = await mkdtemp(join(tmpdir(), 'files-'))
  t.teardown(() => rm(root, { recursive: true }))
  await writeFile(join(root, 'a.txt'), '0123456789')
  await mkdir(join(root, 'folder'))
  const app = await build()
  await app.register(staticFiles, { root, redirect: true, schemaHide: true })
  const origin = await listen(t, app)

  const whole = await send(origin, 'GET', '/a.txt')
  t.match(whole, { status: 200, body: '0123456789' })
  t.match(await send(origin, 'GET', '/a.txt', { range: 'bytes=2-4' }), { status: 206, body: '234', headers: { 'content-range': 'bytes 2-4/10' } })
  t.match(await send(origin, 'GET', '/a.txt', { 'if-none-match': whole.headers['etag']! }), { status: 304, body: '' })
  t.match(await send(origin, 'GET', '/folder'), { status: 301, headers: { location: '/folder/' } })
  t.match(await send(origin, 'GET', '/none.txt'), { status: 404, headers: { 'content-type': problem } })
  t.match((await send(origin, 'GET', '/..%2f..%2fetc/passwd')).status, /403|404/)
  t.same(app.ptStatus.contract(), [], 'hidden routes are no part of the contract')
})

t.test('@fastify/swagger-ui: its page and document are untouched', async t => {
  const app = await build()
  await app.register(swagger)
  await app.register(swaggerUi, { routePrefix: '/docs' })
  app.get('/things', async () => ({}))
  const origin = await listen(t, app)
  for (const path of ['/docs', '/docs/static/index.html', '/docs/static/swagger-ui.css', '/docs/json', '/docs/yaml']) {
    t.match((await fetch(origin + path)).status, 200, path)
  }
  t.match((await fetch(`${origin}/docs/static/none`)).status, 404)
  t.ok(app.ptStatus.contract().every(({ url }) => url === '/things'), 'they are no part of the contract')
})

t.test('@fastify/under-pressure: its 503 is in the contract', async t => {
  const app = await build()
  let healthy = true
  const checks = new EventEmitter()
  await app.register(underPressure, { healthCheck: async () => { checks.emit('check'); return healthy }, healthCheckInterval: 10, retryAfter: 33 })
  app.get('/', async () => ({}))
  const origin = await listen(t, app)
  t.equal((await send(origin, 'GET', '/')).status, 200)
  healthy = false
  // At the second it has heard of the first
  for (let check = 0; check < 2; check++) await once(checks, 'check')
  const answer = await send(origin, 'GET', '/')
  t.match(answer, { status: 503, headers: { 'retry-after': '33', 'content-type': problem } })
  t.equal(codeOf(answer), 'UNDER_PRESSURE')
})

t.test('@fastify/jwt: its 401s gain the challenge', async t => {
  const app = await build({ challenge: 'Bearer realm="things"' })
  await app.register(jwt, { secret: 'x'.repeat(32) })
  app.get('/', { onRequest: request => request.jwtVerify() }, async () => ({}))
  const origin = await listen(t, app)
  const expired = app.jwt.sign({ a: 1, exp: 1 })
  const [head, payload] = app.jwt.sign({ a: 1 }).split('.')
  const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`
  for (const [authorization, status] of [
    [undefined, 401], ['Bearer a', 401], [`Bearer ${expired}`, 401], [`Bearer ${unsigned}`, 401], [`Bearer ${head}.${payload}.`, 401], ['Bearer a b', 400],
    [`Bearer ${app.jwt.sign({ a: 1 })}`, 200]
  ] as const) {
    const answer = await send(origin, 'GET', '/', authorization === undefined ? {} : { authorization })
    t.equal(answer.status, status, authorization ?? 'none')
    t.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer realm="things"' : undefined)
    if (status !== 200) t.match(answer.headers['content-type'], problem)
  }
})

t.test('@fastify/bearer-auth: its 401s gain the challenge', async t => {
  const app = await build()
  await app.register(bearerAuth, { keys: ['a-key'], addHook: false })
  app.get('/', { onRequest: app.verifyBearerAuth! }, async () => ({}))
  app.register(async scope => {
    await scope.register(bearerAuth, { keys: ['a-key'] })
    scope.get('/itself', async () => ({}))
  })
  const origin = await listen(t, app)
  for (const path of ['/', '/itself']) {
    for (const [headers, status] of [[{}, 401], [{ authorization: 'Bearer b' }, 401], [{ authorization: 'Bearer a-key' }, 200]] as const) {
      const answer = await send(origin, 'GET', path, headers)
      t.equal(answer.status, status, path)
      if (status === 401) t.match(answer.headers, { 'www-authenticate': /^Bearer/, 'content-type': problem }, path)
    }
  }
})

t.test('@fastify/reply-from: what another server answers is brought into the ten', async t => {
  const upstream = Fastify()
  // reply-from hands on what it says of its own connection, which would keep ours
  upstream.addHook('onRequest', async (request, reply) => { reply.header('connection', 'close') })
  upstream.get('/:status', async ({ params }, reply) => reply.code(Number((params as { status: string }).status)).header('x-upstream', 'a').send({ planted: 'secret' }))
  const gone = Fastify()
  const closed = await listen(t, gone)
  await gone.close()
  const base = await listen(t, upstream)
  const app = await build()
  await app.register(replyFrom, { base })
  const schema = { response: { 200: Type.Unknown() } }
  app.get('/:status', { schema }, (request, reply) => reply.from(request.url))
  app.get('/down', { schema }, (request, reply) => reply.from(`${closed}/`))
  const origin = await listen(t, app)

  for (const [path, status] of [['/200', 200], ['/404', 404], ['/409', 400], ['/429', 503], ['/500', 500], ['/502', 503], ['/201', 500], ['/302', 500]] as const) {
    const answer = await send(origin, 'GET', path)
    t.equal(answer.status, status, path)
    t.equal(answer.headers['content-type']?.split(';')[0], status === 200 ? 'application/json' : problem, path)
    if (status !== 200) t.notMatch(answer.body, 'secret')
  }
  t.match((await send(origin, 'GET', '/down')).status, /500|503/)
})

t.test('@fastify/reply-from: a body that it streams to another server takes nothing along', async t => {
  const upstream = Fastify()
  upstream.addHook('onRequest', async (request, reply) => { reply.header('connection', 'close') })
  upstream.addContentTypeParser('application/octet-stream', { parseAs: 'string' }, (request, body, done) => { done(null, body) })
  upstream.post('/', async ({ body }) => body)
  const app = await build()
  await app.register(replyFrom, { base: await listen(t, upstream) })
  app.addContentTypeParser('application/octet-stream', (request, payload, done) => { done(null, payload) })
  app.post('/', { schema: { response: { 200: Type.String() } } }, (request, reply) => reply.from('/'))
  const origin = await listen(t, app)

  const answer = await send(origin, 'POST', '/', { 'content-type': 'application/octet-stream' }, 'streamed')
  t.match(answer, { status: 200, body: 'streamed' })
})

t.test('the names that it adds clash with none of theirs, in either order', async t => {
  const others = [sensible, cors, helmet, compress, rateLimit, multipart, replyFrom, websocket, underPressure]
  for (const [first, last] of [[[ptStatus], others], [others, [ptStatus]]]) {
    const app = Fastify()
    for (const plugin of [...first!, ...last!]) await app.register(plugin as typeof ptStatus)
    await app.register(jwt, { secret: 'x'.repeat(32) })
    await app.register(swagger)
    app.get('/', async () => { throw new StatusError(409, 'There is one.') })
    const answer = parse(await exchange(await listen(t, app), 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))
    t.match([answer.status, codeOf(answer)], [400, 'CONFLICT'])
  }
})
