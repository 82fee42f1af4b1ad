import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'

const thing = Type.Object({ id: Type.String() })
const handler = async () => ({})

async function contractOf (declare: (app: FastifyInstance) => unknown, options: PtStatusOptions = {}) {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(ptStatus, options)
  await declare(app)
  await app.ready()
  return app.ptStatus.contract()
}

const cases: Array<[title: string, declare: (app: FastifyInstance) => unknown, codes: number[]]> = [
  ['a GET with a response schema', app => app.get('/', { schema: { response: { 200: thing } } }, handler), [200, 304, 400, 500, 503]],
  ['a GET without one may answer any success', app => app.get('/', handler), [200, 204, 304, 400, 500, 503]],
  ['a POST without one may answer any success', app => app.post('/', handler), [200, 201, 204, 400, 500, 503]],
  ['a POST that creates reads a body', app => app.post('/', { schema: { response: { 201: thing } } }, handler), [201, 400, 500, 503]],
  ['a DELETE by id', app => app.delete('/:id', { schema: { response: { 204: Type.Null() } } }, handler), [204, 400, 404, 500, 503]],
  ['a GET with a query', app => app.get('/', { schema: { querystring: thing, response: { 200: thing } } }, handler), [200, 304, 400, 500, 503]],
  ['a GET with headers', app => app.get('/', { schema: { headers: thing, response: { 200: thing } } }, handler), [200, 304, 400, 500, 503]],
  ['a wildcard is a path parameter', app => app.get('/files/*', { schema: { response: { 200: thing } } }, handler), [200, 304, 400, 404, 500, 503]],
  ['an escaped colon is none', app => app.get('/things::batch', { schema: { response: { 200: thing } } }, handler), [200, 304, 400, 500, 503]],
  ['a declared refusal takes no success away', app => app.get('/', { schema: { response: { 404: thing } } }, handler), [200, 204, 304, 400, 404, 500, 503]],
  ['404 where it is declared', app => app.get('/', { schema: { response: { 200: thing, 404: thing } } }, handler), [200, 304, 400, 404, 500, 503]],
  ['no 304 where there is no 200', app => app.get('/', { schema: { response: { 204: Type.Null() } } }, handler), [204, 500, 503]],
  ['304 where it is declared', app => app.get('/', { schema: { response: { 204: Type.Null(), 304: Type.Null() } } }, handler), [204, 304, 400, 500, 503]],
  ['2xx is every success that the method can give', app => app.get('/', { schema: { response: { '2xx': thing } } }, handler), [200, 204, 304, 400, 500, 503]]
]

for (const [title, declare, codes] of cases) {
  t.test(`contract() derives the codes of a route: ${title}`, async t => {
    const [route] = await contractOf(declare)
    t.same(route?.codes, codes)
    t.equal(route?.access, 'public')
  })
}

t.test('contract() lists 304 only where it is declared if there are no automatic tags', async t => {
  const contract = await contractOf(app => {
    app.get('/a', { schema: { response: { 200: thing } } }, handler)
    app.get('/b', { schema: { response: { 200: thing, 304: Type.Null() } } }, handler)
  }, { etag: false })
  t.same(contract.map(({ codes }) => codes), [[200, 500, 503], [200, 304, 400, 500, 503]])
})

t.test('contract() tells the access of closed routes and adds 401, and 403 where something can be refused', async t => {
  const response = { 200: thing }
  const contract = await contractOf(app => {
    app.get('/a', { schema: { response } }, handler)
    app.get('/b', { schema: { response }, config: { access: 'public' } }, handler)
    app.get('/c', { schema: { response }, config: { access: { scopes: ['x', 'y'] } } }, handler)
    app.get('/d', { schema: { response }, config: { access: () => true } }, handler)
  }, { authenticate: () => null })
  t.same(contract, [
    { method: 'GET', url: '/a', access: 'authenticated', codes: [200, 304, 400, 401, 500, 503] },
    { method: 'GET', url: '/b', access: 'public', codes: [200, 304, 400, 500, 503] },
    { method: 'GET', url: '/c', access: { scopes: ['x', 'y'] }, codes: [200, 304, 400, 401, 403, 500, 503] },
    { method: 'GET', url: '/d', access: 'function', codes: [200, 304, 400, 401, 403, 500, 503] }
  ])
})

