import { connect } from 'node:http2'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t from 'tap'
import ptStatus, { badRequest, notFound, serviceUnavailable } from '../../lib/index.ts'
import { exchange, listen, parse, send } from '../wire.ts'

const secret = 'SECRET'

/** What hooks throw here: its message and its header fields are not for the client. */
function failure (): Error {
  return Object.assign(new Error(secret), { statusCode: 404, code: secret, headers: { 'x-leak': secret, 'set-cookie': secret } })
}

type Fail = () => unknown
type Register = (app: FastifyInstance, fail: Fail) => void

/** Ways for an onSend hook to fail. */
const failing: Readonly<Record<string, Register>> = {
  'throws an error': (app, fail) => { app.addHook('onSend', (request, reply, payload, done) => { fail(); done() }) },
  'rejects with an error': (app, fail) => { app.addHook('onSend', async () => { fail() }) },
  'rejects with an error later': (app, fail) => { app.addHook('onSend', async () => { await null; fail() }) },
  'passes an error to done()': (app, fail) => {
    app.addHook('onSend', (request, reply, payload, done) => {
      setImmediate(() => {
        try {
          fail()
        } catch (error) {
          return done(error as Error)
        }
        done()
      })
    })
  }
}

/** Declares routes that are answered in every way that there is. */
function declareRoutes (app: FastifyInstance): void {
  app.get('/object', async () => ({ id: 1 }))
  app.get('/string', (request, reply) => { reply.send('a') })
  app.get('/stream', async (request, reply) => reply.type('text/plain').send(Readable.from(['a'])))
  app.get('/refused', async () => { throw notFound('A refusal.') })
  app.get('/thrown', (request, reply) => { throw failure() })
  app.get('/nothing', async (request, reply) => reply.code(204).send())
}

const paths = ['/object', '/string', '/stream', '/refused', '/thrown', '/nothing', '/unknown']

type Order = (app: FastifyInstance, addHook: (app: FastifyInstance) => void) => void

const beforeThePlugin: Order = (app, addHook) => { addHook(app); app.register(ptStatus).after(() => declareRoutes(app)) }
const afterThePlugin: Order = (app, addHook) => { app.register(ptStatus).after(() => { addHook(app); declareRoutes(app) }) }

/** Where the hook is registered, and where the routes are. */
const orders: Readonly<Record<string, Order>> = {
  'before the plugin': beforeThePlugin,
  'after the plugin': afterThePlugin,
  'before and after the plugin': (app, addHook) => { addHook(app); app.register(ptStatus).after(() => { addHook(app); declareRoutes(app) }) },
  'before the plugin, after the routes': (app, addHook) => { declareRoutes(app); addHook(app); app.register(ptStatus) },
  'in a child scope': (app, addHook) => { app.register(ptStatus); app.register(async child => { addHook(child); declareRoutes(child) }) },
  'before the plugin, above a child scope with an error handler': (app, addHook) => {
    addHook(app)
    app.register(ptStatus)
    app.register(async child => {
      child.setErrorHandler((error, request, reply) => { reply.send(error) })
      declareRoutes(child)
    })
  }
}

