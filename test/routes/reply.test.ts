import Fastify from 'fastify'
import t from 'tap'
import { Type } from '@sinclair/typebox'
import ptStatus from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

const thing = Type.Object({ id: Type.String() })

t.test('created() answers 201 with the location and the body that the schema declares', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.post('/things', { schema: { response: { 201: thing } } }, async (request, reply) => reply.created('/things/1', { id: '1', secret: 'x' }))
  const origin = await listen(t, app)

  const { status, headers, body } = await send(origin, 'POST', '/things')
  t.equal(status, 201)
  t.equal(headers['location'], '/things/1')
  t.match(headers['content-type'], /^application\/json/)
  t.same(JSON.parse(body), { id: '1' }, 'without what the schema does not declare')
})

t.test('created() takes a URL object, works in a handler that is not async, and refuses other locations', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.post('/url', (request, reply) => { reply.created(new URL('https://example.com/things/å b'), null) })
  app.post('/number', async (request, reply) => reply.created(5 as never, null))
  const origin = await listen(t, app)

  t.equal((await send(origin, 'POST', '/url')).headers['location'], 'https://example.com/things/%C3%A5%20b')
  const refused = await send(origin, 'POST', '/number')
  t.equal(refused.status, 500)
  t.notOk('location' in refused.headers)
})

t.test('no location can end the header or start another one', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.post<{ Querystring: { to: string } }>('/', async (request, reply) => reply.created(request.query.to, {}))
  const origin = await listen(t, app)

  for (const hostile of ['/a\r\nSet-Cookie: a=b', '/a\nX: y', '/a\r\n\r\n<html>', '/\0', '/å', '/\u2028']) {
    const { status, headers, body } = await send(origin, 'POST', `/?to=${encodeURIComponent(hostile)}`)
    t.equal(status, 201)
    t.equal(decodeURIComponent(headers['location']!), hostile, 'it comes back as it was, encoded')
    t.match(headers['location'], /^[\x21-\x7e]+$/)
    t.notOk('set-cookie' in headers || 'x' in headers)
    t.equal(body, '{}')
  }
})

t.test('noContent() answers 204 without content or header fields of content (RFC 9110 §15.3.5)', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.delete('/things/:id', async (request, reply) => reply.type('text/html').header('content-language', 'fi').header('x-kept', '1').noContent())
  app.get('/nothing', async (request, reply) => reply.noContent())
  const origin = await listen(t, app)

  for (const [method, path] of [['DELETE', '/things/1'], ['GET', '/nothing'], ['HEAD', '/nothing']] as const) {
    const { status, headers, body } = await send(origin, method, path)
    t.equal(status, 204, method)
    t.equal(body, '')
    t.notMatch(Object.keys(headers), /^content-|^transfer-encoding/)
  }
  t.equal((await send(origin, 'DELETE', '/things/1')).headers['x-kept'], '1')
})

t.test('notModified() answers 304 with the validators and without header fields of content (RFC 9110 §15.4.5)', async t => {
  const kept = {
    etag: '"1"',
    'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
    'cache-control': 'max-age=60',
    'content-location': '/things/1',
    expires: 'Sun, 06 Nov 1994 08:50:37 GMT',
    vary: 'accept'
  }
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/', async (request, reply) => reply.headers(kept).type('application/json').header('content-length', '9').header('content-encoding', 'gzip').notModified())
  const origin = await listen(t, app)

  for (const method of ['GET', 'HEAD']) {
    for (const condition of [{ 'if-none-match': '"1"' }, { 'if-modified-since': kept['last-modified'] }]) {
      const { status, headers, body } = await send(origin, method, '/', condition)
      t.equal(status, 304)
      t.equal(body, '')
      t.match(headers, kept)
      t.notOk(['content-type', 'content-length', 'content-encoding', 'transfer-encoding'].some(name => name in headers), `${method} ${Object.keys(headers)}`)
    }
  }
})

t.test('notModified() is a 500 where the client has nothing to reuse, and the log says why', async t => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'error', stream: { write: (line: string) => { lines.push(line) } } } })
  await app.register(ptStatus)
  app.route({ method: ['GET', 'POST'], url: '/', handler: async (request, reply) => reply.header('etag', '"1"').notModified() })
  const origin = await listen(t, app)

  const unconditional = await send(origin, 'GET', '/')
  t.equal(unconditional.status, 500)
  t.notOk('etag' in unconditional.headers)
  t.equal((await send(origin, 'POST', '/', { 'if-none-match': '"1"' })).status, 500)
  t.equal(lines.length, 2)
  for (const line of lines) t.match(JSON.parse(line).err.message, /Cannot answer 304: the request is no conditional GET or HEAD/)
})

t.test('the helpers work in hooks', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.addHook('preHandler', async (request, reply) => request.method === 'DELETE' ? reply.noContent() : reply.created('/x', { id: 1 }))
  app.route({ method: ['POST', 'DELETE'], url: '/', handler: async () => { throw new Error('never reached') } })
  const origin = await listen(t, app)

  t.equal((await send(origin, 'DELETE', '/')).status, 204)
  t.equal((await send(origin, 'POST', '/')).status, 201)
})
