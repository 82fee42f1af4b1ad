import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import ptStatus, { notFound, serviceUnavailable, unauthorized, type PtStatusOptions } from '../lib/index.ts'
import { listen, send, type Response } from './wire.ts'

/** Declares the routes of a scope. */
async function routes (app: FastifyInstance): Promise<void> {
  app.get('/refused', async () => { throw notFound('A refusal.') })
  app.get('/thrown', async () => { throw new Error('SECRET') })
  app.get('/not-found', (request, reply) => { reply.callNotFound() })
  app.post('/invalid', { schema: { body: { type: 'object', required: ['name'] } } }, async () => 'a')
  app.get('/success', async () => ({ id: 1 }))
}

/** A scope with the plugin and the routes. */
function scope (options: PtStatusOptions): (app: FastifyInstance) => Promise<void> {
  return async app => {
    await app.register(ptStatus, options)
    await routes(app)
  }
}

const requests = [
  ['GET', '/refused', 404, 'NOT_FOUND', 'A refusal.'],
  ['GET', '/thrown', 500, 'INTERNAL_SERVER_ERROR', 'The server met an unexpected condition.'],
  ['GET', '/not-found', 404, 'NOT_FOUND', 'There is no such route.'],
  ['POST', '/invalid', 400, 'VALIDATION_FAILED', 'The request has 1 invalid parameter.'],
  ['GET', '/unknown', 404, 'NOT_FOUND', 'There is no such route.'],
  ['GET', '/unknown/deeper?a=b', 404, 'NOT_FOUND', 'There is no such route.'],
  ['DELETE', '/success', 404, 'METHOD_NOT_ALLOWED', 'The path answers GET, HEAD, not DELETE.'],
  ['POST', '/unknown', 404, 'NOT_FOUND', 'There is no such route.']
] as const

type Way = 'problem' | 'envelope' | 'fastify'

/** In which way an error was answered. */
function wayOf ({ headers, body }: Response): Way | undefined {
  const { type, error } = JSON.parse(body)
  if (type === 'about:blank' && headers['content-type'] === 'application/problem+json') return 'problem'
  if (typeof error === 'object' && headers['content-type'] === 'application/json') return 'envelope'
  return typeof error === 'string' ? 'fastify' : undefined
}

/** Checks that each scope answers in its own way. */
async function check (t: Test, app: FastifyInstance, ways: Readonly<Record<string, Way>>): Promise<void> {
  const origin = await listen(t, app)
  for (const [prefix, way] of Object.entries(ways)) {
    for (const [method, path, status, code, detail] of requests) {
      const answer = await send(origin, method, prefix + path, method === 'POST' ? { 'content-type': 'application/json' } : {}, method === 'POST' ? '{}' : '')
      t.equal(wayOf(answer), way, `${method} ${prefix}${path}`)
      if (way === 'fastify') continue
      const { error, ...problem } = JSON.parse(answer.body)
      t.equal(answer.status, status)
      t.match(way === 'problem' ? [problem.status, problem.code, problem.detail] : [error.status, error.error, error.message], [status, code, detail])
    }
  }
}

t.test('at the root, it answers for the whole app', async t => {
  const app = Fastify()
  await scope({})(app)
  app.register(routes, { prefix: '/child' })
  app.register(async child => { child.register(routes, { prefix: '/deeper' }) }, { prefix: '/child' })
  await check(t, app, { '': 'problem', '/child': 'problem', '/child/deeper': 'problem' })
})

t.test('in a child scope under a prefix, it answers for that scope only', async t => {
  const app = Fastify()
  await routes(app)
  app.register(scope({ format: 'envelope' }), { prefix: '/v1' })
  app.register(routes, { prefix: '/other' })
  await check(t, app, { '': 'fastify', '/v1': 'envelope', '/other': 'fastify', '/v11': 'fastify' })
})

t.test('siblings answer each in its own way, their unknown routes included', async t => {
  const app = Fastify()
  app.register(scope({ format: 'envelope' }), { prefix: '/v1' })
  app.register(scope({ format: 'problem' }), { prefix: '/v2' })
  app.register(scope({ format: 'envelope' }), { prefix: '/v3' })
  await check(t, app, { '/v1': 'envelope', '/v2': 'problem', '/v3': 'envelope' })
})

