import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { serviceUnavailable } from 'fastify-pt-status'
import { sql, type Kysely } from 'kysely'
import { Health } from '../schemas.ts'
import type { Tables } from '../tables.ts'

interface Source {
  database: Kysely<Tables>
}

const ready = { access: 'public' } as const
/** A process that is busy or suspended needs no restart: it is alive whatever the limits of @fastify/under-pressure say. */
const live = { ...ready, alwaysAvailable: true, pressureHandler () {} } as const

/** What a balancer asks: never to be answered from a cache. */
export const healthRoutes: FastifyPluginAsyncTypebox<Source> = async (app, { database }) => {
  app.addHook('onRequest', async (request, reply) => { reply.header('cache-control', 'no-store') })

  app.get('/live', {
    config: live,
    schema: { summary: 'Says that the process runs, whatever it needs is away', response: { 200: Health } }
  }, async () => ({ status: 'live' }))

  app.get('/ready', {
    config: ready,
    schema: {
      summary: 'Says whether to send requests: 503 while the database is away, under pressure, suspended, and before it closes',
      response: { 200: Health }
    }
  }, async () => {
    if (app.ptStatus.availability !== 'available') throw serviceUnavailable('The service is about to close.', { code: 'CLOSING' })
    await sql`select 1`.execute(database)
    return { status: 'ready' }
  })
}
