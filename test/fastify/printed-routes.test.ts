import Fastify from 'fastify'
import t from 'tap'
import { printedRoutes } from '../../lib/fastify/printed-routes.ts'

t.test('the printed tree tells each route by method and URL', async t => {
  const app = Fastify()
  t.same(printedRoutes(app), [])
  const declared = [
    ['GET', '/'], ['POST', '/a/b'], ['GET', '/a/b/:id'], ['GET', '/a/*'], ['DELETE', '/ab'], ['GET', '/n/:n(^\\d+$)/x'],
    ['GET', '/with space'], ['GET', '/two/:from-:to'], ['GET', '/colon/::name'], ['GET', '/a.b/:file.png'], ['GET', '*']
  ] as const
  for (const [method, url] of declared) app.route({ method, url, exposeHeadRoute: false, handler: async () => 1 })
  app.get('/c', { exposeHeadRoute: false, constraints: { host: 'a.example' } }, async () => 1)
  app.get('/c', { exposeHeadRoute: false }, async () => 1)
  app.route({ method: ['PUT', 'PATCH'], url: '/many', handler: async () => 1 })
  app.register(async child => {
    child.get('/', async () => 1)
    child.get('/z', { exposeHeadRoute: false }, async () => 1)
  }, { prefix: '/p' })
  await app.ready()
  t.same(new Set(printedRoutes(app)), new Set([
    ...declared.map(([method, url]) => `${method} ${url.replace('::', ':')}`), 'GET /c', 'PUT /many', 'PATCH /many',
    'GET /p', 'HEAD /p', 'GET /p/', 'HEAD /p/', 'GET /p/z'
  ]))
})