for (const [order, register] of Object.entries(orders)) {
  for (const [way, add] of Object.entries(failing)) {
    t.test(`an onSend hook ${order} that always ${way} ends as a 500 of the contract`, async t => {
      const app = Fastify()
      register(app, app => { add(app, () => { throw failure() }) })
      const origin = await listen(t, app)
      for (const path of paths) {
        // The hook of a child scope is none of the scope that answers unknown routes
        if (order === 'in a child scope' && path === '/unknown') continue
        const { status, headers, body } = await send(origin, 'GET', path)
        t.equal(status, 500, path)
        t.match(JSON.parse(body), { status: 500, code: 'INTERNAL_SERVER_ERROR', detail: 'The server met an unexpected condition.', instance: path })
        t.match(headers, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
        t.notMatch(JSON.stringify(headers) + body, secret)
      }
    })

    t.test(`an onSend hook ${order} that ${way} a few times leaks nothing`, async t => {
      for (const times of [1, 2, 3, 4]) {
        let left = times
        const app = Fastify()
        register(app, app => { add(app, () => { if (left-- > 0) throw failure() }) })
        const origin = await listen(t, app)
        for (const path of paths) {
          left = times
          const { status, headers, body } = await send(origin, 'GET', path)
          t.notMatch(JSON.stringify(headers) + body, secret, `${path}, ${times} times`)
          if (status === 500) t.match(JSON.parse(body), { code: 'INTERNAL_SERVER_ERROR' })
          else t.ok(order === 'in a child scope' && path === '/unknown' && status === 404, 'what fails is a 500')
        }
      }
    })
  }
}

t.test('an onSend hook that throws what is no error leaks nothing', async t => {
  const orders: Readonly<Record<string, Order>> = {
    'before the plugin': beforeThePlugin,
    'after the plugin': afterThePlugin,
    "after the plugin, above an error handler of the user's": (app, addHook) => {
      app.register(ptStatus)
      app.after(() => addHook(app))
      app.register(async child => {
        child.setErrorHandler(async error => { throw error })
        declareRoutes(child)
      })
    }
  }
  for (const thrown of [secret, { message: secret }, [secret], 7391, true, Symbol(secret), Buffer.from(secret)]) {
    for (const times of [1, 2, 3, Infinity]) {
      for (const [order, register] of Object.entries(orders)) {
        let left = times
        const app = Fastify()
        register(app, app => { app.addHook('onSend', async () => { if (left-- > 0) throw thrown }) })
        const origin = await listen(t, app)
        for (const path of paths) {
          left = times
          const { status, headers, body } = await send(origin, 'GET', path)
          t.equal(status, 500, `${path}: ${String(thrown)} ${order}, ${times} times`)
          t.match(JSON.parse(body), { code: 'INTERNAL_SERVER_ERROR' })
          t.notMatch(JSON.stringify(headers) + body, secret)
        }
      }
    }
  }
})

t.test('an onSend hook may fail with a StatusError', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  let isAnswered = false
  app.addHook('onRequest', async () => { isAnswered = false })
  app.addHook('onSend', async () => {
    if (isAnswered) return
    isAnswered = true
    throw serviceUnavailable('The session store is gone.', { retryAfter: 3 })
  })
  app.get('/', async () => 'a')
  const { status, headers, body } = await send(await listen(t, app), 'GET', '/')
  t.match([status, headers['retry-after'], JSON.parse(body).detail], [503, '3', 'The session store is gone.'])
})

t.test('hooks that change the answer of an error are respected', async t => {
  const rewrite = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => typeof payload === 'string' ? payload.replace('A refusal.', 'A refusal, rewritten with more words.') : payload
  const compress = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
    if (typeof payload !== 'string') return payload
    reply.removeHeader('content-length').header('content-encoding', 'identity')
    return Readable.from([payload])
  }
  const add = async (request: FastifyRequest, reply: FastifyReply) => { reply.header('set-cookie', 'a=b').header('x-hook', '1') }
  for (const [order, register] of Object.entries(orders)) {
    // Such a hook sees the answer of Fastify's own error handler, and this plugin replaces it with all that it has
    if (order === 'before the plugin, after the routes') continue
    for (const [name, hook] of Object.entries({ rewrite, compress, add })) {
      const app = Fastify()
      register(app, app => { app.addHook('onSend', hook) })
      const text = await exchange(await listen(t, app), 'GET /refused HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      const { status, headers, body } = parse(text)
      t.equal(status, 404, `${name} ${order}`)
      t.match(body, name === 'rewrite' ? 'A refusal, rewritten' : 'A refusal.')
      if (name !== 'compress') t.equal(Number(headers['content-length']), Buffer.byteLength(body))
      if (name === 'compress') t.equal(headers['content-encoding'], 'identity')
      if (name === 'add') t.match(headers, { 'set-cookie': 'a=b', 'x-hook': '1' })
    }
  }
})

t.test('HEAD tells the length of what GET is answered with, also where a hook changes it (RFC 9110 §8.6)', async t => {
  for (const register of [beforeThePlugin, afterThePlugin]) {
    const app = Fastify({ exposeHeadRoutes: false })
    register(app, app => { app.addHook('onSend', async (request, reply, payload) => `${String(payload)} and more`) })
    await app.after()
    app.head('/refused', async () => { throw notFound('A refusal.') })
    const origin = await listen(t, app)
    const { status, headers } = await send(origin, 'HEAD', '/refused')
    t.equal(status, 404)
    t.equal(headers['content-length'], (await send(origin, 'GET', '/refused')).headers['content-length'])
  }
})

t.test('onError hooks that throw change nothing', async t => {
  for (const before of [true, false]) {
    for (const hook of [() => { throw failure() }, async () => { throw failure() }]) {
      const app = Fastify()
      if (before) app.addHook('onError', hook)
      await app.register(ptStatus)
      if (!before) app.addHook('onError', hook)
      declareRoutes(app)
      const origin = await listen(t, app)
      for (const [path, expected] of [['/thrown', 500], ['/refused', 404], ['/object', 200]] as const) {
        const { status, headers, body } = await send(origin, 'GET', path)
        t.equal(status, expected, path)
        t.notMatch(JSON.stringify(headers) + body, secret)
      }
    }
  }
})

