import Fastify from 'fastify'
import t from 'tap'
import ptStatus, { type Problem } from '../../lib/index.ts'
import { writePastHooks } from '../../lib/refusal/write.ts'
import { exchange, listen, parse, send } from '../wire.ts'

t.test('what was written whole stays whole, and its connection open', async t => {
  const app = Fastify()
  app.get('/', (request, reply) => {
    reply.raw.end('first')
    writePastHooks(reply, 'second')
  })
  const origin = await listen(t, app)
  const text = await exchange(origin, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.equal(text.match(/first/g)?.length, 2)
  t.notMatch(text, /second/)
})

t.test("Fastify's own body does not leave where it has the type of the user's format", async t => {
  const type = 'application/json; charset=utf-8'
  const app = Fastify()
  await app.register(ptStatus, { format: { contentType: type, schema: { $id: 'Own', type: 'object', additionalProperties: true } as never, body: ({ code }: Problem) => ({ code }) } })
  app.addHook('onSend', async () => { throw new Error('secret') })
  const { status, headers, body } = await send(await listen(t, app), 'GET', '/unknown')
  t.same([status, headers['content-type'], JSON.parse(body)], [500, type, { code: 'INTERNAL_SERVER_ERROR' }])
})

t.test('a handler that another plugin takes away is none', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: () => null })
  app.addHook('onRoute', route => { route.handler = undefined as never })
  t.throws(() => { app.get('/', async () => 'a') }, TypeError)
})

t.test('outside is asked about routes that were declared too early, too', async t => {
  const app = Fastify()
  for (const url of ['/in', '/out']) app.get(url, async (request, reply) => reply.code(202).send('a'))
  app.register(ptStatus, { outside: ({ url }) => url === '/out' })
  const origin = await listen(t, app)
  for (let turn = 0; turn < 2; turn++) {
    t.equal((await send(origin, 'GET', '/in')).status, 500)
    t.equal(parse(await exchange(origin, 'GET /out HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status, 202)
  }
})
