import { createServer } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { Client as Elasticsearch } from '@elastic/elasticsearch'
import { request as octokit } from '@octokit/request'
import axios from 'axios'
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import ky from 'ky'
import { Client as Postgres } from 'pg'
import Stripe from 'stripe'
import t, { type Test } from 'tap'
import { Agent, interceptors, request as undici } from 'undici'
import ptStatus, { notFound } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

const planted = 'planted-secret'

/** Starts a server on loopback. Returns its port. */
async function serve (t: Test, server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

/** A server that answers every request with the status that its path ends with. */
function upstream (t: Test): Promise<number> {
  return serve(t, createServer((request, response) => {
    const headers = {
      'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch', 'retry-after': '4321', 'www-authenticate': `Basic realm="${planted}"`, 'x-planted': planted
    }
    response.writeHead(Number(/\d+$/.exec(request.url!)![0]), headers)
    response.end(JSON.stringify({ message: planted, error: { type: planted, message: planted, reason: planted } }))
  }))
}

const clients: Record<string, (origin: string, status: number) => Promise<unknown>> = {
  undici: (origin, status) => undici(`${origin}/${status}`, { dispatcher: new Agent().compose(interceptors.responseError()) }),
  ky: (origin, status) => ky(`${origin}/${status}`, { retry: 0 }).json(),
  axios: (origin, status) => axios.get(`${origin}/${status}`),
  elasticsearch: (node, status) => new Elasticsearch({ node, maxRetries: 0 }).get({ index: 'things', id: String(status) }),
  stripe: (origin, status) => {
    const { hostname: host, port } = new URL(origin)
    return new Stripe('sk_test_none', { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false }).customers.retrieve(`cus_${status}`)
  },
  octokit: (baseUrl, status) => octokit(`GET /repos/${status}`, { baseUrl })
}

for (const [name, call] of Object.entries(clients)) {
  t.test(`an answer that ${name} got is not ours`, async t => {
    const origin = `http://127.0.0.1:${await upstream(t)}`
    const app = Fastify()
    await app.register(ptStatus, {})
    let met: any
    const remember = (error: unknown) => { met = error; throw error }
    app.get('/thrown/:status', async ({ params }) => call(origin, (params as { status: number }).status).catch(remember))
    app.get('/sent/:status', async ({ params }, reply) => call(origin, (params as { status: number }).status).catch(error => reply.send(error)))
    const own = await listen(t, app)

    for (const status of [401, 404, 409, 429, 500]) {
      for (const way of ['thrown', 'sent']) {
        const answer = await send(own, 'GET', `/${way}/${status}`)
        t.match(answer, { status: 500, headers: { 'content-type': 'application/problem+json' } }, `${way} ${status}`)
        t.match(JSON.parse(answer.body), { code: 'INTERNAL_SERVER_ERROR', detail: 'The server met an unexpected condition.' })
        t.notMatch(answer.body + JSON.stringify(answer.headers), new RegExp(`${planted}|4321`))
      }
      t.ok([met.status, met.statusCode, met.response?.status].includes(status), `the error of ${name} has the status ${status}`)
    }
  })
}

t.test('mapError says what an answer of another server means', async t => {
  const origin = `http://127.0.0.1:${await upstream(t)}`
  const app = Fastify()
  await app.register(ptStatus, { mapError: error => axios.isAxiosError(error) && error.response?.status === 404 ? notFound('No such thing.') : undefined })
  app.get('/:status', async ({ params }) => axios.get(`${origin}/${(params as { status: number }).status}`))
  const own = await listen(t, app)
  t.equal((await send(own, 'GET', '/404')).status, 404)
  t.equal((await send(own, 'GET', '/409')).status, 500)
})

/** Field types and texts of an ErrorResponse, as PostgreSQL's protocol has them. */
function postgresError (sqlState: string): Buffer {
  const fields = Buffer.from(`SERROR\0C${sqlState}\0M${planted}\0D${planted}\0\0`)
  const head = Buffer.alloc(5, 'E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

for (const sqlState of ['23505', '42601', '28P01', 'P0404', 'PT409']) {
  t.test(`an error ${sqlState} that pg got is not ours`, async t => {
    const port = await serve(t, createTcpServer(socket => {
      socket.once('data', () => socket.end(postgresError(sqlState)))
      socket.on('error', () => {})
    }))
    let met: any
    const app = Fastify()
    await app.register(ptStatus, {})
    app.get('/', async () => {
      const client = new Postgres({ host: '127.0.0.1', port, user: 'none', database: 'none' })
      await client.connect().catch(error => { met = error; throw error })
    })
    const answer = await send(await listen(t, app), 'GET', '/')
    t.equal(met.code, sqlState)
    t.ok([500, 503].includes(answer.status))
    t.notMatch(answer.body + JSON.stringify(answer.headers), new RegExp(`${planted}|${sqlState}`))
  })
}

for (const reply of ['ERR', 'NOAUTH', 'WRONGTYPE', '404', 'MOVED']) {
  t.test(`an error ${reply} that ioredis got is not ours`, async t => {
    const port = await serve(t, createTcpServer(socket => {
      // An error for each command of those that come together
      socket.on('data', data => socket.write(`-${reply} ${planted}\r\n`.repeat(String(data).match(/^\*\d+\r\n/gm)?.length ?? 0))).on('error', () => {})
    }))
    const redis = new Redis({ host: '127.0.0.1', port, enableReadyCheck: false, retryStrategy: () => null, maxRetriesPerRequest: 0 })
    redis.on('error', () => {})
    t.teardown(() => { redis.disconnect() })
    const app = Fastify()
    await app.register(ptStatus, {})
    let met: any
    app.get('/', async () => redis.get('a').catch(error => { met = error; throw error }))
    const answer = await send(await listen(t, app), 'GET', '/')
    t.match(met?.message, reply)
    t.equal(answer.status, reply === 'NOAUTH' ? 503 : 500, 'a refused login is a dependency that is unavailable')
    t.notMatch(answer.body + JSON.stringify(answer.headers), new RegExp(planted))
  })
}
