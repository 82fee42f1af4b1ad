import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type onRequestHookHandler } from 'fastify'
import t, { type Test } from 'tap'
import { statusServerOptions, type Authenticate } from '../../lib/index.ts'
import { attack, drawing, strike } from '../cases/gate-attack.ts'
import { declareClosed, paths, phases, places } from '../cases/gate.ts'
import { send } from '../wire.ts'

/** How many requests are sent. More of them than a test has time for find more. */
const requests = Number(process.env['ATTACK_REQUESTS'] ?? 2000)
const seed = Number(process.env['ATTACK_SEED'] ?? 20261128)
/** How many connections there are at a time. */
const connections = 40

const authenticate: Authenticate = async ({ headers }) => headers.authorization === 'yes' ? { subject: 'a', scopes: ['admin'] } : null

/** Lets clients choose where hooks go wrong. */
async function breakable (scope: FastifyInstance): Promise<void> {
  for (const phase of phases) {
    scope.addHook(phase as 'onRequest', ((...args: unknown[]) => {
      const { headers } = args[0] as { headers: Record<string, string | undefined> }
      if (headers['x-throw']?.includes(phase)) throw undefined // eslint-disable-line no-throw-literal
      const done = args.at(-1) as () => void
      if (headers['x-twice']?.includes(phase)) done()
      done()
    }) as onRequestHookHandler)
  }
  await scope.register(websocket)
}

/** An app for each order of registration, which tell what reaches them. */
async function listening (t: Test): Promise<{ ports: number[], reached: string[], count: { requests: number, preflights: number } }> {
  const reached: string[] = []
  const count = { requests: 0, preflights: 0 }
  const ports: number[] = []
  for (const [place, register] of Object.entries(places)) {
    const app = Fastify({ ...statusServerOptions(), forceCloseConnections: true })
    const handler = async (...args: any[]) => {
      const { headers, method, url } = args.find(({ raw }) => raw !== undefined)
      if (headers.authorization !== 'yes') reached.push(`${place}: ${method} ${url} ${JSON.stringify(headers)}`)
      return 'secret'
    }
    await register(app, {
      options: { authenticate },
      join: breakable,
      declare (scope) {
        declareClosed(scope, handler)
        scope.all('/deep/*', handler)
        scope.route({ method: ['GET', 'OPTIONS'], url: '/version', constraints: { version: '1.0.0' }, handler })
        scope.get('/socket', { websocket: true } as object, handler)
        scope.options('/preflight', async ({ headers: { origin, 'access-control-request-method': method } }, reply) => {
          if (origin === undefined || method === undefined) reached.push(`${place}: OPTIONS of no preflight`)
          count.preflights++
          return reply.noContent()
        })
      }
    })
    const sockets = new Set<Socket>()
    for (const event of ['request', 'upgrade']) app.server.on(event, () => { count.requests++ })
    app.server.on('connection', socket => { sockets.add(socket) })
    t.teardown(async () => {
      // What was upgraded is nobody's
      for (const socket of sockets) socket.destroy()
      await app.close()
    })
    ports.push(Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port))
  }
  return { ports, reached, count }
}

t.test(`no handler of a closed route runs, whatever is sent without credentials: ${requests} requests of seed ${seed}`, async t => {
  const { ports, reached, count } = await listening(t)
  const draw = drawing(seed)
  let left = requests
  let told = ''
  await Promise.all(Array.from({ length: connections }, async () => {
    while (left > 0) {
      const sent = attack(draw)
      left -= sent.length
      const text = await strike(ports[draw(ports.length)]!, sent.join(''))
      if (text.includes('secret')) told += `${sent.join('')}\n${text}`
    }
  }))
  t.same(reached, [])
  t.equal(told, '')
  t.ok(count.requests > requests / 4, `${count.requests} of them could be read`)
  t.ok(count.preflights > 0, `${count.preflights} preflights reached the route that is there for them`)

  for (const port of ports) {
    for (const path of paths.filter(path => ['/get', '/all', '/both'].includes(path))) {
      t.match(await send(`http://127.0.0.1:${port}`, 'GET', path, { authorization: 'yes' }), { status: 200, body: 'secret' }, `a principal reaches ${path} after all`)
    }
  }
})
