import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import t from 'tap'
import ptStatus, { notFound, type PtStatusOptions } from '../../lib/index.ts'
import { adviser } from '../../lib/routes/advice.ts'
import { listen, send } from '../wire.ts'

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'

async function start (t: Parameters<typeof listen>[0], declare: (app: FastifyInstance) => unknown, options: PtStatusOptions = {}) {
  const lines: Array<{ level: number, msg: string, reqId: string }> = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line)) } } } })
  await app.register(ptStatus, options)
  await declare(app)
  return { origin: await listen(t, app), lines, texts: () => lines.map(({ msg }) => msg) }
}

t.test('a write that brings a precondition, and evaluates none, is logged once a route, with the mend (RFC 9110 §13.1.1)', async t => {
  for (const method of ['PUT', 'PATCH', 'POST', 'DELETE']) {
    const { origin, lines, texts } = await start(t, app => {
      for (const url of ['/a/:id', '/b/:id']) app.route({ method, url, handler: async () => ({}) })
    })
    for (let i = 0; i < 3; i++) t.equal((await send(origin, method, '/a/1?token=secret', { 'if-match': '"stale"' })).status, 200)
    t.equal((await send(origin, method, '/b/1', { 'if-unmodified-since': date })).status, 200)
    t.strictSame(texts(), [
      `${method} /a/:id performed without evaluating If-Match (RFC 9110 §13.1.1): call reply.isNotModified() before the change`,
      `${method} /b/:id performed without evaluating If-Unmodified-Since (RFC 9110 §13.1.4): call reply.isNotModified() before the change`
    ])
    for (const { level, reqId } of lines) t.match({ level, reqId }, { level: 40, reqId: /^req-/ }, 'a warning, of its request')
  }
})

const quiet: Array<[says: string, method: string, headers: Record<string, string>, answer: (reply: FastifyReply) => unknown]> = [
  ['the handler evaluates it', 'PUT', { 'if-match': '"1"' }, reply => ({ stale: reply.isNotModified({ etag: 1 }) })],
  ['the handler evaluates it, for what does not exist', 'PUT', { 'if-unmodified-since': date }, reply => ({ stale: reply.isNotModified(null) })],
  ['it fails', 'PUT', { 'if-match': '"2"' }, reply => ({ stale: reply.isNotModified({ etag: 1 }) })],
  ['there is none', 'PUT', {}, () => ({})],
  ['it is one of reading', 'PUT', { 'if-modified-since': date }, () => ({})],
  ['the request reads', 'GET', { 'if-match': '*' }, () => ({})],
  ['the request is an OPTIONS', 'OPTIONS', { 'if-match': '"1"' }, () => ({})],
  ['the answer is no success, thrown', 'PUT', { 'if-match': '"1"' }, () => { throw notFound() }],
  ['the answer is no success, sent', 'PUT', { 'if-match': '"1"' }, reply => reply.code(409).send({ message: 'Taken' })],
  ['the answer is a redirect', 'PUT', { 'if-match': '"1"' }, reply => reply.redirect('/', 308)]
]

t.test('a precondition that is evaluated, or has nothing to say, is not logged', async t => {
  for (const [says, method, headers, answer] of quiet) {
    const { origin, texts } = await start(t, app => {
      app.route({ method, url: '/', schema: { response: { 200: Type.Any(), 308: Type.Null() } }, handler: async (request, reply) => answer(reply) as never })
    }, { codes: [308] })
    await send(origin, method, '/', headers)
    t.strictSame(texts(), [], says)
  }
})

t.test('a hook may evaluate a precondition, and each request is evaluated by itself', async t => {
  const { origin, texts } = await start(t, app => {
    app.addHook('preHandler', async (request, reply) => { if (request.headers['x-evaluate']) reply.isNotModified({ etag: 1 }) })
    app.put('/', async () => ({}))
  })
  await send(origin, 'PUT', '/', { 'if-match': '"1"', 'x-evaluate': 'yes' })
  t.strictSame(texts(), [])
  await send(origin, 'PUT', '/', { 'if-match': '"1"' })
  t.equal(texts().length, 1)
})

