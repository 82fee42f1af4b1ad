import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import staticFiles from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import t, { type Test } from 'tap'
import ptStatus, { notFound, type AccessRoute, type PtStatusOptions } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

/** What the document begins with. */
const openapi = { info: { title: 'A', version: '1' }, components: { securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer' } } } }

const problem = /^application\/problem\+json/

/** Metrics as another plugin declares them, which knows nothing of access. */
const metrics = fp(async (app: FastifyInstance) => {
  app.get('/metrics', { schema: { response: { 200: { type: 'string' } } } }, async (request, reply) => reply.code(206 as 200).type('text/plain').send('up 1'))
  app.get('/metrics/broken', async () => { throw new Error('secret') })
  app.get('/metrics/none', async () => { throw notFound('No such metric.') })
})

async function others (app: FastifyInstance, root: string): Promise<void> {
  await app.register(swaggerUi, { routePrefix: '/docs' })
  await app.register(staticFiles, { root, prefix: '/files/', redirect: true })
  await app.register(metrics)
}

const isOthers = ({ url }: AccessRoute) => /^\/(docs|files|metrics)\b/.test(url)
const options: PtStatusOptions = {
  authenticate: ({ headers }) => headers.authorization === 'yes' ? { subject: 'a' } : null,
  access: route => route.url.startsWith('/metrics') ? { scopes: ['metrics'] } : isOthers(route) ? 'public' : undefined,
  outside: isOthers,
  securityScheme: 'bearer'
}

/** Where the routes of other plugins are declared, seen from this one. */
const places: Readonly<Record<string, (app: FastifyInstance, root: string, options: PtStatusOptions) => unknown>> = {
  before: async (app, root, options) => { await others(app, root); await app.register(ptStatus, options) },
  behind: async (app, root, options) => { await app.register(ptStatus, options); await others(app, root) },
  'in a child': async (app, root, options) => { await app.register(ptStatus, options); await app.register(async child => { await others(child, root) }) }
}

async function start (t: Test, place: string, options: PtStatusOptions): Promise<{ app: FastifyInstance, origin: string }> {
  const root = await mkdtemp(join(tmpdir(), 'files-'))
  t.teardown(() => rm(root, { recursive: true }))
  await writeFile(join(root, 'a.txt'), '0123456789')
  const app = Fastify()
  await app.register(swagger, { openapi })
  await places[place]!(app, root, options)
  app.get('/things', async () => ({}))
  return { app, origin: await listen(t, app) }
}

const pages = ['/docs', '/docs/static/swagger-ui.css', '/docs/json', '/files/a.txt']

for (const place of Object.keys(places)) {
  t.test(`access tells who may use the routes of other plugins, declared ${place}`, async t => {
    const { origin } = await start(t, place, { ...options, authenticate: ({ headers: { authorization } }) => authorization === undefined ? null : { subject: 'a', scopes: [authorization] } })
    for (const path of pages) {
      for (const method of ['GET', 'HEAD']) t.equal((await send(origin, method, path)).status, 200, `${method} ${path}`)
    }
    t.equal((await send(origin, 'GET', '/things')).status, 401, 'one of which it says nothing is for any principal')
    t.equal((await send(origin, 'GET', '/things', { authorization: 'any' })).status, 200)
    t.equal((await send(origin, 'GET', '/metrics')).status, 401)
    const refused = await send(origin, 'GET', '/metrics', { authorization: 'any' })
    t.match(refused, { status: 403, headers: { 'www-authenticate': /insufficient_scope.*metrics/ } })
    t.match(await send(origin, 'GET', '/metrics', { authorization: 'metrics' }), { status: 206, body: 'up 1' })
  })

  t.test(`successes of routes outside are sent as they are, and refusals are in shape, declared ${place}`, async t => {
    const { origin } = await start(t, place, { outside: isOthers })
    t.match(await send(origin, 'GET', '/metrics'), { status: 206, body: 'up 1' }, 'neither the contract nor the route has a 206')
    t.match(await send(origin, 'GET', '/files/a.txt', { range: 'bytes=2-4' }), { status: 206, body: '234' })
    t.match(await send(origin, 'GET', '/metrics/broken'), { status: 500, headers: { 'content-type': problem }, body: /^((?!secret).)*$/ })
    t.match(await send(origin, 'GET', '/metrics/none'), { status: 404, headers: { 'content-type': problem }, body: /No such metric/ })
    t.match(await send(origin, 'GET', '/files/none.txt'), { status: 404, headers: { 'content-type': problem } })
    t.match(await send(origin, 'GET', '/docs/static/none'), { status: 404, headers: { 'content-type': problem } })
  })

  t.test(`the document tells routes outside as it would without the plugin, and contract() doesn't list them, declared ${place}`, async t => {
    const { app } = await start(t, place, options)
    const plain = Fastify()
    await plain.register(swagger, { openapi })
    await plain.register(metrics)
    await plain.ready()
    const paths = (of: FastifyInstance) => of.swagger().paths as Record<string, object>
    for (const path of ['/metrics', '/metrics/none']) t.same(paths(app)[path], paths(plain)[path], path)
    t.match(Object.keys(paths(app)), ['/metrics'])
    t.match(paths(app)['/things'], { get: { security: [{ bearer: [] }], responses: { 401: {} } } })
    t.same(app.ptStatus.contract().map(({ method, url }) => `${method} ${url}`), ['GET /things', 'HEAD /things'])
  })
}

t.test('without outside, the same routes are held', async t => {
  const { origin, app } = await start(t, 'behind', {})
  t.equal((await send(origin, 'GET', '/metrics')).status, 500)
  t.ok(app.ptStatus.contract().some(({ url }) => url === '/metrics'))
})

t.test('access is asked of routes alone that state none, once each', async t => {
  const asked: string[] = []
  const note = (name: string, { method, url }: AccessRoute) => { asked.push(`${name} ${String(method)} ${url}`) }
  const app = Fastify()
  await app.register(ptStatus, {
    authenticate: () => null,
    access: route => { note('access', route); return 'public' },
    outside: route => { note('outside', route); return false }
  })
  app.get('/open', { exposeHeadRoute: false }, async () => 'open')
  app.get('/stated', { exposeHeadRoute: false, config: { access: { scopes: ['a'] } } }, async () => 'secret')
  for (let time = 0; time < 2; time++) {
    t.equal((await app.inject('/open')).body, 'open')
    t.equal((await app.inject('/stated')).statusCode, 401)
  }
  t.same(asked, ['access GET /open', 'outside GET /open', 'outside GET /stated'])
})

t.test('of a route from before the plugin they are asked once, too, at its first request', async t => {
  const asked: string[] = []
  const app = Fastify()
  app.get('/', async (request, reply) => reply.code(206).send('open'))
  await app.register(ptStatus, {
    authenticate: () => null,
    access: () => { asked.push('access'); return 'public' },
    outside: () => { asked.push('outside'); return true }
  })
  for (let time = 0; time < 3; time++) t.match(await app.inject('/'), { statusCode: 206, body: 'open' })
  t.same(asked, ['access', 'outside'])
  const held = Fastify()
  held.get('/', async (request, reply) => reply.code(206).send('open'))
  await held.register(ptStatus, { outside: () => false })
  t.equal((await held.inject('/')).statusCode, 500)

  t.equal((await app.inject('/none')).statusCode, 404)
  t.same(asked, ['access', 'outside'], 'an unknown route is none')
})

t.test('a scope in it has both, unless it has its own', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: () => null, access: () => 'public', outside: () => true })
  const handler = async (request: unknown, reply: { code: (status: number) => { send: (text: string) => unknown } }) => reply.code(206).send('a')
  await app.register(async child => { await child.register(ptStatus, { access: undefined, outside: undefined }); child.get('/inherits', handler as never) })
  await app.register(async child => { await child.register(ptStatus, { access: () => undefined }); child.get('/closes', handler as never) })
  await app.register(async child => { await child.register(ptStatus, { outside: () => false }); child.get('/holds', handler as never) })
  for (const [url, status] of [['/inherits', 206], ['/closes', 401], ['/holds', 500]] as const) t.equal((await app.inject(url)).statusCode, status, url)
})