t.test('contract() is sorted by URL and method, with one entry a method, HEAD routes and prefixes, without hidden routes', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.route({ method: ['PUT', 'DELETE'], url: '/b', handler })
  app.get('/hidden', { schema: { hide: true } }, handler)
  await app.register(async child => { child.get('/a', handler) }, { prefix: '/v1' })
  await app.ready()
  t.same(app.ptStatus.contract().map(({ method, url }) => `${method} ${url}`), ['DELETE /b', 'PUT /b', 'GET /v1/a', 'HEAD /v1/a'])
})

t.test('contract() lists a route at the root of a prefix', async t => {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(ptStatus)
  await app.register(async child => { child.get('/', handler).get('', { prefixTrailingSlash: 'no-slash', constraints: { host: 'a' } }, handler) }, { prefix: '/v1' })
  await app.ready()
  t.equal(app.ptStatus.contract()[0]?.url, '/v1')
})

t.test('contract() gives the routes of its own scope, and copies', async t => {
  const app = Fastify({ exposeHeadRoutes: false })
  await app.register(ptStatus)
  app.get('/outer', handler)
  let inner: FastifyInstance | undefined
  await app.register(async child => {
    await child.register(ptStatus, { format: 'envelope' })
    child.get('/inner', handler)
    inner = child
  })
  t.throws(() => app.ptStatus.contract(), { message: 'Cannot list the contract: the app is not ready' })
  await app.ready()
  t.same(app.ptStatus.contract().map(({ url }) => url), ['/outer'])
  t.same(inner!.ptStatus.contract().map(({ url }) => url), ['/inner'])
  app.ptStatus.contract().pop()
  t.equal(app.ptStatus.contract().length, 1)
})

t.test('the derived answers cost no compilation: the serializers of a route are those that it declares', async t => {
  const compiled: string[] = []
  const app = Fastify({ exposeHeadRoutes: false })
  app.setSerializerCompiler(({ httpStatus }) => {
    compiled.push(String(httpStatus))
    return JSON.stringify
  })
  await app.register(swagger)
  await app.register(ptStatus)
  app.get('/:id', { schema: { response: { 200: thing } } }, handler)
  await app.ready()
  t.same(compiled, ['200'])
})

t.test('contract() lists what authenticate refuses with besides 401, on closed routes alone', async t => {
  const app = Fastify()
  await app.register(ptStatus, { etag: false, authenticate: Object.assign(() => null, { codes: [400] }) })
  const schema = { response: { 200: Type.Unknown() } }
  app.get('/closed', { schema }, async () => ({}))
  app.get('/open', { schema, config: { access: 'public' } }, async () => ({}))
  await app.ready()
  t.same(app.ptStatus.contract().filter(({ method }) => method === 'GET').map(({ codes }) => codes), [[200, 400, 401, 500, 503], [200, 500, 503]])
})

t.test('contract() lists both routes at the root of a prefix, as Fastify declares them, by each of its options', async t => {
  const urls: Readonly<Record<string, string[]>> = { both: ['/p', '/p/'], slash: ['/p/'], 'no-slash': ['/p'] }
  for (const [prefixTrailingSlash, expected] of Object.entries(urls)) {
    for (const method of ['GET', 'POST', ['PUT', 'DELETE']]) {
      const app = Fastify({ exposeHeadRoutes: false })
      await app.register(ptStatus)
      app.register(async child => { child.route({ method, url: '/', prefixTrailingSlash: prefixTrailingSlash as 'both', handler: async () => ({}) }) }, { prefix: '/p' })
      await app.ready()
      const listed = app.ptStatus.contract().map(({ method, url }) => `${method} ${url}`)
      t.same(listed, expected.flatMap(url => [method].flat().sort().map(method => `${method} ${url}`)), `${String(method)} ${prefixTrailingSlash}`)
      for (const url of expected) t.equal((await app.inject({ method: [method].flat()[0] as 'GET', url })).statusCode, 200)
    }
  }
})

t.test('contract() does not list a twin where there is none', async t => {
  const app = Fastify({ exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } })
  await app.register(ptStatus)
  app.register(async child => { child.get('/', async () => ({})); child.get('/a', async () => ({})) }, { prefix: '/p' })
  app.get('/', async () => ({}))
  app.register(async child => { child.get('', async () => ({})) }, { prefix: '/q' })
  await app.ready()
  t.same(app.ptStatus.contract().map(({ url }) => url), ['/', '/p', '/p/a', '/q'])
})
