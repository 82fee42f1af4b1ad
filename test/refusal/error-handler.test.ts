import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import t from 'tap'
import ptStatus, { badRequest, notFound, serviceUnavailable, statusServerOptions, unauthorized, type PtStatusOptions } from '../../lib/index.ts'
import { hostileThrows, marker } from '../cases/hostile-throws.ts'
import { exchange, listen, parse, send } from '../wire.ts'

type Throw = (request: FastifyRequest) => unknown
type Place = (app: FastifyInstance, path: string, make: Throw) => void

const hooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const
const answer = async () => ({ id: 1 })
const idSchema = { response: { 200: { type: 'object', properties: { id: { type: 'string' } } } } }

/** Where something is thrown. */
const places: Readonly<Record<string, Place>> = {
  'a sync handler': (app, path, make) => { app.get(path, request => { throw make(request) }) },
  'an async handler': (app, path, make) => { app.get(path, async request => { throw make(request) }) },
  'a handler that throws later': (app, path, make) => { app.get(path, async request => { await null; throw make(request) }) },
  'reply.send() of it': (app, path, make) => { app.get(path, (request, reply) => { reply.send(make(request)) }) },
  'an async handler that returns it': (app, path, make) => { app.get(path, async request => make(request)) },
  'the serializer of a schema': (app, path, make) => { app.get(path, { schema: idSchema }, async request => ({ get id () { throw make(request) } })) },
  'toJSON()': (app, path, make) => { app.get(path, async request => ({ toJSON () { throw make(request) } })) },
  'the serializer of a reply': (app, path, make) => { app.get(path, async (request, reply) => reply.serializer(() => { throw make(request) }).send({})) },
  'a stream before its first byte': (app, path, make) => {
    app.get(path, async (request, reply) => reply.type('text/plain').send(new Readable({ read () { this.destroy(make(request) as Error) } })))
  },
  'a web stream before its first byte': (app, path, make) => {
    app.get(path, async (request, reply) => reply.type('text/plain').send(new ReadableStream({ pull (controller) { controller.error(make(request)) } })))
  },
  'an onError hook': (app, path, make) => { app.get(path, { onError: request => { throw make(request) } }, async request => { throw make(request) }) },
  'an async onError hook': (app, path, make) => { app.get(path, { onError: async request => { throw make(request) } }, async request => { throw make(request) }) },
  'an error handler of the route': (app, path, make) => {
    app.get(path, { errorHandler: async (thrown, request) => { throw make(request) } }, async request => { throw make(request) })
  },
  ...Object.fromEntries(hooks.flatMap(hook => [
    [`a sync ${hook} hook`, (app, path, make) => { app.get(path, { [hook]: (request: FastifyRequest) => { throw make(request) } }, answer) }],
    [`an async ${hook} hook`, (app, path, make) => { app.get(path, { [hook]: async (request: FastifyRequest) => { throw make(request) } }, answer) }],
    [`an async ${hook} hook that throws later`, (app, path, make) => {
      app.get(path, { [hook]: async (request: FastifyRequest) => { await null; throw make(request) } }, answer)
    }],
    [`${hook}'s done()`, (app, path, make) => {
      app.get(path, { [hook]: (request: FastifyRequest, ...rest: unknown[]) => { setImmediate(rest.at(-1) as (error: unknown) => void, make(request)) } }, answer)
    }]
  ] satisfies [string, Place][]))
}

/** What is no throw at all, by Fastify's or Node's own rules. */
function isNoThrow (place: string, make: () => unknown): boolean {
  const thrown = make()
  // Fastify takes what a hook that isn't async throws for its done(error)
  if (/^a sync .* hook$/.test(place)) return thrown === null || thrown === undefined
  if (place.endsWith('done()')) return !thrown
  if (place === 'reply.send() of it' || place === 'an async handler that returns it') return !isError(thrown)
  // Node reads the stack of the error that destroys a stream, and throws where nobody can catch
  if (place === 'a stream before its first byte') return !isDestroyable(thrown)
  return false
}

function isError (thrown: unknown): boolean {
  try {
    return thrown instanceof Error
  } catch {
    return true
  }
}

