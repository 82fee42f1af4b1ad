import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import t from 'tap'
import ptStatus, { badRequest, forbidden, internalServerError, notFound, serviceUnavailable, unauthorized } from '../../lib/index.ts'
import { exchange, listen, parse, send } from '../wire.ts'

/** design.md, Errors leave nothing behind; each set for a success that didn't come. */
const dropped = {
  'content-encoding': 'br',
  'content-language': 'fi',
  'content-location': '/reports/1',
  'content-range': 'bytes 0-9/100',
  'content-disposition': 'attachment; filename="a.csv"',
  'content-digest': 'sha-256=:AAAA:',
  'repr-digest': 'sha-256=:AAAA:',
  'accept-ranges': 'bytes',
  trailer: 'x-checksum',
  etag: '"1"',
  'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  'cache-control': 'public, max-age=3600',
  'cdn-cache-control': 'max-age=3600',
  expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
  location: '/reports/1'
}

/** Set for every answer, by CORS, rate limits, tracing, cookies and security. */
const kept = {
  'access-control-allow-origin': 'https://example.com',
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'X-RateLimit-Remaining',
  vary: 'Origin',
  'x-ratelimit-limit': '10',
  'x-ratelimit-remaining': '9',
  'x-request-id': 'a-1',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'server-timing': 'db;dur=1',
  'set-cookie': 'session=a; HttpOnly',
  'content-security-policy': "default-src 'none'",
  'content-security-policy-report-only': "default-src 'none'",
  'strict-transport-security': 'max-age=1',
  'x-content-type-options': 'nosniff'
}

const failures: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
  'an error that is thrown': () => { throw new Error('a') },
  'a refusal that is thrown': () => { throw notFound() },
  'an error that is sent': reply => reply.send(badRequest()),
  'a serializer that fails': reply => reply.type('application/json').send({ toJSON () { throw new Error('a') } }),
  'callNotFound()': reply => { reply.callNotFound() },
  'a header field that cannot be written': reply => reply.header('x-bad', '\n').send('a')
}

const setters: Readonly<Record<string, (reply: FastifyReply, fields: Record<string, string>) => unknown>> = {
  'reply.headers()': (reply, fields) => reply.headers(fields),
  'reply.raw.setHeader()': (reply, fields) => { for (const [name, value] of Object.entries(fields)) reply.raw.setHeader(name, value) },
  'names in capitals': (reply, fields) => { for (const [name, value] of Object.entries(fields)) reply.header(name.toUpperCase(), value) }
}

for (const [setter, set] of Object.entries(setters)) {
  t.test(`with ${setter}, an error drops what was set for a success, and keeps what hooks set for every answer`, async t => {
    const app = Fastify()
    await app.register(ptStatus)
    app.addHook('onRequest', async (request, reply) => { set(reply, kept) })
    for (const [n, fail] of Object.values(failures).entries()) {
      app.get(`/${n}`, (request, reply) => {
        set(reply, dropped)
        return fail(reply)
      })
    }
    const origin = await listen(t, app)

    for (const [n, name] of Object.keys(failures).entries()) {
      const { status, headers, body } = await send(origin, 'GET', `/${n}`)
      t.ok(status >= 400, name)
      t.match(headers, kept)
      t.equal(headers['cache-control'], 'no-store')
      t.same(Object.keys(dropped).filter(field => field !== 'cache-control' && field in headers), [])
      t.equal(headers['content-type'], 'application/problem+json')
      t.equal(Number(headers['content-length']), Buffer.byteLength(body))
      t.notOk('transfer-encoding' in headers || 'x-bad' in headers)
    }
  })
}

t.test('a Content-Length that was set for the success does not cut the answer', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/', async (request, reply) => { reply.header('content-length', 3).header('transfer-encoding', 'chunked').type('text/csv'); throw notFound() })
  const origin = await listen(t, app)
  const text = await exchange(origin, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.equal(text.match(/HTTP\/1\.1 404 Not Found\r\n/g)?.length, 2)
  t.same(JSON.parse(parse(text.slice(text.lastIndexOf('HTTP/1.1'))).body).status, 404)
})