t.test('the prefix of a scope itself is its unknown route', async t => {
  const app = Fastify()
  app.register(scope({ format: 'envelope' }), { prefix: '/v1' })
  app.register(scope({ format: 'problem' }), { prefix: '/v2' })
  const origin = await listen(t, app)
  for (const [path, way] of [['/v1', 'envelope'], ['/v1/', 'envelope'], ['/v2', 'problem'], ['/v2?a', 'problem'], ['/v3', 'fastify']] as const) {
    t.equal(wayOf(await send(origin, 'GET', path)), way, path)
  }
})

t.test('nested, the nearest scope answers', async t => {
  const app = Fastify()
  await scope({ format: 'problem' })(app)
  app.register(async v1 => {
    await scope({ format: 'envelope' })(v1)
    v1.register(routes, { prefix: '/child' })
    v1.register(scope({ format: 'problem' }), { prefix: '/nested' })
  }, { prefix: '/v1' })
  app.register(routes, { prefix: '/v2' })
  await check(t, app, { '': 'problem', '/v1': 'envelope', '/v1/child': 'envelope', '/v1/nested': 'problem', '/v2': 'problem' })
})

t.test('the order of registration does not matter to nested scopes', async t => {
  const app = Fastify()
  app.register(scope({ format: 'envelope' }), { prefix: '/v1' })
  app.register(routes, { prefix: '/v2' })
  app.register(ptStatus)
  app.register(routes)
  await check(t, app, { '': 'problem', '/v1': 'envelope', '/v2': 'problem' })
})

t.test('siblings without a prefix answer the errors of their own routes; unknown routes belong to the first', async t => {
  const app = Fastify()
  app.register(async child => {
    await child.register(ptStatus, { format: 'envelope' })
    child.get('/a', async () => { throw notFound() })
  })
  app.register(async child => {
    await child.register(ptStatus, { format: 'problem' })
    child.get('/b', async () => { throw notFound() })
  })
  const origin = await listen(t, app)
  t.equal(wayOf(await send(origin, 'GET', '/a')), 'envelope')
  t.equal(wayOf(await send(origin, 'GET', '/b')), 'problem')
  t.equal(wayOf(await send(origin, 'GET', '/unknown')), 'envelope')
})

t.test('each scope has its own defaults, mapError and contract', async t => {
  const scopes = {
    '/v1': { challenge: 'Basic', retryAfter: 1, mapError: () => notFound('one') },
    '/v2': { challenge: 'Digest', retryAfter: 2, mapError: (thrown: unknown) => thrown === 'mapped' ? notFound('two') : undefined }
  }
  const contracts: Record<string, () => { url: string }[]> = {}
  const app = Fastify()
  for (const [prefix, options] of Object.entries(scopes)) {
    app.register(async child => {
      await child.register(ptStatus, options)
      child.get('/401', async () => { throw unauthorized() })
      child.get('/503', async () => { throw serviceUnavailable() })
      child.get('/mapped', async () => { throw 'mapped' }) // eslint-disable-line no-throw-literal
      contracts[prefix] = child.ptStatus.contract
    }, { prefix })
  }
  const origin = await listen(t, app)
  for (const [prefix, challenge, delay, detail] of [['/v1', 'Basic', '1', 'one'], ['/v2', 'Digest', '2', 'two']] as const) {
    t.equal((await send(origin, 'GET', `${prefix}/401`)).headers['www-authenticate'], challenge)
    t.equal((await send(origin, 'GET', `${prefix}/503`)).headers['retry-after'], delay)
    t.equal(JSON.parse((await send(origin, 'GET', `${prefix}/mapped`)).body).detail, detail)
    t.same([...new Set(contracts[prefix]!().map(({ url }) => url))], ['/401', '/503', '/mapped'].map(path => prefix + path))
  }
})

