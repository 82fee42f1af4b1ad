import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import t from 'tap'
import ptStatus, { StatusError, type PtStatusOptions } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

const thing = Type.Object({ id: Type.Optional(Type.String()) })
const schema = { response: { 200: thing } }

async function start (t: Parameters<typeof listen>[0], declare: (app: FastifyInstance) => unknown, options: PtStatusOptions = {}) {
  const lines: Array<{ level: number, msg: string, err?: { message: string } }> = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line)) } } } })
  await app.register(ptStatus, options)
  await declare(app)
  return { origin: await listen(t, app), lines }
}

const undeclared: Record<string, (reply: FastifyReply) => unknown> = {
  'an object': reply => reply.code(202).send({ secret: 1 }),
  'a string': reply => reply.code(202).send('secret'),
  'a buffer': reply => reply.code(202).send(Buffer.from('secret')),
  'a stream': reply => reply.code(202).send(Readable.from(['secret'])),
  'a web stream': reply => reply.code(202).send(new Blob(['secret']).stream()),
  null: reply => reply.code(202).send(null),
  nothing: reply => reply.code(202).send(undefined),
  'a redirect': reply => reply.redirect('/secret'),
  'the raw status': reply => { reply.raw.statusCode = 202; return { secret: 1 } },
  'the status property': reply => { reply.statusCode = 202; return { secret: 1 } },
  'a web Response': () => new Response('secret', { status: 202 }),
  'a web redirect': () => new Response(null, { status: 302, headers: { location: '/secret' } }),
  'one of the ten that the route does not declare': reply => reply.code(204).send(),
  'a 304 that nobody asked for': reply => reply.code(304).send('secret'),
  'a stream that ends in an error': reply => reply.code(202).send(new Readable({ read () {}, destroy (error, callback) { callback(error ?? new Error('ended')) } })),
  'a web Response of another maker': () => ({ status: 202, headers: new Headers(), body: null, [Symbol.toStringTag]: 'Response' }),
  'an informational status': reply => reply.code(150).send({ secret: 1 })
}

for (const [title, answer] of Object.entries(undeclared)) {
  t.test(`an undeclared answer is a bug of the handler: ${title}`, async t => {
    const { origin, lines } = await start(t, app => { app.get('/', { schema }, async (request, reply) => answer(reply) as never) })
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await send(origin, method, '/')
      t.equal(status, 500, method)
      t.notMatch(body + JSON.stringify(headers), /secret/)
      t.match(headers['content-type'], 'application/problem+json')
    }
    t.match(lines[0]?.err?.message, /^Cannot answer \d{3} to GET \/: the route doesn't declare it$/)
  })
}

t.test('undeclared: "warn" sends it, and logs once for each route', async t => {
  const { origin, lines } = await start(t, app => {
    app.get('/a', { schema }, async (request, reply) => reply.code(202 as 200).send({ id: 'a' }))
    app.get('/b', { schema }, async (request, reply) => reply.redirect('/a'))
  }, { undeclared: 'warn' })
  for (let i = 0; i < 3; i++) t.equal((await send(origin, 'GET', '/a')).status, 202)
  t.equal((await send(origin, 'GET', '/b')).headers['location'], '/a')
  t.same(lines.map(({ msg }) => msg), ["Cannot answer 202 to GET /a: the route doesn't declare it", "Cannot answer 302 to GET /b: the route doesn't declare it"])
})

t.test('a route without a response schema may answer any success of the ten, and no other', async t => {
  const { origin } = await start(t, app => {
    app.post<{ Params: { code: string } }>('/:code', async (request, reply) => reply.code(Number(request.params.code)).send({}))
  })
  for (const code of [200, 201, 204]) t.equal((await send(origin, 'POST', `/${code}`)).status, code)
  for (const code of [202, 206, 301, 303, 304]) t.equal((await send(origin, 'POST', `/${code}`)).status, 500, String(code))
})

t.test('a 304 to a condition has no content, however it is sent', async t => {
  const { origin } = await start(t, app => { app.get('/', async (request, reply) => reply.code(304).send('content')) })
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, body } = await send(origin, method, '/', { 'if-none-match': '"a"' })
    t.equal(status, 304)
    t.equal(body, '')
    t.notOk('content-length' in headers || 'content-type' in headers)
  }
})

