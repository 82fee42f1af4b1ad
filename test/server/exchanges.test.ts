import { once } from 'node:events'
import { createServer, ServerResponse, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import Fastify, { type FastifyServerOptions } from 'fastify'
import { generate } from 'selfsigned'
import t from 'tap'
import ptStatus, { notFound, statusServerOptions } from '../../lib/index.ts'
import { lastExchange, trackedResponse, trackExchanges } from '../../lib/server/exchanges.ts'
import { aborted, ended, get, kept, slow } from '../cases/connections.ts'
import { held } from '../garbage.ts'
import { exchange, listen, parse } from '../wire.ts'

class Own extends ServerResponse {
  readonly own = true
}

const makers: Record<string, (listener: RequestListener) => Server> = {
  "Node's own responses": listener => createServer(listener),
  'tracked responses': listener => createServer({ ServerResponse: trackedResponse() }, listener),
  'tracked responses of a class of one\'s own': listener => createServer({ ServerResponse: trackedResponse(Own as typeof ServerResponse) as never }, listener)
}

for (const [title, make] of Object.entries(makers)) {
  t.test(`the last exchange of a connection is the last that came, and it knows the one before while that is open: ${title}`, async t => {
    const seen: Array<[url: string | undefined, previous: string | undefined]> = []
    const answers: Array<() => void> = []
    const refs: Array<WeakRef<object>> = []
    const answer: RequestListener = ({ url, socket }, response) => {
      response.setHeader('x-url', url!)
      const { request, response: last, previous } = lastExchange(socket)!
      t.equal(last, response)
      t.equal('own' in response, title.includes("one's own"))
      seen.push([request.url, previous?.getHeader('x-url') as string | undefined])
      answers.push(() => response.end())
      refs.push(new WeakRef(request), new WeakRef(response))
    }
    const server = make(answer)
    trackExchanges(server)
    server.on('checkExpectation', answer)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())

    for (let connection = 0; connection < 2; connection++) {
      seen.length = 0
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.write(['/a', '/b', '/c'].map(path => `GET ${path} HTTP/1.1\r\nHost: a\r\n${path === '/c' ? 'Expect: tea\r\n' : ''}\r\n`).join(''))
      while (answers.length < 3) await setImmediate()
      t.same(seen, [['/a', undefined], ['/b', '/a'], ['/c', '/b']])
      // The second is answered first
      for (const index of [1, 0]) answers.splice(index, 1)[0]!()
      t.equal(await held(refs.splice(0, 4)), 0, 'while the third is open, the others are forgotten')
      answers.pop()!()
      t.equal(await held(refs.splice(0)), 0)
      socket.end().resume()
      await once(socket, 'end')
    }
  })
}

const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 })

const servers: Record<string, FastifyServerOptions> = {
  HTTP: statusServerOptions(),
  HTTPS: statusServerOptions({ https: { key, cert } }) as object,
  'of a factory': statusServerOptions({ serverFactory: handler => createServer(handler) }),
  'of HTTP/2 that speaks HTTP/1.1': statusServerOptions({ http2: true, https: { allowHTTP1: true, key, cert } }) as object,
  'without statusServerOptions()': {}
}

