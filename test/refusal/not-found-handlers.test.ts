import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply, type FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import t from 'tap'
import ptStatus, { notFound } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

/** Where a handler of the user's is set, and a path that it answers. */
const places: Readonly<Record<string, readonly [path: string, set: (app: FastifyInstance, handler: Handler) => unknown]>> = {
  'at the root, before the plugin': ['/x', async (app, handler) => { app.setNotFoundHandler(handler); await app.register(ptStatus) }],
  'at the root, after the plugin': ['/x', async (app, handler) => { await app.register(ptStatus); app.setNotFoundHandler(handler) }],
  'at the root, after a registration without await': ['/x', (app, handler) => { app.register(ptStatus); app.setNotFoundHandler(handler) }],
  'by a plugin that shares the root': ['/x', async (app, handler) => {
    await app.register(ptStatus)
    app.register(fp(async shared => { shared.setNotFoundHandler(handler) }))
  }],
  'in a scope without a prefix': ['/x', async (app, handler) => {
    await app.register(ptStatus)
    app.register(async child => { child.setNotFoundHandler(handler) })
  }],
  'in a scope under a prefix': ['/v1/x', async (app, handler) => {
    await app.register(ptStatus)
    app.register(async child => { child.setNotFoundHandler(handler) }, { prefix: '/v1' })
  }],
  'before the plugin of a scope under a prefix': ['/v1/x', (app, handler) => {
    app.register(async child => { child.setNotFoundHandler(handler); await child.register(ptStatus) }, { prefix: '/v1' })
  }],
  'after the plugin of a scope without a prefix': ['/x', (app, handler) => {
    app.register(async child => { await child.register(ptStatus); child.setNotFoundHandler(handler) })
  }]
}

/** What one answers, and what is told of it. */
const handlers: Readonly<Record<string, readonly [handler: Handler, status: number, detail: string]>> = {
  'sends an object': [(request, reply) => { reply.code(404).send({ message: 'Mine.' }) }, 404, 'Mine.'],
  'sends text': [(request, reply) => { reply.code(404).type('text/plain').send('Mine.') }, 404, 'Mine.'],
  'returns an object': [async (request, reply) => { reply.code(404); return { message: 'Mine.' } }, 404, 'Mine.'],
  'throws a refusal': [() => { throw notFound('Mine.') }, 404, 'Mine.'],
  'throws by a bug': [async () => { throw new Error('SECRET') }, 500, 'The server met an unexpected condition.']
}

for (const [place, [path, set]] of Object.entries(places)) {
  t.test(`a not-found handler of the user's is called, and its answer is a refusal in the contract's shape that keeps its message: ${place}`, async t => {
    for (const [name, [handler, status, detail]] of Object.entries(handlers)) {
      const app = Fastify()
      await set(app, handler)
      const answer = await send(await listen(t, app), 'GET', path)
      t.match([answer.status, answer.headers['content-type']], [status, 'application/problem+json'], name)
      t.match(JSON.parse(answer.body), { status, detail, instance: path }, name)
    }
  })
}

t.test("a not-found handler of the user's answers callNotFound() and a known path with another method, too", async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/called', (request, reply) => { reply.callNotFound() })
  app.setNotFoundHandler((request, reply) => { reply.code(404).send({ message: `Mine: ${request.method}` }) })
  const origin = await listen(t, app)
  t.match(JSON.parse((await send(origin, 'GET', '/called')).body), { detail: 'Mine: GET' })
  t.match(JSON.parse((await send(origin, 'PUT', '/called')).body), { detail: 'Mine: PUT' })
})

t.test("a not-found handler of the user's may answer a success of the contract, as single-page apps do", async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.setNotFoundHandler((request, reply) => { reply.type('text/html').send('<title>app</title>') })
  const { status, body } = await send(await listen(t, app), 'GET', '/x')
  t.same([status, body], [200, '<title>app</title>'])
})

t.test("the hooks and options of the user's not-found handler run, and those of the plugin's own no more", async t => {
  const app = Fastify()
  const met: string[] = []
  app.addHook('preHandler', async () => { met.push('of the scope') })
  await app.register(ptStatus)
  app.setNotFoundHandler({ preValidation: async () => { met.push('preValidation') }, preHandler: async () => { met.push('preHandler') } } as never, (request, reply) => {
    met.push('handler')
    reply.code(404).send({ message: 'Mine.' })
  })
  t.equal((await send(await listen(t, app), 'GET', '/x')).status, 404)
  t.same(met, ['preValidation', 'of the scope', 'preHandler', 'handler'])
})

t.test('scopes that share a prefix share their unknown routes: the first one answers, in its format', async t => {
  const scope = (format: 'problem' | 'envelope'): FastifyPluginAsync => async child => { await child.register(ptStatus, { format }) }
  const orders: Readonly<Record<string, readonly [path: string, declare: (app: FastifyInstance) => unknown]>> = {
    'two without one': ['/x', app => { app.register(scope('envelope')); app.register(scope('problem')) }],
    'the root, and one without': ['/x', async app => { await app.register(ptStatus, { format: 'envelope' }); app.register(scope('problem')) }],
    'two of the same': ['/v1/x', app => { app.register(scope('envelope'), { prefix: '/v1' }); app.register(scope('problem'), { prefix: '/v1' }) }]
  }
  for (const [name, [path, declare]] of Object.entries(orders)) {
    const app = Fastify()
    await declare(app)
    const { status, headers } = await send(await listen(t, app), 'GET', path)
    t.same([status, headers['content-type']], [404, 'application/json'], name)
  }
})

t.test('an unknown route is logged once', async t => {
  const lines: Array<{ msg: string, statusCode?: number }> = []
  const app = Fastify({ logger: { stream: { write (line: string) { lines.push(JSON.parse(line)) } } } })
  await app.register(ptStatus)
  await send(await listen(t, app), 'GET', '/x')
  t.same(lines.filter(({ msg }) => /such route|not found/.test(msg)).map(({ msg, statusCode }) => [msg, statusCode]), [['There is no such route.', 404]])
})

t.test('a second handler in a scope with a prefix of its own that has the plugin is refused where it is set', async t => {
  const app = Fastify()
  app.register(async child => {
    await child.register(ptStatus)
    child.setNotFoundHandler(() => {})
  }, { prefix: '/v1' })
  await t.rejects(async () => app.ready(), { message: "Not found handler already set for Fastify instance with prefix: '/v1'" })
  await app.close()
})