const wrongAccess = [true, null, 'private', {}, { scopes: 'a' }, { scopes: ['a b'] }, Promise.resolve('public')]
const wrongOutside = ['yes', 1, {}, Promise.resolve(true)]

for (const [name, results, message] of [
  ['access', wrongAccess, "Cannot close GET /: access must be 'public', { scopes: [...] } or a function"],
  ['outside', wrongOutside, 'Cannot tell whether GET / is outside the contract: outside must return a boolean']
] as const) {
  t.test(`a wrong result of ${name} stops the start, or is a 500 of a route from before the plugin`, async t => {
    for (const result of results) {
      const wrong = { authenticate: () => null, [name]: () => result } as PtStatusOptions
      const app = Fastify()
      await app.register(ptStatus, wrong)
      t.throws(() => app.get('/', async () => 'secret'), { name: 'TypeError', message })

      const lines: string[] = []
      const early = Fastify({ logger: { level: 'error', stream: { write: line => { lines.push(line) } } } })
      early.get('/', { config: name === 'outside' ? { access: 'public' } : {} }, async () => 'secret')
      await early.register(ptStatus, wrong)
      const { statusCode, body } = await early.inject('/')
      t.equal(statusCode, 500)
      t.notMatch(body, 'secret')
      t.same([...new Set(lines.map(line => JSON.parse(line).err.message))], [message], 'the log says what it is')
    }
  })
}

t.test('what access throws stops the start, and so does one that closes where nobody authenticates', async t => {
  const app = Fastify()
  await app.register(ptStatus, { access: route => { if (route.url === '/throws') throw new Error('own'); return { scopes: ['a'] } } })
  t.throws(() => app.get('/throws', async () => ({})), { message: 'own' })
  t.throws(() => app.get('/', async () => ({})), { message: 'Cannot close GET /: it asks for access, but the plugin has no authenticate' })
})
