import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import ptStatus, { notFound, serviceUnavailable, statusServerOptions } from '../lib/index.ts'

/** What only the server knows, in its errors. */
export const planted = 'planted-secret'

const Thing = Type.Object({ name: Type.String({ maxLength: 20 }) }, { additionalProperties: false })

/** An app with a route of each kind. Only `/broken` is a bug, and only `/away` lacks its dependency. */
export async function buildApp () {
  const app = Fastify({ ...statusServerOptions({ bodyLimit: 10_000, requestTimeout: 2000 }), keepAliveTimeout: 1000 })
  await app.register(ptStatus, {
    authenticate: ({ headers }) => headers.authorization === 'Bearer yes' ? { subject: 'a' } : undefined
  })
  const open = { access: 'public' } as const
  const params = Type.Object({ id: Type.Integer() })

  app.get('/things', { config: open, schema: { querystring: Type.Object({ page: Type.Optional(Type.Integer({ minimum: 1 })) }), response: { 200: Type.Array(Thing) } } }, async () => [{ name: 'a' }])
  app.post('/things', { config: open, schema: { body: Thing, response: { 201: Thing } } }, async ({ body }, reply) => reply.created('/things/1', body as never))
  app.get('/things/:id', { config: open, schema: { params, response: { 200: Thing } } }, async ({ params }, reply) => {
    if ((params as { id: number }).id > 5) throw notFound('No such thing.')
    return reply.isNotModified({ etag: '1', lastModified: new Date(0) }) ? reply.notModified() : { name: 'a' }
  })
  app.put('/things/:id', { config: open, schema: { params, body: Thing, response: { 200: Thing } } }, async ({ body }, reply) => {
    reply.isNotModified({ etag: '1' })
    return body
  })
  app.delete('/things/:id', { config: open, schema: { params, response: { 204: Type.Null() } } }, async (request, reply) => reply.noContent())
  app.get('/closed', async () => ({}))
  app.get('/broken', { config: open }, async () => { throw Object.assign(new Error(planted), { statusCode: 404, code: planted, headers: { 'x-planted': planted } }) })
  app.get('/away', { config: open }, async () => { throw serviceUnavailable(undefined, { cause: new Error(planted) }) })
  app.get('/stream', { config: open }, async (request, reply) => reply.type('text/plain').send(Readable.from(['a', 'b'])))
  app.get('/teapot', { config: open }, async () => { throw Object.assign(new Error('A teapot.'), { statusCode: 418, expose: true }) })
  return app
}