t.test('onSend and onError hooks that both throw, from before the plugin, leak nothing', async t => {
  const app = Fastify()
  app.addHook('onSend', async () => { throw failure() })
  app.addHook('onError', async () => { throw failure() })
  await app.register(ptStatus)
  declareRoutes(app)
  const origin = await listen(t, app)
  for (const path of paths) {
    const { status, headers, body } = await send(origin, 'GET', path)
    t.match([status, JSON.parse(body).code], [500, 'INTERNAL_SERVER_ERROR'], path)
    t.notMatch(JSON.stringify(headers) + body, secret)
  }
})

t.test('onError hooks see what was thrown, in every order', async t => {
  for (const [order, register] of Object.entries(orders)) {
    const seen: unknown[] = []
    const app = Fastify()
    register(app, app => { app.addHook('onError', async (request, reply, error) => { seen.push(error.message) }) })
    const origin = await listen(t, app)
    for (const path of ['/refused', '/thrown']) await send(origin, 'GET', path)
    const expected = order === 'before and after the plugin' ? ['A refusal.', 'A refusal.', secret, secret] : ['A refusal.', secret]
    t.same(seen, expected, order)
  }
})

t.test('where the answer of a nested scope fails, its own format answers', async t => {
  for (const [way, add] of Object.entries(failing)) {
    const app = Fastify()
    add(app, () => { throw failure() })
    await app.register(ptStatus)
    app.register(async child => {
      await child.register(ptStatus, { format: 'envelope' })
      declareRoutes(child)
    }, { prefix: '/v1' })
    const origin = await listen(t, app)
    for (const path of paths) {
      const { status, headers, body } = await send(origin, 'GET', `/v1${path}`)
      t.equal(status, 500, `${path} ${way}`)
      t.equal(headers['content-type'], 'application/json')
      t.strictSame(JSON.parse(body), { error: { status: 500, error: 'INTERNAL_SERVER_ERROR', message: 'The server met an unexpected condition.' } })
    }
    t.equal((await send(origin, 'GET', '/unknown')).headers['content-type'], 'application/problem+json')
  }
})

