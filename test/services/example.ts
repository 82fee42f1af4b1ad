import { Writable } from 'node:stream'
import { bearer } from 'fastify-pt-status/bearer'
import type { Test } from 'tap'
import { buildApp } from '../../examples/organizations/app.ts'
import { companyRegistry } from '../../examples/organizations/company-registry.ts'
import { openDatabase } from '../../examples/organizations/database.ts'
import { audience, startIssuer } from '../../examples/organizations/issuer.ts'
import type { OrganizationDraft } from '../../examples/organizations/models.ts'
import { seed } from '../../examples/organizations/seed.ts'
import { createTables } from '../../examples/organizations/tables.ts'
import { start, temporaryFolder } from './program.ts'

/** An origin whose organizations others read through a cache. */
export interface Origin {
  /** The URL of the organizations. */
  url: string
  tokens: { admin: string, reader: string }
  /** Its log, complete: a process is ended for that. */
  log: () => Promise<string>
}

export const draft: OrganizationDraft = {
  name: 'Koe Vesi Oy',
  businessId: '6789012-6',
  address: { street: 'Rantatie 7', postalCode: '70100', city: 'Kuopio', country: 'FI' }
}

/** Has the example refuse nothing for that the machine is busy: its event loop is late then, most of all when it starts. */
export const unhurried = { MAX_EVENT_LOOP_DELAY: '0' }

/** Starts the example as `npm start` runs it. */
export async function startExample (t: Test, variables: Record<string, string> = {}): Promise<Origin> {
  const { output, stop } = await start(t, [process.execPath, 'dist/examples/organizations/server.js'],
    ({ out }) => out.includes('Ctrl-C'), { PORT: '0', LOG_LEVEL: 'info', ...unhurried, ...variables })
  const printed = (pattern: RegExp) => pattern.exec(output.out)![1]!
  const url = printed(/^Organizations: (\S+)$/m)
  return {
    url,
    tokens: { admin: printed(/^ +admin +(\S+)/m), reader: printed(/^ +reader +(\S+)/m) },
    async log () {
      await stop()
      return output.err
    }
  }
}

/** Starts the example in this process, for caches that have to be told by the answers how long they keep them. */
export async function startCacheable (t: Test, cacheControl: string): Promise<Origin> {
  const database = openDatabase(`${await temporaryFolder(t)}/organizations.db`)
  await createTables(database)
  await seed(database)
  const issuer = await startIssuer()
  const authenticate = bearer({ issuer: issuer.url, audience })
  let log = ''
  const app = await buildApp({
    database,
    registry: companyRegistry('http://127.0.0.1:4/'),
    authenticate (request, reply) {
      reply.header('cache-control', cacheControl)
      return authenticate(request)
    },
    logger: { level: 'info', stream: new Writable({ write (line, encoding, done) { log += line; done() } }) }
  })
  t.teardown(async () => {
    await app.close()
    await issuer.close()
    await database.destroy()
  })
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/v1/organizations`
  return { url, tokens: issuer.tokens, log: async () => log }
}

/** The statuses of what an origin has answered to a method and a path of its URL, in order, as its log tells. */
export async function answers (origin: Origin, method: string, path = ''): Promise<number[]> {
  const { pathname, search } = new URL(origin.url + path)
  const received = new Set<string>()
  const statuses: number[] = []
  for (const line of (await origin.log()).trimEnd().split('\n')) {
    const { msg, reqId, req, res } = JSON.parse(line)
    if (msg === 'incoming request' && req.method === method && req.url === pathname + search) received.add(reqId)
    if (msg === 'request completed' && received.has(reqId)) statuses.push(res.statusCode)
  }
  return statuses
}

/** `3 × 200, 4 × 304` */
export function countOf (values: Array<number | string>): string {
  const counts = new Map<number | string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort().map(([value, count]) => `${count} × ${value}`).join(', ')
}
