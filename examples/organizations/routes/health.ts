import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql, type Kysely } from 'kysely'
import { Health } from '../schemas.ts'
import type { Tables } from '../tables.ts'

interface Source {
  database: Kysely<Tables>
}

const config = { access: 'public' } as const

/** What a balancer asks: never to be answered from a cache. */
export const healthRoutes: FastifyPluginAsyncTypebox<Source> = async (app, { database }) => {
  app.addHook('onRequest', async (request, reply) => { reply.header('cache-control', 'no-store') })

  app.get('/live', {
    config,
    schema: { summary: 'Says that the process runs, whatever it needs is away', response: { 200: Health } }
  }, async () => ({ status: 'live' }))

  app.get('/ready', {
    config,
    schema: { summary: 'Says that the database can be reached: 503 while it is away', response: { 200: Health } }
  }, async () => {
    await sql`select 1`.execute(database)
    return { status: 'ready' }
  })
}