function isDestroyable (thrown: any): boolean {
  try {
    return thrown?.stack === undefined || true
  } catch {
    return false
  }
}

const throws = Object.entries(hostileThrows)

type Routes = (app: FastifyInstance) => void

interface Context {
  prefix?: string
  server?: FastifyServerOptions
  format?: 'envelope'
  /** Every place, or one in five. */
  everywhere?: true
  /** Registers the plugin and declares the routes. */
  set (app: FastifyInstance, options: PtStatusOptions, routes: Routes): void
}

const register: Context['set'] = (app, options, routes) => { app.register(ptStatus, options).after(() => routes(app)) }

const contexts: Readonly<Record<string, Context>> = {
  'the root scope': { everywhere: true, set: register },
  'the root scope without a logger': { server: { logger: false }, set: register },
  'the root scope with the envelope': { format: 'envelope', set: register },
  'a child scope': {
    set (app, options, routes) {
      app.register(ptStatus, options)
      app.register(async child => routes(child))
    }
  },
  'a child scope under a prefix': {
    prefix: '/v1',
    set (app, options, routes) {
      app.register(ptStatus, options)
      app.register(async child => routes(child), { prefix: '/v1' })
    }
  },
  'a child scope that has the plugin itself': {
    prefix: '/v1',
    format: 'envelope',
    set (app, options, routes) {
      app.register(ptStatus)
      app.register(async child => register(child, options, routes), { prefix: '/v1' })
    }
  },
  'a child scope with an error handler that throws again': {
    set (app, options, routes) {
      app.register(ptStatus, options)
      app.register(async child => {
        child.setErrorHandler(async error => { throw error })
        routes(child)
      })
    }
  },
  'a scope whose routes were declared before the plugin loaded': {
    everywhere: true,
    set (app, options, routes) {
      routes(app)
      app.register(ptStatus, options)
    }
  },
  'a child scope from before the plugin loaded': {
    prefix: '/v1',
    format: 'envelope',
    set (app, options, routes) {
      app.register(async child => routes(child), { prefix: '/v1' })
      app.register(ptStatus, options)
    }
  },
  'a scope whose routes were declared while the plugin loaded': {
    set (app, options, routes) {
      app.register(ptStatus, options)
      routes(app)
    }
  }
}

