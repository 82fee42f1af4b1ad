// Runs where there is no network but what it makes: `unshare --net node no-network.js`. Prints what a connection and a
// name look-up fail with there, and what the plugin makes of it.
import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import Fastify from 'fastify'
import ptStatus from 'fastify-pt-status'

const ip = (...words) => execFileSync('ip', words)
const reach = async host => await once(connect(80, host), 'connect')

// Seconds instead of minutes
writeFileSync('/proc/sys/net/ipv4/tcp_syn_retries', '1')
writeFileSync('/proc/sys/net/ipv4/tcp_retries2', '2')
ip('link', 'set', 'lo', 'up')
const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
await once(server, 'listening')
const socket = connect(server.address().port, '127.0.0.1')
await once(socket, 'connect')

const trials = {
  async 'a host that vanishes' () {
    ip('link', 'set', 'lo', 'down')
    socket.write('a')
    await once(socket, 'close')
  },
  async 'a host that swallows all' () {
    ip('link', 'set', 'lo', 'up')
    ip('route', 'add', '203.0.113.0/24', 'dev', 'lo')
    await reach('203.0.113.1')
  },
  async 'a host that the router does not find' () {
    ip('route', 'add', 'unreachable', '198.51.100.0/24')
    await reach('198.51.100.1')
  },
  'a network without a route': async () => await reach('192.0.2.1'),
  'no name server': async () => await lookup('database.example')
}

const app = Fastify()
await app.register(ptStatus)
let thrown
app.get('/:title', async ({ params: { title } }) => {
  try {
    await trials[title]()
  } catch (error) {
    thrown = error
    throw error
  }
})

const results = []
for (const title of Object.keys(trials)) {
  const { statusCode } = await app.inject(`/${encodeURIComponent(title)}`)
  results.push({ title, sign: `${thrown?.syscall} ${thrown?.code}`, status: statusCode })
}
console.log(JSON.stringify(results))
process.exit()
