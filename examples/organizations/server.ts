import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bearer } from 'fastify-pt-status/bearer'
import { buildApp } from './app.ts'
import { companyRegistry } from './company-registry.ts'
import { curlLines } from './curl-lines.ts'
import { openDatabase } from './database.ts'
import { audience, startIssuer } from './issuer.ts'
import { seed } from './seed.ts'
import { createTables } from './tables.ts'
import type { Tokens } from './users.ts'

const {
  HOST = '127.0.0.1',
  PORT = '3000',
  LOG_LEVEL = 'error',
  // Nothing listens on this unassigned port: the registry is away until a real one is named
  COMPANY_REGISTRY_URL = 'http://127.0.0.1:4/',
  DATABASE_URL,
  DATABASE_FILE,
  // Without one, the example has an issuer of its own
  OIDC_ISSUER,
  OIDC_AUDIENCE = audience,
  // Many issuers have `JWT` in the header of their access tokens
  OIDC_TYP = 'at+jwt',
  // In milliseconds, and from 0 to 1; 0 is no limit
  MAX_EVENT_LOOP_DELAY = '1000',
  MAX_EVENT_LOOP_UTILIZATION = '0',
  // Longer than the balancer takes to see that it isn't ready, in milliseconds
  DRAIN_DELAY = '0'
} = process.env

// npm passes on a Ctrl-C that the terminal has sent already: only the first counts
const interrupted = new Promise(resolve => {
  process.on('SIGINT', resolve).on('SIGTERM', resolve)
})

const issuer = OIDC_ISSUER === undefined ? await startIssuer() : undefined
// For the shell to fill in, where the tokens are of another issuer
const tokens: Tokens = issuer?.tokens ?? { admin: '$ADMIN', manager: '$MANAGER', reader: '$READER' }
const authenticate = bearer({ issuer: OIDC_ISSUER ?? issuer!.url, audience: OIDC_AUDIENCE, typ: OIDC_TYP })

const given = DATABASE_URL ?? DATABASE_FILE
const location = given ?? join(await mkdtemp(join(tmpdir(), 'organizations-')), 'organizations.db')
const database = openDatabase(location)
const app = await buildApp({
  authenticate,
  database,
  registry: companyRegistry(COMPANY_REGISTRY_URL),
  pressure: {
    maxEventLoopDelay: Number(MAX_EVENT_LOOP_DELAY),
    maxEventLoopUtilization: Number(MAX_EVENT_LOOP_UTILIZATION),
    eventLoopUtilizationMode: 'interval'
  },
  drainDelay: Number(DRAIN_DELAY),
  // Standard output is for the lines below alone
  logger: { level: LOG_LEVEL, stream: process.stderr }
})

try {
  await createTables(database)
  await seed(database)
  const url = `${await app.listen({ host: HOST, port: Number(PORT) })}/v1/organizations`
  console.log(`Organizations: ${url}

Tokens${issuer === undefined ? ` of ${OIDC_ISSUER}, which the shell must have` : ', made for this run'}
  admin    ${tokens.admin}  reads and writes
  manager  ${tokens.manager}  reads, and replaces the one organization that she manages
  reader   ${tokens.reader}  reads

Each of the ten codes, in a freshly seeded database

${curlLines(url, tokens)}

Ctrl-C stops it.`)
  await interrupted
} finally {
  // A connection that never sends a request would keep it waiting
  setTimeout(() => app.server.closeAllConnections(), Number(DRAIN_DELAY) + 5000).unref()
  await app.close()
  await issuer?.close()
  await database.destroy()
  if (given === undefined) await rm(dirname(location), { recursive: true, force: true })
}
