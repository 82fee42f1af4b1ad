import { Client as Elasticsearch } from '@elastic/elasticsearch'
import { createClient as createLibsql } from '@libsql/client'
import { request as octokit } from '@octokit/request'
import axios from 'axios'
import ky from 'ky'
import Database from 'libsql'
import { MongoClient, type MongoClientOptions } from 'mongodb'
import CircuitBreaker from 'opossum'
import Stripe from 'stripe'
import t, { type Test } from 'tap'
import { Agent, Client, request } from 'undici'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { patience } from '../patience.ts'
import { closed, startHalting, startHangingUp, startStalled } from './failing.ts'
import { temporaryFolder } from './program.ts'
import { prove, refute } from './trials.ts'

const servers = async (t: Test) => ({ stalled: await startStalled(t), halting: await startHalting(t), hangingUp: await startHangingUp(t) })
const at = (port: number) => `http://127.0.0.1:${port}/`

t.test('undici', async t => {
  const { stalled, halting, hangingUp } = await servers(t)
  const within = async (url: string, options: Agent.Options) => {
    const dispatcher = new Agent(options)
    try {
      const { body } = await request(url, { dispatcher })
      await body.text()
    } finally {
      await dispatcher.destroy()
    }
  }
  await prove(t, ['undici'], {
    UND_ERR_CONNECT_TIMEOUT: { 'a server that says nothing to TLS': async () => await within(`https://127.0.0.1:${stalled}`, { connect: { timeout: 100 } }) },
    UND_ERR_HEADERS_TIMEOUT: { 'a server that says nothing': async () => await within(at(stalled), { headersTimeout: 100 }) },
    UND_ERR_BODY_TIMEOUT: { 'a server that breaks off': async () => await within(at(halting), { bodyTimeout: 100 }) },
    UND_ERR_SOCKET: {
      'a server that hangs up': async () => await within(at(hangingUp), {}),
      'a server that hangs up, by fetch': async () => await fetch(at(hangingUp))
    },
    'connect ECONNREFUSED': { 'a closed port': async () => await within(at(closed), {}) },
    TimeoutError: { 'AbortSignal.timeout()': async () => await request(at(stalled), { signal: AbortSignal.timeout(100) }) }
  })
  await refute(t, {
    'a client that we have closed': async () => {
      const client = new Client(at(closed))
      await client.close()
      await client.request({ path: '/', method: 'GET' })
    }
  })
})

t.test('clients of HTTP', async t => {
  const { stalled, hangingUp } = await servers(t)
  const stripe = (port: number) => new Stripe('sk_test_a', { host: '127.0.0.1', port, protocol: 'http', maxNetworkRetries: 0, timeout: 100, telemetry: false }).balance.retrieve()
  const elastic = async (port: number, requestTimeout?: number) => {
    const client = new Elasticsearch({ node: at(port), maxRetries: 0, ...requestTimeout !== undefined && { requestTimeout } })
    try {
      await client.info()
    } finally {
      await client.close()
    }
  }
  await prove(t, ['axios', 'stripe', '@elastic/elasticsearch'], {
    ECONNABORTED: { 'axios, a server that says nothing': async () => await axios.get(at(stalled), { timeout: 100 }) },
    StripeConnectionError: {
      'Stripe, a closed port': async () => await stripe(closed),
      'Stripe, a server that says nothing': async () => await stripe(stalled)
    },
    ConnectionError: { 'Elasticsearch, a closed port': async () => await elastic(closed) },
    TimeoutError: {
      'Elasticsearch, a server that says nothing': async () => await elastic(stalled, 100),
      'ky, a server that says nothing': async () => await ky(at(stalled), { retry: 0, timeout: 100 }),
      'Octokit, a server that says nothing': async () => await octokit('GET /', { baseUrl: `http://127.0.0.1:${stalled}`, request: { signal: AbortSignal.timeout(100) } })
    },
    'connect ECONNREFUSED': {
      'axios, a closed port': async () => await axios.get(at(closed)),
      'ky, a closed port': async () => await ky(at(closed), { retry: 0 }),
      'Octokit, a closed port': async () => await octokit('GET /', { baseUrl: `http://127.0.0.1:${closed}` })
    },
    ECONNRESET: { 'axios, a server that hangs up': async () => await axios.get(at(hangingUp)) }
  })
})