/** A server that tells what it has had: requests and responses weakly, connections by when they are closed. */
async function start (t: Parameters<typeof listen>[0], options: FastifyServerOptions) {
  const refs: Array<WeakRef<object>> = []
  const sockets = new Map<Socket, Promise<void>>()
  const app = Fastify({ ...options, forceCloseConnections: true })
  await app.register(ptStatus)
  app.get('/', async () => ({}))
  app.get('/slow', async () => { await setImmediate(); return {} })
  app.post('/', async (request, reply) => reply.created('/1', {}))
  app.post('/refused', { onRequest: async () => { throw notFound() } }, async () => {})
  // As undici does with a stream that it has passed on
  app.post('/taken', async ({ raw }) => { Object.assign(raw, { socket: null }); return {} })
  app.get('/destroyed', async (request, reply) => { reply.hijack(); reply.raw.destroy() })
  app.get('/cut', async (request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-length': 9 }).write('begun')
    await setImmediate()
    reply.raw.destroy()
  })
  for (const event of ['request', 'checkExpectation']) {
    app.server.prependListener(event, (request, response) => { refs.push(new WeakRef(request), new WeakRef(response)) })
  }
  app.server.on('upgrade', (request, socket) => {
    refs.push(new WeakRef(request))
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: tea\r\n\r\n')
  })
  app.server.on(app.server.listenerCount('secureConnection') > 0 ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.set(socket, new Promise(resolve => { socket.once('close', () => resolve()) }))
  })
  const { protocol, hostname: host, port } = new URL(await listen(t, app))
  const open = () => protocol === 'https:' ? connectTls({ host, port: Number(port), rejectUnauthorized: false }) : connect(Number(port), host)
  return { app, refs, sockets, open }
}

const statusesIn = (text: string) => text.split(/(?=HTTP\/1\.1)/).slice(text === '' ? 1 : 0).map(text => parse(text).status)

/** Sends parts, each once the answers to the one before have come; returns the statuses. */
async function ask (socket: Socket, parts: ReadonlyArray<readonly [bytes: string, answers: number]>): Promise<number[]> {
  let text = ''
  let expected = 0
  for (const [bytes, answers] of parts) {
    socket.write(bytes)
    expected += answers
    while (statusesIn(text).length < expected) text += String((await once(socket, 'data'))[0])
  }
  return statusesIn(text)
}

for (const [server, options] of Object.entries(servers)) {
  t.test(`an open connection keeps nothing of what it has answered: ${server}`, async t => {
    const { refs, sockets, open } = await start(t, options)
    for (const [title, statuses, ...parts] of kept) {
      const socket = open()
      t.same(await ask(socket, parts), statuses, title)
      t.ok(refs.length >= 2, 'the server has seen it')
      t.equal(await held(refs.splice(0)), 0, title)
      t.same([...sockets.keys()].map(socket => [socket.destroyed, lastExchange(socket) !== undefined]), [[false, false]], title)
      // An upgraded one isn't the server's any longer, nor closed by it
      for (const socket of sockets.keys()) socket.destroy()
      await once(socket, 'close')
      sockets.clear()
    }
  })

  t.test(`a connection that is cut off ends, and keeps nothing: ${server}`, async t => {
    const { refs, sockets, open } = await start(t, options)
    for (const [title, bytes] of [...Object.entries(ended), ...Object.entries(aborted)]) {
      const socket = open().on('error', () => {}).resume()
      socket.write(bytes)
      if (title in aborted) {
        while (refs.length === 0) await setImmediate()
        socket.destroy()
      }
      await Promise.all([once(socket, 'close'), ...sockets.values()])
      t.same([...sockets.keys()].map(socket => lastExchange(socket) !== undefined), [false], title)
      sockets.clear()
      t.equal(await held(refs.splice(0)), 0, title)
    }
  })
}

for (const server of ['HTTP', 'HTTPS']) {
  t.test(`statusServerOptions() alone keep the order too, without any plugin: ${server}`, async t => {
    const app = Fastify(servers[server])
    app.get('/slow', async () => { await setImmediate(); return {} })
    t.same(statusesIn(await exchange(await listen(t, app), `${slow}garbage\r\n\r\n`)), [200, 400])
  })
}

t.test('a second listener is for servers whose responses aren\'t made by the class that Fastify gives to Node', async t => {
  for (const [server, options] of Object.entries(servers)) {
    // Node 24 gives the class to HTTP/1.1 on HTTP/2, Node 20 doesn't
    if ('http2' in options) continue
    const { app, refs, open } = await start(t, options)
    const before = app.server.listenerCount('request')
    const socket = open()
    t.same(await ask(socket, [[get, 1]]), [200])
    t.equal(app.server.listenerCount('request'), server.startsWith('HTTP') ? before - 1 : before, server)
    t.equal(await held(refs), 0)
    socket.destroy()
  }
})
