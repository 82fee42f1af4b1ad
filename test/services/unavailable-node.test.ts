import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { get } from 'node:http'
import { connect, createServer, type AddressInfo, type LookupFunction } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus from '../../lib/index.ts'
import { closed, startHangingUp, startResetting, startStalled } from './failing.ts'
import { freePort, needs, run, temporaryFolder } from './program.ts'
import { prove, refute } from './trials.ts'

const there = { host: '127.0.0.1' }
const resolverAt = (port: number, timeout: number) => {
  const resolver = new Resolver({ timeout, tries: 1 })
  resolver.setServers([`127.0.0.1:${port}`])
  return resolver
}

t.test('Node', async t => {
  const [stalled, hangingUp, resetting, folder] = [await startStalled(t), await startHangingUp(t), await startResetting(t), await temporaryFolder(t)]
  const silent = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => silent.close())
  await once(silent, 'listening')
  const noNames = resolverAt(await freePort(), 60_000)
  const silentNames = resolverAt(silent.address().port, 100)
  const twoAddresses: LookupFunction = (name, options, done) => {
    done(null, [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }])
  }

  await prove(t, ['node', 'dom'], {
    'connect ECONNREFUSED': {
      'a closed port': async () => await once(connect({ ...there, port: closed }), 'connect'),
      'a closed port, by fetch': async () => await fetch(`http://127.0.0.1:${closed}/`),
      'a closed port at two addresses': async () => await once(connect({ host: 'database.example', port: closed, lookup: twoAddresses }), 'connect')
    },
    'connect ECONNRESET': {
      'a server that closes as it is connected to': async () => {
        const server = createServer().listen(0, '127.0.0.1')
        await once(server, 'listening')
        const socket = connect({ ...there, port: (server.address() as AddressInfo).port })
        // Once the system has connected it, but before Node has heard of that
        process.nextTick(() => server.close())
        await once(socket, 'connect')
      }
    },
    'connect ENOENT': {
      'a Unix socket that is not there': async () => await once(connect(`${folder}/socket`), 'connect')
    },
    'read ECONNRESET': {
      'a server that resets the connection': async () => {
        const socket = connect({ ...there, port: resetting })
        socket.write('a')
        await once(socket.resume(), 'end')
      },
      'a server that resets the connection, by fetch': async () => await fetch(`http://127.0.0.1:${resetting}/`)
    },
    'write ECONNRESET': {
      'a server that has reset the connection': async () => {
        // Nothing is read: the first to learn of it is the write
        const socket = connect({ ...there, port: resetting }).pause()
        const writing = setInterval(() => socket.write('a'), 20)
        try {
          await once(socket, 'close')
        } finally {
          clearInterval(writing)
        }
      }
    },
    'write EPIPE': {
      'a server that has ended the connection': async () => {
        const socket = connect({ ...there, port: hangingUp, allowHalfOpen: true })
        const writing = setInterval(() => socket.write('a'), 20)
        try {
          await once(socket, 'close')
        } finally {
          clearInterval(writing)
        }
      }
    },
    ECONNRESET: {
      'a server that hangs up': async () => await once(get({ ...there, port: hangingUp, agent: false }), 'response')
    },
    'queryA ECONNREFUSED': { 'no name server': async () => await noNames.resolve4('database.example') },
    'queryA ETIMEOUT': { 'a name server that says nothing': async () => await silentNames.resolve4('database.example') },
    'querySrv ECONNREFUSED': { 'no name server': async () => await noNames.resolveSrv('_mongodb._tcp.database.example') },
    'querySrv ETIMEOUT': { 'a name server that says nothing': async () => await silentNames.resolveSrv('_mongodb._tcp.database.example') },
    TimeoutError: {
      'a server that says nothing to fetch, and AbortSignal.timeout()': async () => await fetch(`http://127.0.0.1:${stalled}/`, { signal: AbortSignal.timeout(100) }),
      'a server that says nothing to node:http, and AbortSignal.timeout()': async () =>
        await once(get({ ...there, port: stalled, signal: AbortSignal.timeout(100) }), 'response')
    }
  }, ['connect ETIMEDOUT', 'connect EHOSTUNREACH', 'connect ENETUNREACH', 'read ETIMEDOUT', 'getaddrinfo EAI_AGAIN'])

  await refute(t, {
    // With a label that is too long it can't exist, whoever is asked
    'a host name that does not exist': async () => await fetch(`http://${'a'.repeat(64)}.example/`),
    'a file that is not there': async () => await readFile(`${folder}/file`),
    'a program that takes too long': async () => await promisify(execFile)('sleep', ['5'], { timeout: 50 }),
    'a request that we gave up ourselves': async () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 50)
      await fetch(`http://127.0.0.1:${stalled}/`, { signal: controller.signal })
    }
  })
})

t.test('Node without a network', needs('unshare', 'ip'), async t => {
  const results = await run(['unshare', '--net', ...process.getuid?.() === 0 ? [] : ['--map-root-user'], process.execPath, 'test/services/no-network.js'])
  t.same(JSON.parse(results), [
    { title: 'a host that vanishes', sign: 'read ETIMEDOUT', status: 503 },
    { title: 'a host that swallows all', sign: 'connect ETIMEDOUT', status: 503 },
    { title: 'a host that the router does not find', sign: 'connect EHOSTUNREACH', status: 503 },
    { title: 'a network without a route', sign: 'connect ENETUNREACH', status: 503 },
    { title: 'no name server', sign: 'getaddrinfo EAI_AGAIN', status: 503 }
  ])
})

t.test("Fastify's handlerTimeout is a 503 by its own name", async t => {
  const app = Fastify({ handlerTimeout: 50 })
  await app.register(ptStatus, { retryAfter: 7 })
  app.get('/', async () => await sleep(500, {}))
  t.teardown(async () => await app.close())
  const response = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.match({ status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() },
    { status: 503, retryAfter: '7', body: { code: 'HANDLER_TIMEOUT' } })
})
