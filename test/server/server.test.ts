import { once } from 'node:events'
import { createServer, ServerResponse } from 'node:http'
import http2 from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify'
import { generate } from 'selfsigned'
import t from 'tap'
import ptStatus, { notFound, statusServerOptions, type PtStatusOptions } from '../../lib/index.ts'
import { cases } from '../cases/before-routing.ts'
import { gate } from '../patience.ts'
import { exchange, listen, parse, send } from '../wire.ts'

type Options = FastifyServerOptions & { https?: object }

async function start (t: Parameters<typeof listen>[0], options: Options = {}, plugin: PtStatusOptions = {}) {
  const app = Fastify(statusServerOptions({ bodyLimit: 1000, forceCloseConnections: true as const, ...options }))
  await app.register(ptStatus, plugin)
  app.get('/things/:id', async () => ({ id: 1 }))
  app.post('/things', async (request, reply) => reply.created('/things/1', {}))
  app.post('/late', { onRequest: async () => { await sleep(100); throw notFound() } }, async () => {})
  app.get('/slow', async () => { await sleep(300); return {} })
  app.all('/streaming', {
    onRequest: async (request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-length': 9 })
      reply.raw.write('begun')
      await sleep(300)
      reply.raw.end('done')
    }
  }, async () => {})
  return { app, origin: await listen(t, app) }
}

const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 })

for (const [title, options] of Object.entries({ HTTP: {}, HTTPS: { https: { key, cert } } })) {
  t.test(`what is answered before routing is in the contract, in its shape: ${title}`, async t => {
    const { origin } = await start(t, options)
    t.match(origin, title === 'HTTP' ? /^http:/ : /^https:/)
    for (const { title, bytes, status, code } of cases) {
      const answer = parse(await exchange(origin, bytes))
      t.equal(answer.status, status, title)
      t.equal(answer.headers['content-type'], 'application/problem+json', title)
      t.match(JSON.parse(answer.body), { type: 'about:blank', status, code, detail: /\w/ }, title)
      t.equal(answer.headers['cache-control'], 'no-store')
      t.ok(answer.headers['date'])
      t.equal((await send(origin, 'GET', '/things/1')).status, 200, 'the server goes on answering')
    }
  })
}

