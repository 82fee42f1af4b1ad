import Fastify, { type FastifyReply, type RouteOptions } from 'fastify'
import t from 'tap'
import { addHookFirst, beforeHooksAreRead, dropsContentOfHead, hasFailed, isFastifysErrorBody, setUnroutedAnswer, trailersOf } from '../../lib/fastify/internals.ts'

t.test('hooks that are put on a route before they are read come behind all others, whenever those were added', async t => {
  const app = Fastify()
  const met: string[] = []
  const hook = (name: string) => async () => { met.push(name) }
  app.addHook('onRoute', function (route) {
    if (route.method !== 'GET') return
    beforeHooksAreRead(this, () => { route.onSend = [route.onSend ?? [], hook('placed')].flat() })
  })
  app.addHook('onRoute', route => { (route.onSend as unknown[]).push(hook('pushed by an onRoute hook')) })
  app.register(async child => {
    child.addHook('onRoute', route => { route.onSend = [hook('prepended'), route.onSend ?? []].flat() })
    child.get('/', { onSend: [hook('own')] }, async () => 'a')
    child.addHook('onSend', hook('of the scope, after the route'))
    child.get('/replaced', { onSend: [hook('own')] }, async () => 'a')
  })
  app.register(async () => { app.addHook('onSend', hook('of the root, from a plugin that loads last')) })
  await app.inject('/')
  t.same(met, ['of the scope, after the route', 'of the root, from a plugin that loads last', 'prepended', 'own', 'pushed by an onRoute hook', 'placed'])
})

t.test('a hook that is added first comes before those that are there, on the instance and on those in it, from before and from later', async t => {
  const app = Fastify()
  const met: string[] = []
  const hook = (name: string) => async () => { met.push(name) }
  app.addHook('preHandler', hook('of the root'))
  app.get('/root', async () => 'a')
  await app.register(async child => {
    child.addHook('preHandler', hook('of the child'))
    child.get('/child', async () => 'a')
    await child.register(async inner => { inner.get('/inner', { preHandler: hook('of the route') }, async () => 'a') })
  })
  addHookFirst(app, 'preHandler', (request, reply, done) => { met.push('first'); done() })
  await app.register(async later => {
    later.addHook('preHandler', hook('of a later child'))
    later.get('/later', async () => 'a')
  })
  for (const [url, expected] of Object.entries({
    '/root': ['first', 'of the root'],
    '/child': ['first', 'of the root', 'of the child'],
    '/inner': ['first', 'of the root', 'of the child', 'of the route'],
    '/later': ['first', 'of the root', 'of a later child']
  })) {
    met.length = 0
    await app.inject(url)
    t.same(met, expected, url)
  }
})

t.test('a placed error handler sees which one its scope has, though that was set after the route', async t => {
  const app = Fastify()
  let seen: unknown
  app.addHook('onRoute', function () { beforeHooksAreRead(this, () => { seen = this.errorHandler }) })
  app.register(async child => {
    child.get('/', { exposeHeadRoute: false }, async () => { throw new Error('thrown') })
    child.setErrorHandler(async () => 'answered')
  })
  t.equal((await app.inject('/')).body, 'answered')
  t.equal(await (seen as () => unknown)(), 'answered')
})

t.test("the last hook of Fastify's own HEAD routes is told from others", async t => {
  const app = Fastify()
  const routes: RouteOptions[] = []
  app.addHook('onRoute', route => { routes.push({ ...route }) })
  const own = async () => {}
  app.get('/', { onSend: own }, async () => 'a')
  app.head('/explicit', { onSend: own }, async () => 'a')
  await app.ready()
  const found = routes.map(({ method, url, onSend }) => [method, url, [onSend ?? []].flat().map(hook => dropsContentOfHead(hook as never))])
  t.same(found, [['GET', '/', [false]], ['HEAD', '/', [false, true]], ['HEAD', '/explicit', [false]]])
})

t.test('the trailers of a reply are found, and none where there is none', async t => {
  const app = Fastify()
  const found: string[][] = []
  app.get('/', async (request, reply) => {
    found.push(trailersOf(reply))
    reply.trailer('Server-Timing', async () => 'a').trailer('x-sum', async () => 'b')
    found.push(trailersOf(reply))
    reply.removeTrailer('x-sum')
    found.push(trailersOf(reply))
    return 'a'
  })
  await app.inject('/')
  t.same(found, [[], ['server-timing', 'x-sum'], ['server-timing']])
})

t.test('an answer that has failed has lost its type and its length, and the body by which Fastify tells it has its length as text', async t => {
  const app = Fastify()
  const type = 'application/problem+json'
  const seen: unknown[] = []
  app.setErrorHandler((_thrown, request, reply) => { reply.type(type).header('content-length', 2).serializer(String).send('{}') })
  app.addHook('onSend', async (request, reply: FastifyReply, payload) => {
    seen.push([hasFailed(reply, type), isFastifysErrorBody(reply, payload)])
    if (payload === '{}') throw new Error('thrown by a hook')
  })
  app.get('/', async () => { throw new Error('thrown by the handler') })
  await app.inject('/')
  t.same(seen, [[false, false], [true, true]])
})

t.test('an answer to unknown routes leaves their handler to be set, and gives way to it', async t => {
  for (const prefix of [undefined, '/v1']) {
    const app = Fastify()
    app.register(async child => { setUnroutedAnswer(child, (request, reply) => { reply.code(404).send('answer') }) }, prefix === undefined ? {} : { prefix })
    t.equal((await app.inject(`${prefix ?? ''}/x`)).body, 'answer')
  }
  const app = Fastify()
  setUnroutedAnswer(app, (request, reply) => { reply.code(404).send('answer') })
  app.setNotFoundHandler((request, reply) => { reply.code(404).send('handler') })
  t.equal((await app.inject('/x')).body, 'handler')
  await app.close()
  t.throws(() => setUnroutedAnswer(Fastify().setNotFoundHandler(() => {}), () => {}), { message: /already set/ })
})
