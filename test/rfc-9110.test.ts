import Fastify from 'fastify'
import t from 'tap'
import ptStatus from '../lib/index.ts'
import { cases, type Case } from './cases/conditional.ts'
import { listen, send } from './wire.ts'

const statuses = { perform: 200, 'not modified': 304, 'precondition failed': 400 }

t.test('isNotModified() evaluates preconditions over a socket as RFC 9110 §13 says', async t => {
  let state: Case['state'] = {}
  let performed = 0
  const app = Fastify()
  await app.register(ptStatus, { etag: false })
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'],
    url: '/',
    handler: async (request, reply) => {
      if (reply.isNotModified(state)) return reply.notModified()
      performed++
      return {}
    }
  })
  const origin = await listen(t, app)

  for (const { section, says, method, headers: conditions, evaluation, state: before } of cases) {
    state = before
    performed = 0
    const { status, headers, body } = await send(origin, method, '/', conditions)
    const title = `§${section}: ${says}`
    t.equal(status, statuses[evaluation], title)
    t.equal(performed, Number(evaluation === 'perform'), 'a request whose precondition fails changes nothing')
    if (status === 304) {
      t.equal(body, '')
      t.notOk('content-type' in headers || 'content-length' in headers || 'transfer-encoding' in headers, title)
      t.equal(headers['etag'], state?.etag, '"the server generating a 304 response MUST generate [ETag]" (§15.4.5)')
    }
    if (status === 400) {
      t.match(JSON.parse(method === 'HEAD' ? '{"code":"PRECONDITION_FAILED"}' : body), { code: 'PRECONDITION_FAILED' })
      t.notOk('etag' in headers || 'last-modified' in headers)
    }
  }
})

t.test('several lines of If-None-Match are one list (RFC 9110 §5.3)', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/', async (request, reply) => reply.isNotModified({ etag: 'a' }) ? reply.notModified() : {})
  const origin = await listen(t, app)
  t.equal((await send(origin, 'GET', '/', { 'if-none-match': '"b"\r\nIf-None-Match: "a"' })).status, 304)
})

t.test('a version as a number, and a date as a Date, a text or milliseconds', async t => {
  const dates = { date: new Date(784111777_500), text: '1994-11-06T08:49:37.5Z', number: 784111777_500 }
  const app = Fastify()
  await app.register(ptStatus)
  app.get<{ Params: { date: keyof typeof dates } }>('/:date', async (request, reply) =>
    reply.isNotModified({ etag: 7, lastModified: dates[request.params.date] }) ? reply.notModified() : {})
  app.get('/none', async (request, reply) => ({ isNotModified: reply.isNotModified({}) }))
  app.route({ method: ['GET', 'PUT'], url: '/wrong', handler: async (request, reply) => reply.isNotModified({ lastModified: 'yesterday' }) })
  const origin = await listen(t, app)

  for (const date of Object.keys(dates)) {
    const { headers } = await send(origin, 'GET', `/${date}`)
    t.equal(headers['etag'], '"7"')
    t.equal(headers['last-modified'], 'Sun, 06 Nov 1994 08:49:37 GMT')
    t.equal((await send(origin, 'GET', `/${date}`, { 'if-modified-since': headers['last-modified']! })).status, 304)
  }
  t.equal((await send(origin, 'GET', '/none')).body, '{"isNotModified":false}')
  t.equal((await send(origin, 'GET', '/wrong')).status, 500)
  t.equal((await send(origin, 'PUT', '/wrong', { 'if-unmodified-since': 'Sun, 06 Nov 1994 08:49:37 GMT' })).status, 500, 'no update is lost by it')
})

t.test('the answer to a PUT has no validators of the state before (RFC 9110 §9.3.4)', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.put('/', async (request, reply) => ({ stale: reply.isNotModified({ etag: 1, lastModified: new Date() }) }))
  const origin = await listen(t, app)
  const { status, headers } = await send(origin, 'PUT', '/', { 'if-match': '"1"' })
  t.equal(status, 200)
  t.notOk('etag' in headers || 'last-modified' in headers)
})

t.test('a PUT creates what does not exist under If-None-Match: *, once (RFC 9110 §13.1.2)', async t => {
  let version = 0
  const app = Fastify()
  await app.register(ptStatus)
  app.put('/', async (request, reply) => {
    reply.isNotModified(version === 0 ? null : { etag: version })
    version++
    return version === 1 ? reply.created('/', { version }) : { version }
  })
  app.get('/', async (request, reply) => ({ isNotModified: reply.isNotModified(null) }))
  const origin = await listen(t, app)

  t.equal((await send(origin, 'PUT', '/', { 'if-match': '*' })).status, 400, 'there is nothing to replace')
  t.equal((await send(origin, 'PUT', '/', { 'if-none-match': '*' })).status, 201)
  t.equal((await send(origin, 'PUT', '/', { 'if-none-match': '*' })).status, 400, 'a second writer is refused')
  t.equal((await send(origin, 'PUT', '/', { 'if-match': '*' })).status, 200)
  t.equal(version, 2)
  const { headers, body } = await send(origin, 'GET', '/', { 'if-none-match': '"a"' })
  t.equal(body, '{"isNotModified":false}')
  t.notOk('last-modified' in headers)
})

t.test('a precondition that fails for a weak tag alone says so, without a received value', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.put<{ Params: { kind: string } }>('/:kind', async (request, reply) => reply.isNotModified({ etag: request.params.kind === 'weak' ? 'W/"a1b2"' : '"a1b2"' }))
  const origin = await listen(t, app)
  const detail = async (path: string, headers: Record<string, string>) => {
    const { status, body } = await send(origin, 'PUT', path, headers)
    t.equal(status, 400)
    t.notMatch(body, 'a1b2')
    const problem = JSON.parse(body)
    t.equal(problem.code, 'PRECONDITION_FAILED')
    return problem.detail
  }

  // As it comes back from behind nginx with `gzip on`
  t.equal(await detail('/strong', { 'if-match': 'W/"a1b2"' }), 'If-Match names the entity tag of the resource as a weak one, which never matches. A proxy that compresses responses may have weakened it.')
  for (const tag of ['"a1b2"', 'W/"a1b2"']) {
    t.equal(await detail('/weak', { 'if-match': tag }), 'The entity tag of the resource is weak, which If-Match never matches.')
  }
  for (const condition of [{ 'if-match': '"other"' }, { 'if-match': 'W/"other"' }, { 'if-none-match': 'W/"a1b2"' }, { 'if-match': '"a1b2"', 'if-none-match': 'W/"a1b2"' }]) {
    t.equal(await detail('/strong', condition), 'The resource is not in the state that the request expects.')
  }
})