t.test('each method of a route has successes of its own', async t => {
  const { origin } = await start(t, app => {
    app.route({ method: ['GET', 'PUT'], url: '/', schema: { response: { 200: thing, 201: thing } }, handler: async (request, reply) => reply.created('/', {}) })
  }, { check: 'warn' })
  t.equal((await send(origin, 'PUT', '/')).status, 201)
  t.equal((await send(origin, 'GET', '/')).status, 500)
})

t.test('2xx declares every success that the method can give', async t => {
  const { origin } = await start(t, app => {
    app.get<{ Params: { code: string } }>('/:code', { schema: { response: { '2xx': thing } } }, async (request, reply) => reply.code(Number(request.params.code)).send({}))
  })
  t.equal((await send(origin, 'GET', '/200')).status, 200)
  t.equal((await send(origin, 'GET', '/204')).status, 204)
  t.equal((await send(origin, 'GET', '/201')).status, 500, 'a GET creates nothing')
})

t.test('a hidden route is no part of the contract', async t => {
  const { origin } = await start(t, app => {
    app.get('/file', { schema: { hide: true } }, async (request, reply) => reply.code(206).send('part'))
    app.get('/moved', { schema: { hide: true } }, async (request, reply) => reply.redirect('/file'))
    app.get('/own', { schema: { hide: true } }, async (request, reply) => reply.code(409).send('own'))
  })
  t.equal((await send(origin, 'GET', '/file')).status, 206)
  t.equal((await send(origin, 'GET', '/moved')).status, 302)
  t.match(await send(origin, 'GET', '/own'), { status: 409, body: 'own' })
})

const sent: Array<[title: string, answer: (reply: FastifyReply) => unknown, expected: object]> = [
  ['409 as an object', reply => reply.code(409).send({ message: 'Taken' }), { status: 400, code: 'CONFLICT', detail: 'Taken' }],
  ['409 as text', reply => reply.code(409).send('Taken'), { status: 400, code: 'CONFLICT', detail: 'Taken' }],
  ['404 by Fastify\'s shape', reply => reply.code(404).send({ statusCode: 404, error: 'Not Found', message: 'No such thing' }), { status: 404, code: 'NOT_FOUND', detail: 'No such thing' }],
  ['401 with an error alone', reply => reply.code(401).send({ error: 'no token' }), { status: 401, code: 'UNAUTHORIZED', detail: 'no token' }],
  ['404 as JSON that is none', reply => reply.code(404).type('application/json').send('{'), { status: 404, detail: 'The resource does not exist.' }],
  ['404 as HTML', reply => reply.code(404).type('text/html').send('<html>secret</html>'), { status: 404, detail: 'The resource does not exist.' }],
  ['410 without a word', reply => reply.code(410).send(), { status: 404, code: 'GONE' }],
  ['451 with something else', reply => reply.code(451).send({ a: 1 }), { status: 403, code: 'UNAVAILABLE_FOR_LEGAL_REASONS' }],
  ['500 tells nothing', reply => reply.code(500).send({ message: 'secret' }), { status: 500, code: 'INTERNAL_SERVER_ERROR', detail: 'The server met an unexpected condition.' }],
  ['502 tells nothing', reply => reply.code(502).send('secret'), { status: 503, code: 'BAD_GATEWAY', detail: 'Bad Gateway.' }],
  ['a stream', reply => reply.code(409).send(Readable.from(['secret'])), { status: 400, code: 'CONFLICT' }],
  ['a web Response', () => new Response('secret', { status: 429, headers: { 'retry-after': '7' } }), { status: 503, code: 'TOO_MANY_REQUESTS' }]
]

for (const [title, answer, expected] of sent) {
  t.test(`an error status that is sent is folded and shaped: ${title}`, async t => {
    const { origin } = await start(t, app => { app.get('/', { schema }, async (request, reply) => answer(reply) as never) })
    const { status, headers, body } = await send(origin, 'GET', '/')
    const problem = JSON.parse(body)
    t.match(problem, expected)
    t.equal(status, problem.status)
    t.notMatch(body, /secret/)
    if (status === 401) t.ok(headers['www-authenticate'])
    if (status === 503) t.ok(headers['retry-after'])
    if (title === 'a web Response') t.equal(headers['retry-after'], '7')
  })
}

