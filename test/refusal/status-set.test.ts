import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import t from 'tap'
import ptStatus, { notFound, StatusError } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

const secret = (more: object = {}): Error => Object.assign(new Error('SECRET'), more)

/** How user code fails once it has set a status. */
const failures: Readonly<Record<string, (app: FastifyInstance, status: number) => unknown>> = {
  'a handler throws': (app, status) => app.get('/', (request, reply) => { reply.code(status); throw secret() }),
  'an async handler throws': (app, status) => app.get('/', async (request, reply) => { reply.code(status); throw secret() }),
  'a handler throws what is no error': (app, status) => app.get('/', (request, reply) => { reply.code(status); throw { SECRET: 1 } }), // eslint-disable-line no-throw-literal
  'a handler sends an error': (app, status) => app.get('/', (request, reply) => { reply.code(status).send(secret()) }),
  'an onRequest hook calls back with one': (app, status) => app.get('/', { onRequest: (request, reply, done) => { reply.code(status); done(secret()) } }, async () => 'a'),
  'a preHandler hook throws': (app, status) => app.get('/', { preHandler: async (request, reply) => { reply.code(status); throw secret() } }, async () => 'a'),
  "an error handler of the user's sends one": (app, status) => {
    app.register(async child => {
      child.setErrorHandler((thrown, request, reply) => { reply.code(status).send(secret()) })
      child.get('/', async () => { throw secret() })
    })
  },
  'a not-found handler sends one': (app, status) => app.setNotFoundHandler((request, reply) => { reply.code(status).send(secret()) }),
  "Fastify's own error handler answers, for a route from before": (app, status) => app.get('/', (request, reply) => { reply.code(status).send(secret({ statusCode: 418 })) })
}

for (const [failure, declare] of Object.entries(failures)) {
  t.test(`a status that user code set is told, and the message of the error isn't: ${failure}`, async t => {
    for (const [status, told, code] of [[401, 401, 'UNAUTHORIZED'], [404, 404, 'NOT_FOUND'], [409, 400, 'CONFLICT'], [503, 503, 'SERVICE_UNAVAILABLE'], [502, 503, 'BAD_GATEWAY'], [500, 500, 'INTERNAL_SERVER_ERROR']] as const) {
      const app = Fastify()
      if (failure.endsWith('before')) declare(app, status)
      await app.register(ptStatus)
      if (!failure.endsWith('before')) declare(app, status)
      const { status: sent, headers, body } = await send(await listen(t, app), 'GET', '/')
      t.match([sent, JSON.parse(body).code], [told, code])
      t.notMatch(body, /SECRET/)
      if (told === 401) t.ok(headers['www-authenticate'])
      if (told === 503) t.ok(headers['retry-after'])
    }
  })
}

t.test('what says by itself what it is comes before a status that was set, and a dependency after it', async t => {
  const cases: Readonly<Record<string, readonly [thrown: Error, status: number]>> = {
    'a StatusError': [notFound(), 404],
    'an http-error that exposes itself': [secret({ statusCode: 403, status: 403, expose: true }), 403],
    'what mapError knows': [secret({ domain: true }), 404],
    'a refused connection': [secret({ code: 'ECONNREFUSED', syscall: 'connect' }), 401],
    'a stray statusCode': [secret({ statusCode: 404 }), 401]
  }
  for (const [name, [thrown, status]] of Object.entries(cases)) {
    const app = Fastify()
    await app.register(ptStatus, { mapError: thrown => (thrown as { domain?: true }).domain ? notFound() : undefined })
    app.get('/', async (request, reply) => { reply.code(401); throw thrown })
    t.equal((await send(await listen(t, app), 'GET', '/')).status, status, name)
  }
})

t.test('a success that was set, and the statusCode of an error, are no status of an error', async t => {
  for (const set of [(reply: FastifyReply) => reply.code(201), (reply: FastifyReply) => reply]) {
    const app = Fastify()
    app.get('/early', (request, reply) => { set(reply).send(secret({ statusCode: 404 })) })
    await app.register(ptStatus)
    app.get('/', async (request, reply) => { set(reply); throw secret({ statusCode: 404 }) })
    const origin = await listen(t, app)
    for (const path of ['/', '/early']) t.equal((await send(origin, 'GET', path)).status, 500, path)
  }
})

t.test('a refusal that a hook fails to send is a 500, whatever its own status', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/', { onSend: async () => { throw secret() } }, async () => { throw notFound() })
  t.equal((await send(await listen(t, app), 'GET', '/')).status, 500)
})

t.test('mapError gets the reply as the error found it', async t => {
  const app = Fastify()
  await app.register(ptStatus, { mapError: (thrown, request, reply) => new StatusError(reply.statusCode, `Mapped from ${reply.statusCode}.`) })
  app.get('/', async (request, reply) => { reply.code(403); throw secret() })
  const { status, body } = await send(await listen(t, app), 'GET', '/')
  t.equal(status, 403)
  t.match(JSON.parse(body), { detail: 'Mapped from 403.' })
})