for (const [context, { prefix = '', server, format = 'problem', everywhere = false, set }] of Object.entries(contexts)) {
  t.test(`whatever is thrown in ${context} is a 500 without a word of it`, async t => {
    const lines: string[] = []
    const app = Fastify(server ?? { logger: { level: 'trace', stream: { write: line => { lines.push(line) } } } })
    set(app, { format }, app => {
      for (const [p, place] of Object.values(places).entries()) {
        place(app, `/${p}/:n`, request => throws[Number((request.params as { n: string }).n)]![1]())
      }
      app.get('/alive', async () => 'alive')
    })
    const origin = await listen(t, app)

    for (const [p, place] of Object.keys(places).entries()) {
      if (!everywhere && p % 5 !== 0) continue
      const paths = throws.flatMap(([name, make], n) => isNoThrow(place, make) ? [] : [{ name, path: `${prefix}/${p}/${n}` }])
      const requests = paths.map(({ path }) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET ${prefix}/alive HTTP/1.1\r\nHost: a\r\n\r\n`)
      const text = await exchange(origin, `${requests.join('')}GET ${prefix}/alive HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      const answers = split(text)
      const wrong = paths.flatMap(({ name, path }, index) => {
        const difference = differenceFromA500(answers[2 * index], path, format) ?? differenceFromAlive(answers[2 * index + 1])
        return difference === undefined ? [] : [`${name}: ${difference}`]
      })
      t.same(wrong, [], place)
      t.equal(answers.length, 2 * paths.length + 1, 'and nothing else is sent')
    }
    if (server === undefined) t.ok(lines.length > 500, 'it was logged')
  })
}

/** Splits what came on one connection at the lengths that the responses tell. */
function split (text: string): string[] {
  if (text === '') return []
  const { headers, body } = parse(text)
  const end = text.length - body.length + Number(headers['content-length'] ?? NaN)
  return Number.isNaN(end) ? [text] : [text.slice(0, end), ...split(text.slice(end))]
}

function differenceFromA500 (text: string | undefined, path: string, format: 'problem' | 'envelope'): string | undefined {
  if (text === undefined) return 'no answer'
  if (text.includes(marker)) return `it leaks: ${text.slice(0, 1000)}`
  const { headers, body } = parse(text)
  const { requestId, ...rest } = parseJson(body) ?? {}
  const expected = format === 'envelope'
    ? { error: { status: 500, error: 'INTERNAL_SERVER_ERROR', message: 'The server met an unexpected condition.' } }
    : { type: 'about:blank', title: 'Internal Server Error', status: 500, code: 'INTERNAL_SERVER_ERROR', detail: 'The server met an unexpected condition.', instance: path }

  if (!text.startsWith('HTTP/1.1 500 Internal Server Error\r\n')) return `no 500: ${text.slice(0, 300)}`
  if (headers['content-type'] !== (format === 'envelope' ? 'application/json' : 'application/problem+json')) return `content-type: ${headers['content-type']}`
  if (headers['cache-control'] !== 'no-store') return `cache-control: ${headers['cache-control']}`
  if (format === 'problem' && typeof requestId !== 'string') return 'no requestId'
  if (JSON.stringify(rest) !== JSON.stringify(expected)) return `body: ${body}`
  return undefined
}

function differenceFromAlive (text = 'nothing'): string | undefined {
  return text.startsWith('HTTP/1.1 200 OK\r\n') && text.endsWith('alive') ? undefined : `the next request is answered with ${text.slice(0, 300)}`
}

function parseJson (text: string): any {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An app whose log lines are kept. */
async function logged (options: PtStatusOptions, set: (app: FastifyInstance) => void): Promise<{ app: FastifyInstance, lines: any[] }> {
  const lines: any[] = []
  const app = Fastify({ logger: { stream: { write: line => { lines.push(JSON.parse(line)) } } } })
  await app.register(ptStatus, options)
  set(app)
  return { app, lines }
}

/** Log lines but Fastify's own of each request. */
function own (lines: any[]): any[] {
  return lines.filter(({ req, res, msg }) => req === undefined && res === undefined && !/^Server listening/.test(msg))
}

const info = 30
const error = 50

t.test('a 4xx is logged at info, without a stack or what it was caused by', async t => {
  const { app, lines } = await logged({}, app => {
    app.get('/400', async () => { throw badRequest('Wrong.', { code: 'WRONG', cause: new Error(marker) }) })
    app.get('/401', async () => { throw unauthorized() })
    app.get('/exposed', async () => { throw Object.assign(new Error('There is one.'), { statusCode: 409, expose: true }) })
    app.post('/json', async () => 'a')
  })
  const origin = await listen(t, app)
  await send(origin, 'GET', '/400')
  await send(origin, 'GET', '/401')
  await send(origin, 'GET', '/exposed')
  await send(origin, 'POST', '/json', { 'content-type': 'application/json' }, '{')
  await send(origin, 'GET', '/unknown')
  const expected = [
    { level: info, statusCode: 400, code: 'WRONG', msg: 'Wrong.' },
    { level: info, statusCode: 401, code: 'UNAUTHORIZED', msg: 'Valid credentials are required.' },
    { level: info, statusCode: 400, code: 'CONFLICT', msg: 'There is one.' },
    { level: info, statusCode: 400, code: 'INVALID_JSON_BODY' },
    { level: info, statusCode: 404, code: 'NOT_FOUND' }
  ]
  t.equal(own(lines).length, expected.length)
  t.match(own(lines), expected)
  for (const line of own(lines)) {
    t.match(line.reqId, /^req-/)
    t.notMatch(JSON.stringify(line), /stack|"err"|error-handler\.test|MARKER/)
  }
})

t.test('a 5xx is logged at error, once, with what was thrown and its causes', async t => {
  const { app, lines } = await logged({}, app => {
    app.get('/500', async () => { throw new Error('outer', { cause: new Error('inner', { cause: new TypeError('innermost') }) }) })
    app.get('/503', async () => { throw serviceUnavailable('Later.', { code: 'DATABASE', cause: new Error('ECONNREFUSED') }) })
    app.get('/string', async () => { throw 'a string' }) // eslint-disable-line no-throw-literal
    app.get('/undefined', async () => { throw undefined }) // eslint-disable-line no-throw-literal
    app.get('/aggregate', async () => { throw new AggregateError([new Error('first'), new Error('second')], 'both') })
    app.get('/serializer', async () => ({ toJSON () { throw new Error('serializer') } }))
  })
  const origin = await listen(t, app)
  for (const path of ['/500', '/503', '/string', '/undefined', '/aggregate', '/serializer']) await send(origin, 'GET', path)
  const common = { level: error, statusCode: 500, code: 'INTERNAL_SERVER_ERROR', msg: 'The server met an unexpected condition.' }
  const logs = own(lines)
  t.equal(logs.length, 6)
  t.match(logs, [
    { ...common, err: { type: 'Error', message: 'outer: inner: innermost', stack: /outer[^]*error-handler\.test[^]*caused by: Error: inner[^]*caused by: TypeError: innermost/ } },
    { level: error, statusCode: 503, code: 'DATABASE', msg: 'Later.', err: { message: 'Later.: ECONNREFUSED', stack: /caused by: Error: ECONNREFUSED\n +at/ } },
    { ...common, err: 'a string' },
    common,
    { ...common, err: { message: 'both', aggregateErrors: [{ message: 'first' }, { message: 'second' }] } },
    { ...common, err: { message: 'serializer' } }
  ])
})

t.test('what pino cannot serialize is logged all the same', async t => {
  const cause = new Error('the cause')
  const cases: Readonly<Record<string, readonly [make: () => unknown, logs: RegExp]>> = {
    frozen: [() => Object.freeze(new Error('frozen', { cause })), /frozen[^]*the cause/],
    getter: [() => Object.defineProperty(new Error('readable'), 'a', { get () { throw cause }, enumerable: true }), /readable/],
    chain: [() => Array.from({ length: 20_000 }).reduce((cause, _, n) => new Error(`error ${n}`, { cause }), undefined), /error 19999/],
    proxy: [() => new Proxy(new Error('behind'), { get () { throw cause }, getPrototypeOf () { throw cause } }), /behind/],
    unreadable: [() => Object.assign(new Error('a'), { get stack () { throw cause } }), /./]
  }
  const { app, lines } = await logged({}, app => {
    for (const [path, [make]] of Object.entries(cases)) app.get(`/${path}`, async () => { throw make() })
    app.get('/inspect', async () => { throw Object.freeze(Object.assign(new Error('a'), { [inspect.custom] () { throw cause } })) })
  })
  const origin = await listen(t, app)
  for (const [path, [, logs]] of Object.entries(cases)) {
    lines.length = 0
    const { status, body } = await send(origin, 'GET', `/${path}`)
    t.equal(status, 500, path)
    t.notMatch(body, logs.source === '.' ? 'the cause' : logs)
    t.match(JSON.stringify(own(lines)), logs)
    t.ok(own(lines).every(({ level }) => level === error))
  }
  lines.length = 0
  await send(origin, 'GET', '/inspect')
  t.match(own(lines), [{ level: error, err: "What was thrown can't be read" }])
})

t.test('mapError turns an error of the domain into a refusal', async t => {
  class Missing extends Error {}
  const seen: unknown[] = []
  const { app, lines } = await logged({
    mapError (thrown, request) {
      seen.push([thrown, request.url])
      if (thrown instanceof Missing) return notFound('It is missing.', { cause: thrown })
      if (thrown === 'busy') return serviceUnavailable('Busy.', { retryAfter: 1 })
      if (thrown instanceof Error && thrown.message === 'null') return null
      return undefined
    }
  }, app => {
    app.get('/missing', async () => { throw new Missing(marker) })
    app.get('/busy', async () => { throw 'busy' }) // eslint-disable-line no-throw-literal
    app.get('/null', async () => { throw new Error('null') })
    app.get('/undefined', async () => { throw new Error('undefined') })
    app.get('/exposed', async () => { throw Object.assign(new Error('There is one.'), { statusCode: 409, expose: true }) })
    app.get('/refused', async () => { throw badRequest() })
    app.get('/invalid', { schema: { querystring: { type: 'object', required: ['a'] } } }, async () => 'a')
    app.post('/json', async () => 'a')
  })
  const origin = await listen(t, app)
  const answers = Object.fromEntries(await Promise.all(['missing', 'busy', 'null', 'undefined', 'exposed', 'refused', 'invalid'].map(async path => {
    const { status, body } = await send(origin, 'GET', `/${path}`)
    return [path, [status, JSON.parse(body).code]] as const
  })))
  t.same(answers, {
    missing: [404, 'NOT_FOUND'],
    busy: [503, 'SERVICE_UNAVAILABLE'],
    null: [500, 'INTERNAL_SERVER_ERROR'],
    undefined: [500, 'INTERNAL_SERVER_ERROR'],
    exposed: [400, 'CONFLICT'],
    refused: [400, 'BAD_REQUEST'],
    invalid: [400, 'VALIDATION_FAILED']
  })
  t.same(seen.map(([, url]: any) => url).sort(), ['/busy', '/exposed', '/missing', '/null', '/undefined'], 'refusals and failed validation are answers already')
  t.match(own(lines).find(({ statusCode }) => statusCode === 404), { level: info, msg: 'It is missing.' })
})

t.test('a mapError that fails is a 500, whatever it throws or returns', async t => {
  const { app, lines } = await logged({
    mapError (thrown, request) {
      const { n } = request.params as { n: string }
      if (request.url.startsWith('/throws')) throw hostile(n)
      if (request.url.startsWith('/rejects')) return Promise.reject(hostile(n)) as never
      return hostile(n) as never
    }
  }, app => {
    for (const path of ['throws', 'rejects', 'returns']) app.get(`/${path}/:n`, async () => { throw Object.assign(new Error(marker), { statusCode: 404, expose: true }) })
  })
  const hostile = (n: string): unknown => throws[Number(n)]![1]()
  const origin = await listen(t, app)
  for (const path of ['throws', 'rejects', 'returns']) {
    for (const [n, [name]] of throws.entries()) {
      // Nothing, and refusals, are what it may return
      if (path === 'returns' && /^(null|undefined)$|StatusError/.test(name)) continue
      const text = await exchange(origin, `GET /${path}/${n} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      t.equal(differenceFromA500(text, `/${path}/${n}`, 'problem'), undefined, `${path} ${name}`)
    }
  }
  lines.length = 0
  await send(origin, 'GET', `/rejects/${throws.findIndex(([name]) => name === 'an error')}`)
  t.match(own(lines)[0].err.message, /^Cannot map an error: mapError must return a StatusError or nothing, and not a promise/, 'the log says what is wrong')
})

t.test('an unknown route is a 404, whatever its body is', async t => {
  const { app } = await logged({}, app => {
    app.register(async child => { child.get('/known', async () => 'a') }, { prefix: '/v1' })
  })
  const origin = await listen(t, app)
  const requests: readonly [method: string, path: string, headers?: Record<string, string>, body?: string][] = [
    ['GET', '/unknown'],
    ['GET', '/unknown?a=b'],
    ['GET', '/v1/unknown'],
    ['DELETE', '/v1/known'],
    ['OPTIONS', '/v1/known'],
    ['POST', '/unknown', { 'content-type': 'application/json' }, '{}'],
    ['POST', '/unknown', { 'content-type': 'application/json' }, '{'],
    ['POST', '/unknown', { 'content-type': 'application/json' }, '{"__proto__":{}}'],
    ['POST', '/unknown', { 'content-type': 'application/json', 'content-length': '99999999' }, 'a'],
    ['POST', '/unknown', { 'content-type': 'text/unknown' }, 'a'],
    ['PUT', '/unknown', { 'content-type': 'nonsense' }, 'a'],
    ['PUT', '/unknown', {}, 'a']
  ]
  for (const [method, path, headers, body] of requests) {
    const answer = await send(origin, method, path, headers, body)
    t.equal(answer.status, 404, `${method} ${path} ${JSON.stringify(headers)} ${body}`)
    const reason = path === '/v1/known'
      ? { code: 'METHOD_NOT_ALLOWED', detail: `The path answers GET, HEAD, not ${method}.` }
      : { code: 'NOT_FOUND', detail: 'There is no such route.' }
    t.match(JSON.parse(answer.body), { status: 404, instance: path.split('?')[0], ...reason })
  }
  t.match([(await send(origin, 'HEAD', '/unknown')).status, (await send(origin, 'HEAD', '/unknown')).body], [404, ''])
})

t.test('a hook that fails on an unknown route is a 500, and one that refuses refuses', async t => {
  for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const) {
    const { app } = await logged({}, app => {
      app.addHook(hook, async (request: FastifyRequest) => {
        if (request.url === '/nothing') throw undefined // eslint-disable-line no-throw-literal
        if (request.url === '/refused') throw unauthorized()
        if (request.url === '/limited') throw Object.assign(new Error('Slower.'), { statusCode: 429, expose: true })
        throw new Error(marker)
      })
    })
    const origin = await listen(t, app)
    for (const [path, status] of [['/nothing', 500], ['/error', 500], ['/refused', 401], ['/limited', 503]] as const) {
      const answer = await send(origin, 'GET', path)
      t.equal(answer.status, status, `${hook} ${path}`)
      t.notMatch(answer.body, marker)
    }
  }
})

t.test('callNotFound() answers as an unknown route does', async t => {
  const { app } = await logged({}, app => {
    app.get('/sync', (request, reply) => { reply.type('text/html').callNotFound() })
    app.get('/async', async (request, reply) => reply.callNotFound())
    app.register(async child => { child.get('/child', (request, reply) => { reply.callNotFound() }) }, { prefix: '/v1' })
  })
  const origin = await listen(t, app)
  for (const path of ['/sync', '/async', '/v1/child']) {
    const { status, headers, body } = await send(origin, 'GET', path)
    t.match([status, headers['content-type']], [404, 'application/problem+json'], path)
    t.match(JSON.parse(body), { detail: 'There is no such route.', instance: path })
  }
})

t.test("a not-found handler of the user's from before is called, and what it sends or throws is refused", async t => {
  const app = Fastify()
  app.setNotFoundHandler(async (request, reply) => {
    if (request.url === '/throw') throw new Error(marker)
    return reply.code(404).send({ message: 'Mine.' })
  })
  await app.register(ptStatus)
  const origin = await listen(t, app)
  t.match(JSON.parse((await send(origin, 'GET', '/unknown')).body), { code: 'NOT_FOUND', detail: 'Mine.' })
  const { status, body } = await send(origin, 'GET', '/throw')
  t.equal(status, 500)
  t.notMatch(body, marker)
})

t.test("an error handler of the user's may answer, or leave it to the plugin", async t => {
  const handlers: Readonly<Record<string, (thrown: any, request: FastifyRequest, reply: FastifyReply) => unknown>> = {
    'it answers': (thrown, request, reply) => { reply.code(404).header('x-mine', '1').type('text/plain').send(`mine: ${thrown.message}`) },
    'it returns an answer': async (thrown, request, reply) => { reply.code(404).header('x-mine', '1'); return `mine: ${thrown.message}` },
    'it answers with a stream': async (thrown, request, reply) => reply.code(404).header('x-mine', '1').type('text/plain').send(Readable.from([`mine: ${thrown.message}`])),
    'it sends the error on': (thrown, request, reply) => { reply.code(418).send(thrown) },
    'it throws it again': thrown => { throw thrown },
    'it rejects with it': async thrown => { throw thrown },
    'it throws another': async () => { throw new Error(marker) }
  }
  for (const of of ['a child scope', 'a child scope under a prefix', 'a route'] as const) {
    for (const [name, handler] of Object.entries(handlers)) {
      const app = Fastify()
      app.addHook('onError', async () => { onErrors++ })
      let onErrors = 0
      await app.register(ptStatus)
      const refuse = async () => { throw notFound('A refusal.') }
      if (of === 'a route') app.get('/', { errorHandler: handler }, refuse)
      else {
        app.register(async child => {
          child.setErrorHandler(handler)
          child.get('/', refuse)
        }, of === 'a child scope' ? {} : { prefix: '/v1' })
      }
      const { status, headers, body } = await send(await listen(t, app), 'GET', of === 'a child scope under a prefix' ? '/v1/' : '/')
      const text = headers['transfer-encoding'] === undefined ? body : body.split('\r\n')[1]
      if (/answer/.test(name)) t.match([status, headers['x-mine'], text], [404, '1', 'mine: A refusal.'], `${name}, ${of}`)
      else t.match([status, JSON.parse(body).detail], /another/.test(name) ? [500, 'The server met an unexpected condition.'] : [404, 'A refusal.'], `${name}, ${of}`)
      t.equal(onErrors, 1)
    }
  }
})

t.test('an answer keeps to one status, even if the error changes while it is read', async t => {
  for (const turns of [[404, 200], [200, 404], [404, 404, 200], [404, 404, 404, 200], [404, 404, 404, 404, 200], [400, 401, 403, 404, 500, 503]]) {
    const app = Fastify()
    await app.register(ptStatus)
    app.get('/', async () => {
      let turn = 0
      throw Object.defineProperty(notFound(), 'status', { get: () => turns[turn++ % turns.length] })
    })
    const { status, body } = await send(await listen(t, app), 'GET', '/')
    t.equal(JSON.parse(body).status, status, turns.join())
    t.ok(status >= 400)
  }
})

t.test('a serializer that was set for the success does not touch the refusal', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.setReplySerializer(() => marker)
  app.get('/reply', async (request, reply) => { reply.serializer(() => marker); throw notFound() })
  app.get('/schema', { schema: { response: { 200: { type: 'string' }, '4xx': { type: 'object', properties: { wrong: { type: 'string' } } } } } }, async () => { throw notFound() })
  const origin = await listen(t, app)
  for (const path of ['/reply', '/schema']) {
    t.match(JSON.parse((await send(origin, 'GET', path)).body), { title: 'Not Found', status: 404, code: 'NOT_FOUND', instance: path })
  }
})

t.test('preSerialization hooks do not see refusals, which are text', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.addHook('preSerialization', async () => ({ changed: true }))
  app.get('/', async () => { throw notFound() })
  t.match(JSON.parse((await send(await listen(t, app), 'GET', '/')).body), { status: 404 })
})

for (const [title, options] of Object.entries({ 'by default': {}, 'where it may not be replaced': { allowErrorHandlerOverride: false } })) {
  t.test(`an error handler that was set before does not answer for the plugin: ${title}`, async t => {
    const app = Fastify(options)
    app.get('/before', async () => { throw new Error('secret') })
    app.setErrorHandler((_error, _request, reply) => { reply.code(400).send('secret') })
    await app.register(ptStatus)
    app.addHook('onRequest', async ({ url }) => { if (url === '/nowhere') throw new Error('secret') })
    app.get('/thrown', async () => { throw new Error('secret') })
    const origin = await listen(t, app)
    for (const path of ['/before', '/thrown', '/nowhere']) {
      const { status, body } = await send(origin, 'GET', path)
      t.equal(status, 500, path)
      t.match(JSON.parse(body), { status: 500, code: 'INTERNAL_SERVER_ERROR', instance: path })
    }
  })
}

t.test('an error handler that is set after the plugin is called: on Fastify 6, with statusServerOptions()', async t => {
  const app = Fastify(statusServerOptions())
  await app.register(ptStatus)
  app.setErrorHandler((_error, _request, reply) => { reply.code(400).send({ code: 'OWN', message: 'own' }) })
  app.get('/thrown', async () => { throw new Error('secret') })
  t.match(await send(await listen(t, app), 'GET', '/thrown'), { status: 400, body: /OWN/ })
})
