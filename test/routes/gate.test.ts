import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { WebSocket } from 'ws'
import ptStatus, { type Authenticate } from '../../lib/index.ts'
import { asked, declareClosed, neighbours, paths, phases, places, preflight } from '../cases/gate.ts'
import { exchange, listen, send } from '../wire.ts'

const known: Authenticate = ({ headers }) => headers.authorization === 'yes' ? { subject: 'a', scopes: ['admin'] } : null
const ways: Readonly<Record<string, Authenticate>> = {
  'an authenticate that calls back at once': known,
  'an async authenticate': async (request, reply) => { await new Promise(setImmediate); return known(request, reply) }
}
const credentials = { authorization: 'yes' }
const throwsNothing = () => { throw undefined } // eslint-disable-line no-throw-literal

for (const [place, register] of Object.entries(places)) {
  for (const [way, authenticate] of Object.entries(ways)) {
    t.test(`nothing but an admitted principal reaches a handler: ${place}, ${way}`, async t => {
      // What goes on twice may overtake it
      for (const { name, join, ofRoute } of neighbours.filter(({ name }) => authenticate === known || name.includes('goes on'))) {
        const reached: string[] = []
        const app = Fastify()
        const handler = async ({ method, url }: { method: string, url: string }) => { reached.push(`${method} ${url}`); return 'secret' }
        await register(app, { options: { authenticate }, join: scope => join(scope, handler), declare: scope => { declareClosed(scope, handler, ofRoute) } })
        for (const path of paths) {
          for (const question of asked) {
            const { body } = await app.inject({ ...question, url: path })
            if (body.includes('secret')) reached.push(`the content of ${question.method} ${path}`)
          }
        }
        t.same(reached, [], name)
        await app.close()
      }
    })
  }

  t.test(`an admitted principal reaches each handler: ${place}`, async t => {
    const app = Fastify()
    await register(app, { options: { authenticate: known }, join () {}, declare: scope => { declareClosed(scope, async () => 'reached') } })
    const origin = await listen(t, app)
    for (const [method, path] of [['GET', '/get'], ['GET', '/all'], ['OPTIONS', '/all'], ['GET', '/both'], ['OPTIONS', '/both'], ['OPTIONS', '/scopes'], ['OPTIONS', '/function']] as const) {
      t.match(await send(origin, method, path, credentials), { status: 200, body: 'reached' }, `${method} ${path}`)
    }
    t.match(await send(origin, 'POST', '/post/1', { ...credentials, 'content-type': 'application/json' }, '{}'), { status: 200, body: 'reached' })
    for (const path of ['/get', '/head']) t.equal((await send(origin, 'HEAD', path, credentials)).status, 200, path)
    for (const path of ['/get', '/head']) t.equal((await send(origin, 'HEAD', path)).status, 401, path)
  })

  t.test(`an OPTIONS route that says nothing of access is reached by preflights alone, which have no credentials: ${place}`, async t => {
    let runs = 0
    const app = Fastify()
    await register(app, { options: { authenticate: known }, join () {}, declare: scope => { scope.options('/', async (request, reply) => { runs++; return reply.noContent() }) } })
    const origin = await listen(t, app)
    t.equal((await send(origin, 'OPTIONS', '/', preflight)).status, 204)
    t.equal(runs, 1)
    for (const headers of [{}, { origin: 'https://a.example' }, { 'access-control-request-method': 'GET' }]) {
      t.equal((await send(origin, 'OPTIONS', '/', headers)).status, 401)
    }
    t.equal(runs, 1)
  })
}

t.test('a preflight reaches no hook of a closed route, so that these see a principal', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: known })
  const seen: unknown[] = []
  const hooks = Object.fromEntries(phases.map(phase => [phase, async (request: { principal: unknown }) => { seen.push(request.principal) }]))
  app.all('/', hooks, async () => 'secret')
  const origin = await listen(t, app)
  t.equal((await send(origin, 'OPTIONS', '/', preflight)).status, 404)
  t.same(seen, [])
})

t.test('what another plugin puts in the place of a handler and is none fails as it does without the plugin', async t => {
  const messages: string[] = []
  for (const isClosed of [false, true]) {
    const app = Fastify()
    if (isClosed) await app.register(ptStatus, { authenticate: known })
    app.addHook('onRoute', route => { route.handler = undefined as never })
    try { app.get('/', async () => 'secret') } catch (error) { messages.push(String(error)) }
  }
  t.equal(messages.length, 2)
  t.equal(messages[1], messages[0])
})

