import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus, { serviceUnavailable, statusServerOptions, type PtStatusOptions } from '../../lib/index.ts'
import { gate, patience } from '../patience.ts'
import { exchange, listen, parse, send } from '../wire.ts'

async function start (t: Parameters<typeof listen>[0], options: PtStatusOptions = {}) {
  const seen: string[] = []
  const app = Fastify(statusServerOptions())
  await app.register(ptStatus, { authenticate: () => { seen.push('authenticate'); return { subject: 'a' } }, ...options })
  const open = { access: 'public' } as const
  app.get('/live', { config: { ...open, alwaysAvailable: true } }, async () => ({}))
  app.get('/ready', { config: open }, async () => {
    if (app.ptStatus.availability !== 'available') throw serviceUnavailable('Not ready.')
    return {}
  })
  app.get('/', async () => ({}))
  app.post('/', async ({ body }) => { seen.push('handler'); return body })
  // It ends once the server has been closed to others
  const drained = gate()
  app.addHook('preClose', async () => { drained.open() })
  app.get('/slow', async () => { await drained.opened; await sleep(100); return {} })
  await app.register(async child => {
    await child.register(ptStatus)
    child.get('/', async () => ({ availability: child.ptStatus.availability }))
    child.post('/suspend', { config: { alwaysAvailable: true } }, async () => { child.ptStatus.suspend(); return { availability: child.ptStatus.availability } })
  }, { prefix: '/child' })
  return { app, seen, drained: drained.opened, origin: await listen(t, app) }
}

t.test('while it is suspended, each route but those that are always available is 503 at once', async t => {
  const { app, seen, origin } = await start(t)
  app.ptStatus.suspend({ detail: 'We move to another house.', retryAfter: 120 })
  t.equal(app.ptStatus.availability, 'suspended')
  for (const [method, path] of [['GET', '/'], ['POST', '/'], ['GET', '/ready'], ['GET', '/child'], ['HEAD', '/']] as const) {
    const { status, headers, body } = await send(origin, method, path)
    t.match([status, headers['retry-after'], headers['content-type']], [503, '120', 'application/problem+json'], `${method} ${path}`)
    if (method !== 'HEAD') t.match(JSON.parse(body), { status: 503, code: 'SUSPENDED', detail: 'We move to another house.' })
  }
  t.equal((await send(origin, 'GET', '/live')).status, 200)
  t.equal((await send(origin, 'GET', '/nowhere')).status, 404)
  t.same(seen, [], 'nobody was asked for credentials')

  const unread = await exchange(origin, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{')
  t.equal(parse(unread).status, 503, 'before the body is read')

  app.ptStatus.suspend()
  const again = await send(origin, 'GET', '/')
  t.match([again.status, again.headers['retry-after'], JSON.parse(again.body).detail], [503, '30', 'The service is suspended.'])
  app.ptStatus.resume()
  t.equal(app.ptStatus.availability, 'available')
  for (const path of ['/', '/ready', '/child']) t.equal((await send(origin, 'GET', path)).status, 200, path)
})

t.test('a scope is suspended by itself', async t => {
  const { app, origin } = await start(t)
  t.same(JSON.parse((await send(origin, 'GET', '/child')).body), { availability: 'available' })
  t.match(JSON.parse((await send(origin, 'POST', '/child/suspend')).body), { availability: 'suspended' })
  t.equal(app.ptStatus.availability, 'available')
  t.equal((await send(origin, 'GET', '/child')).status, 503)
  t.equal((await send(origin, 'GET', '/')).status, 200)
})

t.test('what is no suspension is refused', async t => {
  const { app } = await start(t)
  for (const suspension of [{ detail: 1 }, { retryAfter: '1' }, { retryAfter: -1 }, { retryAfter: NaN }]) {
    t.throws(() => app.ptStatus.suspend(suspension as never), { name: 'TypeError', message: /^Cannot suspend: / })
  }
  t.equal(app.ptStatus.availability, 'available')
  for (const drainDelay of [-1, 1.5, '1', 2 ** 31, Infinity]) {
    await t.rejects(async () => await Fastify().register(ptStatus, { drainDelay } as PtStatusOptions), { message: 'Cannot register fastify-pt-status: drainDelay must be a number of milliseconds' })
  }
})

t.test('before it closes, it drains: readiness is 503, all else is answered as always', async t => {
  const ask = async (origin: string, connection: string) => [
    await send(origin, 'GET', '/ready', { connection }),
    await send(origin, 'GET', '/', { connection }),
    await send(origin, 'POST', '/child/suspend')
  ] as const
  const { origin: another } = await start(t)
  const drainDelay = await patience(500, async () => { await ask(another, 'close') })
  const { app, origin, drained } = await start(t, { drainDelay })
  t.equal((await send(origin, 'GET', '/ready')).status, 200)
  const begun = Date.now()
  const closed = app.close()
  while (app.ptStatus.availability === 'available') await sleep(1)
  t.equal(app.ptStatus.availability, 'draining')
  const [ready, taken, suspended] = await ask(origin, 'keep-alive')
  t.match([ready.status, ready.headers['connection']], [503, 'close'])
  t.match([taken.status, taken.headers['connection']], [200, 'close'], 'a new connection is taken, and told to go')
  t.match(JSON.parse(suspended.body), { availability: 'suspended' }, 'a scope that is suspended says so')

  const { hostname, port } = new URL(origin)
  const socket = connect(Number(port), hostname)
  socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(app.server, 'request')
  let text = ''
  socket.on('data', chunk => { text += chunk })
  const [ended] = await Promise.all([drained.then(Date.now), closed, once(socket, 'close')])
  // Timers and the clock round differently
  t.ok(ended - begun >= drainDelay - 1)
  t.equal(parse(text).status, 200, 'a request in flight finishes')
  t.equal(await exchange(origin, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'), '')
})