t.test('a header field that cannot be written is a 500, and those that can be stay', async t => {
  const bad: readonly [name: string, value: unknown][] = [
    ['x-bad', `a\r\nset-cookie: ${secret}`], ['x-bad', '\u0100'], ['x bad', 'a'], ['x-bad\r\nset-cookie', secret], ['å', 'a'], ['x-bad', Symbol(secret)],
    ['x-bad', ['a', '\n']], ['x-bad', { toString () { throw failure() } }], ['set-cookie', ['a=b', '\n']]
  ]
  for (const hook of [undefined, async () => { await null }]) {
    for (const [name, value] of bad) {
      const app = Fastify()
      await app.register(ptStatus)
      app.addHook('onRequest', async (request, reply) => { reply.header('x-kept', '1').header('vary', ['a', 'b']) })
      if (hook !== undefined) app.addHook('onSend', hook)
      app.get('/sent', (request, reply) => { reply.header(name, value).send('a') })
      app.get('/object', async (request, reply) => reply.header(name, value).send({}))
      app.get('/stream', async (request, reply) => reply.header(name, value).type('text/plain').send(Readable.from(['a'])))
      app.get('/thrown', async (request, reply) => { reply.header(name, value); throw badRequest() })
      app.get('/alive', async () => 'alive')
      const origin = await listen(t, app)
      for (const path of ['/sent', '/object', '/stream', '/thrown']) {
        const text = await exchange(origin, `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET /alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        const { status, headers, body } = parse(text)
        t.match([status, headers['x-kept'], headers['content-type']], [500, '1', 'application/problem+json'], `${path} ${JSON.stringify(name)}`)
        t.match(text, /vary: a\r\nvary: b\r\n/)
        t.equal(JSON.parse(body.slice(0, Number(headers['content-length']))).code, 'INTERNAL_SERVER_ERROR')
        t.notMatch(text, secret)
        t.match(text, /alive$/, 'the server goes on, on the same connection')
      }
    }
  }
})

t.test('the header fields that Fastify takes from an error do not leave', async t => {
  const app = Fastify()
  app.addHook('onRequest', async (request, reply) => {
    reply.header('set-cookie', ['a=1', 'b=2'])
    reply.raw.setHeader('x-raw', '1')
  })
  app.get('/early', async () => { throw failure() })
  app.get('/early-object', async () => { throw { ...failure(), headers: { 'x-leak': secret } } }) // eslint-disable-line no-throw-literal
  app.register(ptStatus)
  await app.after()
  app.get('/late', { onSend: async () => { throw failure() } }, async () => 'a')
  const origin = await listen(t, app)
  for (const path of ['/early', '/early-object', '/late']) {
    const text = await exchange(origin, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    t.notMatch(text, secret, path)
    t.equal(text.match(/x-raw: 1\r\n/g)?.length, 1)
    t.match(text, /^HTTP\/1\.1 500 [^]*set-cookie: a=1\r\nset-cookie: b=2\r\n/)
  }
})

t.test('once the head is sent, all that can be done is to cut the connection', async t => {
  const later = async () => new Promise(resolve => { setTimeout(resolve, 20) })
  const handlers: Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>> = {
    'a stream': async (request, reply) => reply.type('text/plain').send(Readable.from((async function * () { yield 'first'; await later(); throw failure() })())),
    'a stream that throws what is no error': async (request, reply) => reply.type('text/plain').send(Readable.from((async function * () { yield 'first'; await later(); throw { message: secret } })())), // eslint-disable-line no-throw-literal
    'a web stream': async (request, reply) => reply.type('text/plain').send(new ReadableStream({
      start (controller) { controller.enqueue(Buffer.from('first')) },
      async pull (controller) { await later(); controller.error(failure()) }
    })),
    'a Response': async () => new Response(new ReadableStream({
      start (controller) { controller.enqueue(Buffer.from('first')) },
      async pull (controller) { await later(); controller.error(failure()) }
    })),
    'reply.raw.write()': async (request, reply) => { reply.raw.write('first'); await later(); throw failure() },
    'reply.raw.writeHead()': async (request, reply) => { reply.raw.writeHead(200); reply.raw.write('first'); await later(); throw failure() }
  }
  for (const logger of [false, { level: 'trace', stream: { write () {} } }] as const) {
    const app = Fastify({ logger })
    await app.register(ptStatus)
    for (const [n, handler] of Object.values(handlers).entries()) app.get(`/${n}`, handler)
    app.get('/alive', async () => 'alive')
    const origin = await listen(t, app)
    for (const [n, name] of Object.keys(handlers).entries()) {
      const text = await exchange(origin, `GET /${n} HTTP/1.1\r\nHost: a\r\n\r\n`)
      t.match(text, /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n5\r\nfirst\r\n$/, `${name}: and no last chunk`)
      t.notMatch(text, secret)
      t.equal((await send(origin, 'GET', '/alive')).body, 'alive')
    }
  }
})

t.test('a response that is broken itself is cut, and does not hang', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/', async (request, reply) => {
    reply.raw.writeHead = () => { throw failure() }
    return 'a'
  })
  app.get('/alive', async () => 'alive')
  const origin = await listen(t, app)
  t.equal(await exchange(origin, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), '', 'the server closes')
  t.equal((await send(origin, 'GET', '/alive')).body, 'alive')
})

t.test('onResponse hooks run, and the log tells the code that was sent', async t => {
  const lines: any[] = []
  const seen: number[] = []
  const app = Fastify({ logger: { stream: { write: line => { lines.push(JSON.parse(line)) } } } })
  app.addHook('onSend', async () => { throw failure() })
  await app.register(ptStatus)
  app.addHook('onResponse', async (request, reply) => { seen.push(reply.statusCode) })
  declareRoutes(app)
  const origin = await listen(t, app)
  for (const path of paths) await send(origin, 'GET', path)
  t.same(seen, paths.map(() => 500))
  t.same(lines.filter(({ msg }) => msg === 'request completed').map(({ res }) => res.statusCode), paths.map(() => 500))
})

t.test('over HTTP/2, errors and the last resort are answered alike', async t => {
  const app = Fastify({ http2: true })
  await app.register(ptStatus)
  app.get('/refused', async (request, reply) => { reply.header('etag', '"1"'); throw notFound('A refusal.') })
  app.get('/thrown', async () => { throw failure() })
  app.get('/hook', { onSend: async () => { throw failure() } }, async (request, reply) => reply.header('connection', 'close').send('a'))
  app.post('/json', async () => 'a')
  const session = connect(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(async () => { session.close(); await app.close() })

  for (const [method, path, status] of [['GET', '/refused', 404], ['GET', '/thrown', 500], ['GET', '/hook', 500], ['GET', '/unknown', 404], ['POST', '/json', 400]] as const) {
    const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/json' })
    if (method === 'POST') stream.end('{')
    const headers = await new Promise<Record<string, unknown>>(resolve => { stream.on('response', resolve) })
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    t.match([headers[':status'], headers['content-type'], JSON.parse(body).status], [status, 'application/problem+json', status], path)
    t.notMatch(JSON.stringify(headers) + body, secret)
    t.notOk('etag' in headers)
  }
})