t.test('what is unusual but right is answered as always', async t => {
  const { origin } = await start(t)
  for (const bytes of [
    'GET /things/1 HTTP/1.0\r\n\r\n',
    'GET /things/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close, upgrade\r\nUpgrade: tea\r\n\r\n',
    'GET /things/1 HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n',
    'GET /things/1 HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n',
    'GET http://localhost/things/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  ]) t.equal(parse(await exchange(origin, bytes)).status, 200, bytes)
})

t.test('what comes too slowly, or not at all, is a 400', async t => {
  const { origin } = await start(t, { requestTimeout: 300, http: { connectionsCheckingInterval: 100, headersTimeout: 200 } } as FastifyServerOptions)
  const slow = { status: 400, code: 'REQUEST_TIMEOUT' }
  t.match(JSON.parse(parse(await exchange(origin, 'GET / HTTP/1.1\r\nHost: loc')).body), slow, 'headers')
  t.match(JSON.parse(parse(await exchange(origin, 'POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')).body), slow, 'a body')

  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.end('POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
  let text = ''
  for await (const chunk of socket) text += chunk
  t.match(JSON.parse(parse(text).body), { status: 400, code: 'MALFORMED_REQUEST' }, 'a body that is cut')
})

t.test('an answer that has begun is not followed by another to the same request', async t => {
  const { origin } = await start(t)
  const behind = await exchange(origin, 'GET /streaming HTTP/1.1\r\nHost: localhost\r\n\r\ngarbage\r\n\r\n')
  t.match(behind, /begundoneHTTP\/1\.1 400 /)
  const within = await exchange(origin, 'POST /streaming HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n')
  t.notMatch(within, / 400 /)
})

t.test('garbage behind a request does not take its place', async t => {
  const { origin } = await start(t)
  const answers = async (bytes: string) => (await exchange(origin, bytes)).split(/(?=HTTP\/1\.1)/).map(text => parse(text).status)
  const post = (framing: string) => `POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${framing}`
  t.same(await answers(`${post('Content-Length: 2\r\n\r\n{}')}garbage\r\n\r\n`), [201, 400])
  t.same(await answers(`GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n${post('Transfer-Encoding: chunked\r\n\r\nzz\r\n')}`), [200, 400])
  t.same(await answers('GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\ngarbage\r\n\r\n'), [200])
  const slow = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const broken = 'Host: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
  t.same(await answers(`${slow}POST /late HTTP/1.1\r\n${broken}`), [200, 404], 'it has got its answer in the meantime')
  t.match(await exchange(origin, `${slow}POST /streaming HTTP/1.1\r\n${broken}`), /^HTTP\/1\.1 200 (?![^]* 400 )/, 'half of its answer is sent')
  t.same(await answers(`${slow}CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n`), [200, 404], 'a tunnel waits for its turn')
  // Answered before its body is read: what can't be read of it is no request of its own
  t.same(await answers(`${post('Transfer-Encoding: chunked\r\nExpect: tea\r\n\r\nzz\r\n')}`), [400])
})

const servers: Record<string, Options> = {
  'Fastify\'s own': {},
  'a factory\'s': { serverFactory: handler => createServer(handler) },
  'HTTP/1.1 on one of HTTP/2': { http2: true, https: { allowHTTP1: true, key, cert } } as object,
  'with a response class of one\'s own': { http: { ServerResponse: class Own extends ServerResponse {} } } as object
}

for (const [title, options] of Object.entries(servers)) {
  t.test(`the order is that of the requests where a hook from before the plugin keeps one waiting, on a server: ${title}`, async t => {
    const app = Fastify(statusServerOptions(options))
    let met = gate()
    app.addHook('onRequest', async request => { if (request.url !== '/slow') await sleep(100) })
    await app.register(ptStatus)
    for (const event of ['clientError', 'connect']) app.server.on(event, () => met.open())
    app.get('/held', async () => ({}))
    // Until the server has met what is sent once /held is answered
    app.get('/slow', async () => { await met.opened; met = gate(); return {} })
    const origin = await listen(t, app)
    const [held, slow] = ['/held', '/slow'].map(path => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`) as [string, string]
    const answers = async (bytes: string | string[]) => (await exchange(origin, bytes)).split(/(?=HTTP\/1\.1)/).map(text => parse(text).status)
    t.same(await answers(`${held}garbage\r\n\r\n`), [200, 400])
    met = gate()
    t.same(await answers([held + slow, 'garbage\r\n\r\n']), [200, 200, 400], 'the first has gone on, the second has not been answered')
    t.same(await answers([held + slow, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n']), [200, 200, 404])
  })
}

t.test('the order is kept behind routes outside the scope of the plugin', async t => {
  const app = Fastify(statusServerOptions())
  app.get('/slow', async () => { await sleep(100); return {} })
  await app.register(async child => { await child.register(ptStatus) })
  const text = await exchange(await listen(t, app), 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\ngarbage\r\n\r\n')
  t.same(text.split(/(?=HTTP\/1\.1)/).map(text => parse(text).status), [200, 400])
})

t.test('a response class of one\'s own is kept', async t => {
  class Own extends ServerResponse {
    override writeHead (status: number, fields: any): this {
      return super.writeHead(status, { ...fields, 'x-own': '1' })
    }
  }
  const app = Fastify(statusServerOptions({ http: { ServerResponse: Own as typeof ServerResponse } }))
  app.get('/', async () => ({}))
  const { status, headers } = await send(await listen(t, app), 'GET', '/nowhere')
  t.match([status, headers['x-own']], [404, '1'])
})

t.test('a client that asks for a tunnel, or begins a body, and goes does no harm', async t => {
  const { app, origin } = await start(t)
  const { hostname, port } = new URL(origin)
  const begun = 'POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{'
  const tunnel = 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'
  for (const bytes of [tunnel, `GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n${tunnel}`, begun]) {
    for (let i = 0; i < 10; i++) {
      const socket = connect(Number(port), hostname)
      const read = once(app.server, bytes === begun ? 'request' : 'connect')
      socket.write(bytes)
      const [{ socket: served }] = await read
      const gone = new Promise(resolve => { served.once('close', resolve) })
      socket.resetAndDestroy()
      await gone
    }
  }
  t.equal((await send(origin, 'GET', '/things/1')).status, 200)
})

t.test('the answers are in the format and with the codes of the plugin at the root', async t => {
  const { origin } = await start(t, {}, { format: 'envelope', codes: [417, 431] })
  const overflow = parse(await exchange(origin, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`))
  t.equal(overflow.status, 431)
  t.match(JSON.parse(overflow.body), { error: { status: 431, error: 'REQUEST_HEADER_FIELDS_TOO_LARGE' } })
  const expectation = parse(await exchange(origin, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n'))
  t.equal(expectation.status, 417)
})

t.test('without the plugin at the root they are the default ones', async t => {
  const app = Fastify(statusServerOptions())
  app.get('/', async () => ({}))
  const origin = await listen(t, app)
  t.match(JSON.parse(parse(await exchange(origin, 'garbage\r\n\r\n')).body), { status: 400, code: 'MALFORMED_REQUEST' })
  t.match(JSON.parse((await send(origin, 'GET', '/%zz')).body), { status: 400, code: 'BAD_URL' })
})

t.test('options for HTTPS, and errors of Fastify\'s own', async t => {
  t.match(statusServerOptions({ https: { key: 'k' } }), { https: { key: 'k', requireHostHeader: false }, requestTimeout: 60_000 })
  t.match(statusServerOptions({ https: null, requestTimeout: 5 }), { http: { requireHostHeader: false }, requestTimeout: 5 })

  const app = Fastify(statusServerOptions())
  app.addConstraintStrategy({
    name: 'secret',
    storage: () => ({ get: () => null, set: () => {} }),
    deriveConstraint: (request: unknown, context: unknown, done: (error: Error) => void) => { done(new Error('secret')) }
  } as never)
  await app.register(ptStatus)
  app.get('/', { constraints: { secret: 'a' } as {} }, async () => ({}))
  const { status, body } = await send(await listen(t, app), 'GET', '/')
  t.equal(status, 500)
  t.notMatch(body, /secret/)
})

t.test('an error handler may be set again in its scope, unless the user forbids it', async t => {
  const setTwice = (app: FastifyInstance) => app.setErrorHandler(() => {}).setErrorHandler(() => {})
  for (const options of [{}, { allowErrorHandlerOverride: undefined }, { allowErrorHandlerOverride: true }] as FastifyServerOptions[]) {
    t.doesNotThrow(() => setTwice(Fastify(statusServerOptions(options))), String(options.allowErrorHandlerOverride))
  }
  t.throws(() => setTwice(Fastify(statusServerOptions({ allowErrorHandlerOverride: false }))), { code: 'FST_ERR_ERROR_HANDLER_ALREADY_SET' })
})

t.test('an HTTP/2 server gets the same where the protocol has it', async t => {
  const app = Fastify({ ...statusServerOptions(), http2: true, http2SessionTimeout: 1000 })
  await app.register(ptStatus)
  app.get('/things/:id', async () => ({ id: 1 }))
  const session = http2.connect(await listen(t, app as never))
  t.teardown(() => session.destroy())
  const ask = async (headers: http2.OutgoingHttpHeaders) => {
    const stream = session.request(headers)
    stream.setEncoding('utf8').end()
    const [head] = await once(stream, 'response') as [http2.IncomingHttpHeaders & { ':status': number }]
    let body = ''
    for await (const chunk of stream) body += chunk
    return { status: head[':status'], problem: JSON.parse(body) }
  }
  t.equal((await ask({ ':path': '/things/1' })).status, 200)
  t.match(await ask({ ':path': '/%zz' }), { status: 400, problem: { code: 'BAD_URL' } })
  t.match(await ask({ ':path': '/things/1', expect: 'tea' }), { status: 400, problem: { code: 'EXPECTATION_FAILED' } })
  t.match(await ask({ ':method': 'CONNECT', ':authority': 'example.com' }), { status: 404, problem: { code: 'METHOD_NOT_ALLOWED' } })
})

t.test('the user\'s own options run first, and answer if they do so at once', async t => {
  const seen: string[] = []
  const { origin } = await start(t, {
    frameworkErrors: (error, request, reply) => {
      seen.push(error.code)
      if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') (reply as FastifyReply).code(400).send('own')
    },
    clientErrorHandler: (error, socket) => {
      seen.push(error.code)
      if (error.code === 'HPE_HEADER_OVERFLOW') socket.end('own')
    }
  })
  t.equal((await send(origin, 'GET', `/things/${'x'.repeat(200)}`)).body, 'own')
  t.match((await send(origin, 'GET', '/%zz')).body, 'BAD_URL')
  t.equal(await exchange(origin, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), 'own')
  t.match(await exchange(origin, 'garbage\r\n\r\n'), 'MALFORMED_REQUEST')
  t.same(seen, ['FST_ERR_MAX_PARAM_LENGTH', 'FST_ERR_BAD_URL', 'HPE_HEADER_OVERFLOW', 'HPE_INVALID_METHOD'])
})

t.test('a known path with another method names those that it answers', async t => {
  const { app, origin } = await start(t)
  const { status, headers, body } = await send(origin, 'DELETE', '/things/1')
  t.equal(status, 404)
  t.equal(headers['allow'], 'GET, HEAD')
  t.match(JSON.parse(body), { code: 'METHOD_NOT_ALLOWED', detail: 'The path answers GET, HEAD, not DELETE.' })
  t.notOk('allow' in (await send(origin, 'DELETE', '/nowhere')).headers)
  t.ok(app)
})

t.test('while closing, requests in flight finish and new ones on a kept connection are 503', async t => {
  const app = Fastify(statusServerOptions({ forceCloseConnections: 'idle' }))
  await app.register(ptStatus)
  const [closing, arrived] = [gate(), gate()]
  app.addHook('preClose', async () => { closing.open() })
  app.get('/things/:id', async () => ({}))
  app.get('/slow', async () => { await arrived.opened; return {} })
  const origin = await listen(t, app)
  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  let text = ''
  socket.on('data', chunk => { text += chunk })
  const request = (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)

  request('/slow')
  await once(app.server, 'request')
  const closed = app.close()
  await closing.opened
  app.server.once('request', arrived.open)
  request('/things/1')
  await Promise.all([closed, once(socket, 'close')])
  const [first, second] = text.split(/(?=HTTP\/1\.1)/).map(parse)
  t.equal(first?.status, 200)
  t.equal(second?.status, 503)
  t.match(JSON.parse(second!.body), { status: 503, code: 'CLOSING' })
  t.equal(second?.headers['retry-after'], '30')
  t.equal(second?.headers['connection'], 'close')
})