t.test('the reason phrase of a success does not stay', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/fine', async (request, reply) => { reply.raw.statusMessage = 'All Fine'; throw notFound() })
  app.get('/broken', async (request, reply) => { reply.raw.statusMessage = 'All\r\nSet-Cookie: a'; throw notFound() })
  app.get('/broken-success', async (request, reply) => { reply.raw.statusMessage = 'All\r\nSet-Cookie: a'; return 'a' })
  app.get('/second', async (request, reply) => { throw notFound('a', { headers: { 'x-a': '\n' } }) })
  const origin = await listen(t, app)
  for (const [path, line] of [['/fine', '404 Not Found'], ['/broken', '404 Not Found'], ['/broken-success', '500 Internal Server Error'], ['/second', '500 Internal Server Error']] as const) {
    t.match(await exchange(origin, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`), new RegExp(`^HTTP/1.1 ${line}\r\n`), path)
  }
})

t.test('an error is stored only where it says so itself', async t => {
  const origin = await listen(t, await withRoutes({
    plain: () => notFound(),
    own: () => notFound('a', { headers: { 'Cache-Control': 'max-age=60', ETag: '"gone"', Expires: 'Thu, 01 Jan 2099 00:00:00 GMT' } }),
    content: () => notFound('a', { headers: { 'content-type': 'text/html', 'content-length': '1', 'content-encoding': 'br', location: '/new' } })
  }))
  t.equal((await send(origin, 'GET', '/plain')).headers['cache-control'], 'no-store')
  t.match((await send(origin, 'GET', '/own')).headers, { 'cache-control': 'max-age=60', etag: '"gone"', expires: 'Thu, 01 Jan 2099 00:00:00 GMT' })
  const { headers, body } = await send(origin, 'GET', '/content')
  t.match(headers, { 'content-type': 'application/problem+json', location: '/new' }, 'what describes the content is not for an error to say')
  t.notOk('content-encoding' in headers)
  t.equal(JSON.parse(body).status, 404)
})

// RFC 9110 §11.6.1: "A server generating a 401 (Unauthorized) response MUST send a WWW-Authenticate header field
// containing at least one challenge."
t.test('a 401 always has WWW-Authenticate (RFC 9110 §11.6.1)', async t => {
  const errors = {
    plain: () => unauthorized(),
    own: () => unauthorized('a', { challenge: 'Basic realm="a"' }),
    header: () => unauthorized('a', { headers: { 'WWW-Authenticate': 'Digest' } }),
    both: () => unauthorized('a', { headers: { 'WWW-Authenticate': 'Digest' }, challenge: 'Basic' }),
    empty: () => unauthorized('a', { challenge: '' }),
    undefined: () => unauthorized('a', { headers: { 'www-authenticate': undefined } as never }),
    folded: () => Object.assign(new Error('a'), { statusCode: 407, expose: true }),
    exposed: () => Object.assign(new Error('a'), { statusCode: 401, expose: true })
  }
  const challenges = { own: 'Basic realm="a"', header: 'Digest', both: 'Basic' } as Readonly<Record<string, string>>
  for (const [options, challenge] of [[{}, 'Bearer'], [{ challenge: 'Bearer realm="b"' }, 'Bearer realm="b"']] as const) {
    const origin = await listen(t, await withRoutes(errors, options))
    for (const name of Object.keys(errors)) {
      const { status, headers } = await send(origin, 'GET', `/${name}`)
      t.match([status, headers['www-authenticate']], [401, challenges[name] ?? challenge], name)
    }
  }
})

t.test('a 503 always has Retry-After', async t => {
  const errors = {
    plain: () => serviceUnavailable(),
    own: () => serviceUnavailable('a', { retryAfter: 5 }),
    zero: () => serviceUnavailable('a', { retryAfter: 0 }),
    rounded: () => serviceUnavailable('a', { retryAfter: 1.5 }),
    infinite: () => serviceUnavailable('a', { retryAfter: Infinity }),
    NaN: () => serviceUnavailable('a', { retryAfter: NaN }),
    negative: () => serviceUnavailable('a', { retryAfter: -1 }),
    date: () => serviceUnavailable('a', { headers: { 'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT' } }),
    number: () => serviceUnavailable('a', { headers: { 'retry-after': 0 } as never }),
    folded: () => Object.assign(new Error('a'), { statusCode: 504, expose: true })
  }
  const delays = { own: '5', zero: '0', rounded: '2', date: 'Thu, 01 Jan 2099 00:00:00 GMT', number: '0' } as Readonly<Record<string, string>>
  for (const [options, delay] of [[{}, '30'], [{ retryAfter: 0 }, '0'], [{ retryAfter: 120 }, '120']] as const) {
    const origin = await listen(t, await withRoutes(errors, options))
    for (const name of Object.keys(errors)) {
      const { status, headers } = await send(origin, 'GET', `/${name}`)
      t.match([status, headers['retry-after']], [503, delays[name] ?? delay], name)
    }
  }
})

t.test('a 403 with scopes has the challenge of RFC 6750 §3.1, and others have none', async t => {
  const origin = await listen(t, await withRoutes({
    scopes: () => forbidden('a', { scopes: ['a:read', 'b"\r\nSet-Cookie: a=b'] }),
    plain: () => forbidden(),
    other: () => internalServerError()
  }))
  const { status, headers } = await send(origin, 'GET', '/scopes')
  t.equal(status, 403)
  t.equal(headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="a:read"')
  t.notOk('set-cookie' in headers)
  for (const path of ['/plain', '/other']) t.notOk('www-authenticate' in (await send(origin, 'GET', path)).headers)
})

async function withRoutes (errors: Readonly<Record<string, () => unknown>>, options: object = {}): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(ptStatus, options)
  for (const [path, make] of Object.entries(errors)) app.get(`/${path}`, async () => { throw make() })
  return app
}