t.test('the replies of every scope have the helpers, once', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  const add = async (child: FastifyInstance): Promise<void> => {
    await child.register(ptStatus, { format: 'envelope' })
    child.post('/', async (request, reply) => reply.created('/a b', { id: 1 }))
    child.delete('/', async (request, reply) => reply.noContent())
  }
  app.register(add, { prefix: '/v1' })
  app.register(async child => { child.register(add, { prefix: '/deep' }) }, { prefix: '/v2' })
  const origin = await listen(t, app)
  for (const path of ['/v1', '/v2/deep']) {
    const created = await send(origin, 'POST', path)
    t.match([created.status, created.headers['location'], created.body], [201, '/a%20b', '{"id":1}'])
    t.equal((await send(origin, 'DELETE', path)).status, 204)
  }
})

t.test('registering twice in one scope stops the start with a clear error', async t => {
  const message = 'Cannot register fastify-pt-status: it is registered in this scope already'
  const ways: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
    'at the root': app => { app.register(ptStatus); app.register(ptStatus) },
    'with other options': app => { app.register(ptStatus, { format: 'problem' }); app.register(ptStatus, { format: 'envelope' }) },
    'in a child scope': app => { app.register(async child => { await child.register(ptStatus); await child.register(ptStatus) }, { prefix: '/v1' }) },
    'through a plugin that shares the scope': app => { app.register(ptStatus); app.register(fp(async shared => { await shared.register(ptStatus) })) }
  }
  for (const [name, register] of Object.entries(ways)) {
    const app = Fastify()
    register(app)
    await t.rejects(async () => app.ready(), { message }, name)
    await app.close()
  }
})

t.test('an option that is wrong in one scope stops the start', async t => {
  const app = Fastify()
  app.register(ptStatus)
  app.register(async child => { await child.register(ptStatus, { format: 'text' as never }) }, { prefix: '/v1' })
  await t.rejects(async () => app.ready(), { name: 'TypeError', message: /^Cannot register fastify-pt-status: format must be/ })
  await app.close()
})

const helpers = ['created', 'noContent', 'notModified', 'isNotModified'] as const
const own = function () {} as never
const decorators: Readonly<Record<string, (app: FastifyInstance, name: string) => unknown>> = {
  'at the root': (app, name) => { app.decorateReply(name, own); app.register(ptStatus) },
  'with a getter': (app, name) => { app.decorateReply(name, { getter: () => own }); app.register(ptStatus) },
  'with a value': (app, name) => { app.decorateReply(name, null); app.register(ptStatus) },
  'by a plugin': (app, name) => { app.register(fp(async shared => { shared.decorateReply(name, own) })); app.register(ptStatus) },
  'in the scope above': (app, name) => { app.decorateReply(name, own); app.register(async child => { await child.register(ptStatus) }) },
  'in a scope below one with the plugin': (app, name) => {
    app.register(ptStatus)
    app.register(async child => { child.decorateReply(name, own); await child.register(ptStatus) })
  }
}

for (const [where, decorate] of Object.entries(decorators)) {
  t.test(`a user's decorator with the name of a helper stops the start with a message that names it: ${where}`, async t => {
    for (const name of helpers) {
      const app = Fastify()
      decorate(app, name)
      await t.rejects(async () => app.ready(), {
        message: `Cannot register fastify-pt-status: replies are already decorated with '${name}': give yours another name, or remove it and use the plugin's`
      })
      await app.close()
    }
  })
}

t.test('every helper whose name is taken is named at once', async t => {
  const app = Fastify()
  for (const name of helpers) app.decorateReply(name, own)
  await t.rejects(async () => { await app.register(ptStatus) }, { message: /already decorated with 'created', 'noContent', 'notModified', 'isNotModified':/ })
})

t.test("a reply that a user decorates with the name of a helper after the plugin gets Fastify's own error", async t => {
  const app = Fastify()
  await app.register(ptStatus)
  for (const name of helpers) t.throws(() => app.decorateReply(name, own), { code: 'FST_ERR_DEC_ALREADY_PRESENT' })
  await app.close()
})