t.test('what calls for not found reaches no handler of a closed route', async t => {
  const calls: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
    authenticate: app => app.register(ptStatus, { authenticate: (request, reply) => { reply.callNotFound() } }),
    'an authenticate that admits all the same': app => app.register(ptStatus, { authenticate: async (request, reply) => { reply.callNotFound(); return { subject: 'a' } } }),
    'a hook before': app => { app.addHook('onRequest', (request, reply) => { reply.callNotFound() }); return app.register(ptStatus, { authenticate: () => null }) },
    'a hook before, that goes on': app => { app.addHook('onRequest', (request, reply, done) => { reply.callNotFound(); done() }); return app.register(ptStatus, { authenticate: () => null }) }
  }
  for (const [name, register] of Object.entries(calls)) {
    for (const isEarly of [false, true]) {
      let runs = 0
      const declare = () => app.get('/', async () => { runs++; return 'secret' })
      const app = Fastify()
      // While it waits, the reply isn't sent
      app.addHook('onSend', async () => { await new Promise(setImmediate) })
      if (isEarly) declare()
      await register(app)
      if (!isEarly) declare()
      const { statusCode, body } = await app.inject('/')
      t.ok([401, 404].includes(statusCode), `${name}: ${statusCode}`)
      t.notMatch(body, 'secret')
      t.equal(runs, 0, name)
      await app.close()
    }
  }
})

t.test('of pipelined requests each has its own credentials', async t => {
  for (const authenticate of Object.values(ways)) {
    const app = Fastify()
    await app.register(ptStatus, { authenticate })
    let runs = 0
    app.get('/', async () => { runs++; return 'secret' })
    const ask = (fields = '', connection = 'keep-alive') => `GET / HTTP/1.1\r\nHost: a\r\n${fields}Connection: ${connection}\r\n\r\n`
    const yes = 'Authorization: yes\r\n'
    const text = await exchange(await listen(t, app), ask(yes) + ask() + ask(yes) + ask('', 'close'))
    t.same([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status), ['200', '401', '200', '401'])
    t.equal(runs, 2)
  }
})

for (const place of ['before', 'behind', 'before, unawaited', 'behind, unawaited']) {
  for (const isBroken of [false, true]) {
    t.test(`a WebSocket is for whom its route admits: @fastify/websocket ${place} the plugin${isBroken ? ', and hooks that throw undefined' : ''}`, async t => {
      const app = Fastify()
      const join = () => {
        app.register(websocket)
        // Behind its own, by which it knows its requests again
        if (isBroken) app.after(() => { for (const phase of phases) app.addHook(phase as 'onRequest', throwsNothing) })
      }
      if (place.startsWith('before')) join()
      app.register(ptStatus, { authenticate: known })
      if (place.startsWith('behind')) join()
      if (!place.endsWith('unawaited')) await app.after()
      let runs = 0
      const declare = async (scope: FastifyInstance) => {
        scope.get('/own', { websocket: true }, socket => { runs++; socket.send('talks') })
        scope.route({ method: 'GET', url: '/beside', handler: async () => { runs++; return 'plain' }, wsHandler: socket => { runs++; socket.send('talks') } })
      }
      // Routes of WebSockets have to be declared once their plugin has loaded
      if (place.endsWith('unawaited')) app.register(declare)
      else await declare(app)
      const origin = await listen(t, app)
      const connect = (path: string, headers: Record<string, string>) => new Promise<unknown>(resolve => {
        const client = new WebSocket(origin.replace('http', 'ws') + path, { headers })
        client.on('message', data => { resolve(String(data)); client.terminate() }).on('close', resolve).on('error', () => {})
        client.on('unexpected-response', (request, response) => { resolve(response.statusCode); request.destroy() })
      })
      for (const path of ['/own', '/beside']) {
        if (!isBroken) t.equal(await connect(path, credentials), 'talks', path)
        runs = 0
        t.equal(await connect(path, {}), 401, path)
        t.equal((await send(origin, 'GET', path)).status, 401, path)
        t.equal(runs, 0, path)
      }
      if (!isBroken) t.match(await send(origin, 'GET', '/beside', credentials), { status: 200, body: 'plain' })
    })
  }
}