const location = '/things/1'
const without: Record<string, (reply: FastifyReply) => unknown> = {
  'an object': reply => reply.code(201).send({}),
  'a string': reply => reply.code(201).send('text'),
  'a buffer': reply => reply.code(201).send(Buffer.from('text')),
  'a stream': reply => reply.code(201).send(Readable.from(['text'])),
  nothing: reply => reply.code(201).send(),
  null: reply => reply.code(201).send(null),
  'the status property': reply => { reply.statusCode = 201; return {} },
  'a web Response': () => new Response('text', { status: 201 }),
  'an empty location': reply => reply.code(201).header('location', '').send({})
}

for (const [title, answer] of Object.entries(without)) {
  t.test(`a 201 without Location is sent, and logged once a route, with the mend: ${title}`, async t => {
    const { origin, lines, texts } = await start(t, app => {
      app.post('/things', async (request, reply) => answer(reply) as never)
      app.put('/things/:id', async (request, reply) => answer(reply) as never)
    })
    for (let i = 0; i < 3; i++) t.equal((await send(origin, 'POST', '/things')).status, 201)
    t.equal((await send(origin, 'PUT', '/things/1')).status, 201)
    const text = 'answered 201 without Location (RFC 9110 §15.3.2): answer with reply.created(location, body)'
    t.strictSame(texts(), [`POST /things ${text}`, `PUT /things/:id ${text}`])
    for (const { level } of lines) t.equal(level, 40)
  })
}

const within: Record<string, (reply: FastifyReply) => unknown> = {
  'created()': reply => reply.created(location, {}),
  'the header': reply => reply.code(201).header('Location', location).send({}),
  'the raw header': reply => { reply.raw.setHeader('location', location); return reply.code(201).send({}) },
  'a web Response': () => new Response('text', { status: 201, headers: { location } })
}

t.test('a 201 with Location is not logged, and no other success needs one', async t => {
  for (const [title, answer] of Object.entries({ ...within, 200: () => ({}), 204: (reply: FastifyReply) => reply.noContent() })) {
    const { origin, texts } = await start(t, app => { app.post('/', async (request, reply) => answer(reply) as never) })
    const { headers } = await send(origin, 'POST', '/')
    if (title in within) t.equal(headers['location'], location, title)
    t.strictSame(texts(), [], title)
  }
})

t.test('an onSend hook of the user may set Location', async t => {
  const { origin, texts } = await start(t, app => {
    app.addHook('onSend', async (request, reply) => { reply.header('location', location) })
    app.post('/', async (request, reply) => reply.code(201).send({}))
  })
  t.equal((await send(origin, 'POST', '/')).headers['location'], location)
  t.strictSame(texts(), [])
})

t.test('an undeclared 201 is told as such; it is only sent, and advised, with undeclared: "warn"', async t => {
  for (const [undeclared, status, advised] of [['error', 500, false], ['warn', 201, true]] as const) {
    const { origin, texts } = await start(t, app => {
      app.post('/', { schema: { response: { 200: Type.Object({}) } } }, async (request, reply) => reply.code(201 as 200).send({}))
    }, { undeclared })
    t.equal((await send(origin, 'POST', '/')).status, status)
    t.equal(texts().some(text => text.includes('without Location')), advised)
  }
})

t.test('a route is told of both', async t => {
  const { origin, texts } = await start(t, app => { app.put('/', async (request, reply) => reply.code(201).send({})) })
  for (let i = 0; i < 2; i++) await send(origin, 'PUT', '/', { 'if-match': '*' })
  t.match(texts(), [/^PUT \/ performed without evaluating If-Match/, /^PUT \/ answered 201 without Location/])
  t.equal(texts().length, 2)
})

t.test('what no route answers is named by its URL', async t => {
  const texts: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { texts.push(JSON.parse(line).msg) } } } })
  const advise = adviser()
  app.addHook('onSend', async (request, reply) => { advise(request, reply) })
  app.setNotFoundHandler((request, reply) => { reply.code(201).send({}) })
  const origin = await listen(t, app)
  t.equal((await send(origin, 'PUT', '/unknown')).status, 201)
  t.match(texts, [/^PUT \/unknown answered 201 without Location/])
})