t.test('the helpers are there in whichever order scopes register the plugin', async t => {
  const route = async (app: FastifyInstance): Promise<void> => {
    app.get('/', async (request, reply) => reply.isNotModified({ etag: 1 }) ? reply.notModified() : {})
    app.post('/', async (request, reply) => reply.created('/1', {}))
    app.delete('/', async (request, reply) => reply.noContent())
  }
  // Each has schemas of its own
  const inner = async (app: FastifyInstance): Promise<void> => { await app.register(ptStatus, { format: 'envelope' }); await route(app) }
  const outer = async (app: FastifyInstance): Promise<void> => { await app.register(ptStatus); await route(app) }
  const orders: Readonly<Record<string, readonly [declare: (app: FastifyInstance) => unknown, ...paths: string[]]>> = {
    'a child, then its parent': [app => { app.register(inner, { prefix: '/child' }); app.register(fp(outer)) }, '/', '/child'],
    'a parent, then its child': [app => { app.register(fp(outer)); app.register(inner, { prefix: '/child' }) }, '/', '/child'],
    siblings: [app => { app.register(inner, { prefix: '/a' }); app.register(inner, { prefix: '/b' }) }, '/a', '/b'],
    'siblings, then their parent': [app => { app.register(inner, { prefix: '/a' }); app.register(inner, { prefix: '/b' }); app.register(fp(outer)) }, '/', '/a', '/b'],
    'a grandchild, then the root': [app => { app.register(async child => { await child.register(inner, { prefix: '/deep' }) }, { prefix: '/child' }); app.register(fp(outer)) }, '/', '/child/deep'],
    'a child of a child with it': [app => { app.register(async child => { await outer(child); await child.register(inner, { prefix: '/deep' }) }, { prefix: '/child' }) }, '/child', '/child/deep']
  }
  for (const [order, [declare, ...paths]] of Object.entries(orders)) {
    const app = Fastify()
    declare(app)
    const origin = await listen(t, app)
    for (const path of paths) {
      const title = `${order}: ${path}`
      for (const method of ['GET', 'HEAD']) {
        const { status, headers } = await send(origin, method, path, { 'if-none-match': '"1"' })
        t.match([status, headers['etag']], [304, '"1"'], title)
        t.notOk('content-length' in headers, title)
      }
      t.match(await send(origin, 'POST', path), { status: 201, headers: { location: '/1' } }, title)
      t.equal((await send(origin, 'DELETE', path)).status, 204, title)
    }
  }
})

for (const format of ['problem', 'envelope'] as const) {
  t.test(`a scope and one around it may have the same format, in either order of registration: ${format}`, async t => {
    const orders: Readonly<Record<string, (app: FastifyInstance) => void>> = {
      'the child first': app => { app.register(async child => { child.register(ptStatus, { format }); child.after(() => child.get('/a', refuse)) }); app.register(ptStatus, { format }).after(() => app.get('/b', refuse)) },
      'the parent first': app => { app.register(ptStatus, { format }).after(() => app.get('/b', refuse)); app.register(async child => { await child.register(ptStatus, { format }); child.get('/a', refuse) }) },
      'two siblings, and then their parent': app => {
        for (const prefix of ['/s', '/t']) app.register(async child => { await child.register(ptStatus, { format }); child.get('/a', refuse) }, { prefix })
        app.register(async child => { await child.register(ptStatus, { format }); child.get('/a', refuse) })
        app.register(ptStatus, { format }).after(() => app.get('/b', refuse))
      },
      'a grandchild, its parent, the root': app => {
        app.register(async child => {
          child.register(async grandchild => { await grandchild.register(ptStatus, { format }); grandchild.get('/a', refuse) })
          await child.register(ptStatus, { format })
        })
        app.register(ptStatus, { format }).after(() => app.get('/b', refuse))
      }
    }
    const refuse = async () => { throw notFound('Not here.') }
    for (const [order, register] of Object.entries(orders)) {
      const app = Fastify()
      register(app)
      await app.ready()
      for (const url of ['/a', '/b']) {
        const { statusCode, body } = await app.inject(url)
        t.equal(statusCode, 404, `${order}, ${url}`)
        t.match(body, /Not here\./)
      }
      await app.close()
    }
  })
}