t.test('MongoDB', async t => {
  const { stalled, hangingUp } = await servers(t)
  const to = (port: number, options: MongoClientOptions = {}) => new MongoClient(`mongodb://127.0.0.1:${port}`, options)
  // In which the client has to find out why it has no server
  const serverSelectionTimeoutMS = await patience(300, async () => {
    const client = to(hangingUp)
    const failed = once(client, 'serverHeartbeatFailed')
    const connected = client.connect().catch(() => {})
    await failed
    await client.close()
    await connected
  })
  const find = async (port: number, options: MongoClientOptions = {}) => {
    const client = to(port, { serverSelectionTimeoutMS, ...options })
    try {
      await client.db('a').collection('b').findOne({})
    } finally {
      await client.close()
    }
  }
  await prove(t, ['mongodb'], {
    MongoServerSelectionError: {
      'a closed port': async () => await find(closed),
      'a server that says nothing': async () => await find(stalled)
    },
    MongoNetworkError: {
      'a closed port': async () => await find(closed),
      'a server that hangs up': async () => await find(hangingUp)
    },
    MongoNetworkTimeoutError: { 'a server that says nothing': async () => await find(stalled, { connectTimeoutMS: 100 }) }
  })
  await refute(t, {
    'a client that we have closed': async () => {
      const client = new MongoClient(`mongodb://127.0.0.1:${closed}`)
      await client.close()
      await client.db('a').collection('b').findOne({})
    }
  })
})

t.test('libSQL', async t => {
  const { hangingUp, stalled } = await servers(t)
  const select = async (url: string) => await createLibsql({ url }).execute('select 1')
  const file = `${await temporaryFolder(t)}/database`
  const other = new Database(file)
  other.exec('create table a (b integer primary key)')
  t.teardown(() => other.close())
  const locked = async (write: () => unknown) => {
    other.exec('begin immediate')
    try {
      await write()
    } finally {
      other.exec('rollback')
    }
  }
  await prove(t, ['@libsql/client'], {
    'connect ECONNREFUSED': { 'a closed port': async () => await select(at(closed)) },
    UND_ERR_SOCKET: { 'a server that hangs up': async () => await select(at(hangingUp)) },
    TimeoutError: {
      'a server that says nothing': async () => await createLibsql({
        url: at(stalled), fetch: async (request: Request) => await fetch(request, { signal: AbortSignal.timeout(100) })
      }).execute('select 1')
    },
    HRANA_WEBSOCKET_ERROR: {
      'a closed port': async () => await select(`ws://127.0.0.1:${closed}`),
      'a server that hangs up': async () => await select(`ws://127.0.0.1:${hangingUp}`)
    },
    SQLITE_BUSY: {
      'a database that another connection locks, of @libsql/client': async () => await locked(async () => await createLibsql({ url: `file:${file}` }).execute('insert into a values (1)')),
      'a database that another connection locks, of libsql': async () => await locked(() => new Database(file, { timeout: 100 }).exec('insert into a values (1)'))
    }
  })
  const client = createLibsql({ url: `file:${file}` })
  await refute(t, {
    'bad SQL': async () => await client.execute('selec 1'),
    'a broken constraint': async () => {
      await client.execute('insert into a values (2)')
      await client.execute('insert into a values (2)')
    }
  })
})

t.test('opossum', async t => {
  const breaker = (action: () => Promise<unknown>, options: CircuitBreaker.Options = {}) => {
    const breaker = new CircuitBreaker(action, { timeout: 100, ...options })
    t.teardown(() => breaker.shutdown())
    return breaker
  }
  const open = breaker(async () => await fetch(at(closed)))
  open.open()
  const failing = breaker(async () => { throw new Error('A bug.') })
  await prove(t, ['opossum'], {
    EOPENBREAKER: { 'a circuit that is open': async () => await open.fire() },
    ESEMLOCKED: {
      'a circuit that is full': async () => {
        const full = breaker(async () => await sleep(50), { capacity: 1 })
        await Promise.all([full.fire(), full.fire()])
      }
    },
    ETIMEDOUT: { 'an action that takes too long': async () => await breaker(async () => await sleep(300)).fire() },
    'connect ECONNREFUSED': { 'a closed port': async () => await breaker(async () => await fetch(at(closed)), { timeout: false }).fire() }
  })
  await refute(t, { 'an action that fails': async () => await failing.fire() })
})
