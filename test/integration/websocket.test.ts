import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { WebSocket } from 'ws'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'
import { exchange, listen, parse, send } from '../wire.ts'

/** The only credentials are `Authorization: Bearer yes`. */
const authenticate: PtStatusOptions['authenticate'] = async ({ headers }) => headers.authorization === 'Bearer yes' ? { subject: 'a' } : undefined

const echo = (socket: WebSocket) => { socket.on('message', message => socket.send(String(message))) }

/** Declares a websocket route in each of the two ways. */
function declare (app: FastifyInstance): void {
  app.get('/ws', { websocket: true }, echo)
  app.route({ method: 'GET', url: '/both', handler: async () => 'a page', wsHandler: echo })
}

/** What a client is told: the status that refuses its handshake, what it hears of what it says, or that nothing came. */
function connect (origin: string, path: string, headers: Record<string, string> = {}): Promise<unknown> {
  return new Promise(resolve => {
    const client = new WebSocket(origin.replace('http', 'ws') + path, { headers })
    client.on('open', () => client.send('a')).on('message', data => { resolve(String(data)); client.close() })
    client.on('unexpected-response', (request, response) => { resolve(response.statusCode); request.destroy() })
    client.on('close', () => resolve('closed')).on('error', () => {})
  })
}

const yes = { authorization: 'Bearer yes' }

for (const before of [true, false]) {
  t.test(`@fastify/websocket, registered ${before ? 'before' : 'after'}: a handshake is refused like a request, and one that is let in talks`, async t => {
    const app = Fastify()
    if (before) await app.register(websocket)
    await app.register(ptStatus, { authenticate })
    if (!before) await app.register(websocket)
    declare(app)
    const origin = await listen(t, app)

    for (const path of ['/ws', '/both']) {
      t.equal(await connect(origin, path, yes), 'a', path)
      t.equal(await connect(origin, path, { authorization: 'Bearer no' }), 401, path)
      t.equal((await send(origin, 'GET', path)).status, 401, path)
    }
    t.equal(await connect(origin, '/none', yes), 404)
    t.equal((await send(origin, 'GET', '/ws', yes)).status, 404, 'no handshake')
    t.equal((await send(origin, 'GET', '/both', yes)).body, 'a page')
  })

  t.test(`@fastify/websocket, registered ${before ? 'before' : 'after'}: no handshake is let in by hooks that throw nothing`, async t => {
    const app = Fastify()
    if (before) await app.register(websocket)
    await app.register(ptStatus, { authenticate })
    if (!before) await app.register(websocket)
    // Fastify takes it for success, and skips the hooks of the route
    app.addHook('onRequest', (request, reply, done) => {
      if (request.headers.upgrade !== undefined) throw undefined // eslint-disable-line no-throw-literal
      done()
    })
    app.addHook('preParsing', (request, reply, payload, done) => {
      if (request.headers.upgrade !== undefined) throw undefined // eslint-disable-line no-throw-literal
      done()
    })
    declare(app)
    const origin = await listen(t, app)
    for (const path of ['/ws', '/both']) t.equal(await connect(origin, path, yes), 401, path)
  })
}

t.test('@fastify/websocket: injectWS(), whose request is read from no connection, needs no Host', async t => {
  const app = Fastify()
  await app.register(websocket)
  await app.register(ptStatus, { authenticate })
  declare(app)
  await app.ready()
  t.teardown(() => app.close())

  const client = await app.injectWS('/ws', { headers: yes })
  client.send('a')
  t.equal(await new Promise(resolve => client.once('message', data => resolve(String(data)))), 'a')
  client.terminate()
  await t.rejects(app.injectWS('/ws'), { message: /401/ })
  await t.rejects(app.injectWS('/none', { headers: yes }), { message: /404/ })
})

t.test('a handshake over a connection has a Host (RFC 9112 §3.2)', async t => {
  const app = Fastify()
  await app.register(websocket)
  await app.register(ptStatus)
  declare(app)
  const origin = await listen(t, app)
  const handshake = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  const { status, body } = parse(await exchange(origin, `GET /ws HTTP/1.1\r\n${handshake}`))
  t.match([status, JSON.parse(body).code], [400, 'HOST_REQUIRED'])
})