t.test('codes opens the contract for exactly these, thrown or sent', async t => {
  const { origin } = await start(t, app => {
    app.get('/thrown', { schema }, async () => { throw new StatusError(409, 'Taken') })
    app.get('/sent', { schema }, async (request, reply) => reply.code(429 as 200).header('retry-after', '5').send({ message: 'Slow down' } as {}))
    app.get('/gone', { schema }, async () => { throw new StatusError(410) })
    app.get('/moved', { schema: { response: { 302: Type.Null() } } }, async (request, reply) => reply.redirect('/sent'))
    app.get('/matched', { schema }, async (request, reply) => ({ fresh: !reply.isNotModified({ etag: 1 }) }))
  }, { codes: [302, 409, 412, 429] })
  const thrown = await send(origin, 'GET', '/thrown')
  t.equal(thrown.status, 409)
  t.match(JSON.parse(thrown.body), { status: 409, title: 'Conflict', code: 'CONFLICT', detail: 'Taken' })
  const slow = await send(origin, 'GET', '/sent')
  t.equal(slow.status, 429)
  t.equal(slow.headers['retry-after'], '5')
  t.equal((await send(origin, 'GET', '/gone')).status, 404)
  t.equal((await send(origin, 'GET', '/moved')).status, 302)
  t.equal((await send(origin, 'GET', '/matched', { 'if-match': '"2"' })).status, 412)
})

t.test('what no route of the scope answers is held to the contract too', async t => {
  const app = Fastify()
  app.get('/early', async (request, reply) => reply.code(409).send('Taken'))
  app.get('/moved', async (request, reply) => reply.redirect('/early'))
  app.get('/web', async () => new Response('Taken', { status: 409, headers: { 'content-type': 'text/plain' } }))
  app.get('/web-moved', async () => Response.redirect('http://localhost/early', 302))
  app.setNotFoundHandler((request, reply) => {
    if (request.method === 'GET') reply.code(410).send('Gone')
    else reply.redirect('/')
  })
  await app.register(ptStatus)
  const origin = await listen(t, app)
  t.match(JSON.parse((await send(origin, 'GET', '/early')).body), { status: 400, code: 'CONFLICT' })
  t.equal((await send(origin, 'GET', '/moved')).status, 500)
  t.match(JSON.parse((await send(origin, 'GET', '/web')).body), { status: 400, code: 'CONFLICT' })
  t.equal((await send(origin, 'GET', '/web-moved')).status, 500)
  t.match(JSON.parse((await send(origin, 'GET', '/nowhere')).body), { status: 404, code: 'GONE' })
  t.equal((await send(origin, 'PUT', '/nowhere')).status, 500)
})

t.test('an error handler of the user\'s says what it likes, in the contract', async t => {
  const { origin } = await start(t, async app => {
    await app.register(async child => {
      child.setErrorHandler((_, request, reply) => { reply.code(Number((request.query as { as: string }).as)).send('own') })
      child.get('/', async () => { throw new Error('x') })
    })
  })
  t.match(await send(origin, 'GET', '/?as=404'), { status: 404, body: 'own' })
  t.match(JSON.parse((await send(origin, 'GET', '/?as=409')).body), { status: 400, code: 'CONFLICT' })
})

t.test('what the content of a GET fails with is logged, though HEAD drops it; that it was ended is no failure', async t => {
  const contents: Readonly<Record<string, readonly [make: () => unknown, logged: string[]]>> = {
    'a file that is missing': [() => createReadStream(new URL('missing', import.meta.url)), ['ENOENT']],
    'a web stream whose cancel() fails': [() => new ReadableStream({ cancel () { throw Object.assign(new Error('a'), { code: 'UNCANCELLED' }) } }), ['UNCANCELLED']],
    'a stream': [() => Readable.from(['a']), []],
    'a stream that tells its end as an error': [() => new Readable({ read () {}, destroy (error, callback) { callback(error ?? new DOMException('ended', 'AbortError') as Error) } }), []],
    'a web stream': [() => new Blob(['a']).stream(), []]
  }
  for (const [name, [make, logged]] of Object.entries(contents)) {
    const { origin, lines } = await start(t, app => { app.get('/', (request, reply) => { reply.send(make()) }) })
    t.equal((await send(origin, 'HEAD', '/')).status, 200, name)
    while (lines.length < logged.length) await setImmediate()
    t.same(lines.map(({ level, err }) => [level, (err as { code?: string } | undefined)?.code]), logged.map(code => [50, code]), name)
  }
})
