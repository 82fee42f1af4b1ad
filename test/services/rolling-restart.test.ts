import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import type { Exchange } from '../../chaos/client.ts'
import { Ledger } from '../../chaos/ledger.ts'
import { startTraffic } from '../../chaos/traffic.ts'
import { rowsIn } from '../../chaos/world.ts'
import { audience, startIssuer } from '../../examples/organizations/issuer.ts'
import { countOf, unhurried } from './example.ts'
import { startNginx } from './nginx.ts'
import { startPostgresql } from './postgresql.ts'
import { freePort, needs, start } from './program.ts'

const connections = 20
/** In milliseconds. */
const drainDelay = 1000

t.test('a rolling restart of two instances behind a balancer, under load, loses no request', needs('nginx', 'postgres'), async t => {
  const database = await startPostgresql(t)
  const issuer = await startIssuer()
  t.teardown(issuer.close)
  const startInstance = async (port: number) => await start(t, [process.execPath, 'dist/examples/organizations/server.js'],
    ({ out }) => out.includes('Ctrl-C'), {
      PORT: String(port),
      DATABASE_URL: database.url,
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: audience,
      DRAIN_DELAY: String(drainDelay),
      ...unhurried
    })
  const instances = []
  for (const port of [await freePort(), await freePort()]) instances.push({ port, program: await startInstance(port) })

  // nginx as Debian has it asks no health route: it finds out by a refused connection or a 503, and goes to the other.
  // A write that closing refuses by 503 was not begun, so another may do it: non_idempotent
  const port = await freePort()
  await startNginx(t, port, `
    upstream instances {
      ${instances.map(({ port }) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=1s;`).join(' ')}
      keepalive ${connections};
    }
    server {
      listen 127.0.0.1:${port};
      keepalive_requests 1000000;
      location / {
        proxy_pass http://instances;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_next_upstream error timeout http_503 non_idempotent;
      }
    }`)

  const ledger = new Ledger()
  const exchanges: Exchange[] = []
  const stop = startTraffic({ origin: `http://127.0.0.1:${port}`, tokens: issuer.tokens, ledger, connections, observe: exchange => exchanges.push(exchange) })
  /** Waits for as many writes more. */
  const writes = async (count: number) => {
    const enough = ledger.acknowledged + count
    while (ledger.acknowledged < enough) await sleep(20)
  }
  await writes(50)
  for (const instance of instances) {
    const begun = performance.now()
    await instance.program.stop('SIGTERM')
    const ended = performance.now()
    t.ok(ended - begun >= drainDelay, 'it drains first')
    const refusals = instance.program.output.err.trimEnd().split('\n').filter(line => line !== '').map(line => JSON.parse(line).code)
    t.same(refusals.filter(code => code !== 'CLOSING'), [])
    instance.program = await startInstance(instance.port)
    // The balancer asks it again
    await sleep(1500)
    await writes(50)
    t.comment(`port ${instance.port}: ended within ${Math.round(ended - begun)} ms, back after ${Math.round(performance.now() - ended - 1500)} ms; ${refusals.length} requests went to the other`)
  }
  await stop()

  t.same(exchanges.filter(({ status, wrong }) => status === 0 || status === 503 || wrong !== undefined).slice(0, 5), [], 'each has the answer that it would have had')
  t.equal(ledger.uncertain, 0)
  t.ok(ledger.acknowledged > 100)
  const client = new pg.Client(database.url)
  await client.connect()
  t.same(ledger.check(await rowsIn(client)), [], 'each write is done, and once')
  await client.end()
  t.comment(`${exchanges.length} requests, ${ledger.acknowledged} of them writes: ${countOf(exchanges.map(({ status }) => String(status)))}`)
})
