import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import ptStatus, { notFound, type PtStatusOptions } from '../../lib/index.ts'
import { listen, send } from '../wire.ts'

const sha1 = (text: string) => `"${createHash('sha1').update(text).digest('base64')}"`

async function start (t: Parameters<typeof listen>[0], declare: (app: FastifyInstance) => unknown, options: PtStatusOptions = {}): Promise<string> {
  const app = Fastify()
  await app.register(ptStatus, options)
  await declare(app)
  return listen(t, app)
}

t.test('a 200 to GET or HEAD that has no tag gets one, and both have the same tag and length', async t => {
  const origin = await start(t, app => {
    app.get('/json', async () => ({ a: 1 }))
    app.get('/text', async () => 'text')
    app.get('/buffer', async () => Buffer.from('buffer'))
    app.get('/empty', async () => '')
  })
  for (const [path, body] of [['/json', '{"a":1}'], ['/text', 'text'], ['/buffer', 'buffer'], ['/empty', '']] as const) {
    const get = await send(origin, 'GET', path)
    const head = await send(origin, 'HEAD', path)
    t.equal(get.headers['etag'], sha1(body), path)
    t.equal(head.headers['etag'], get.headers['etag'])
    t.equal(head.headers['content-length'], get.headers['content-length'])
    t.equal(head.body, '')
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await send(origin, method, path, { 'if-none-match': get.headers['etag']! })
      t.equal(status, 304, `${method} ${path}`)
      t.equal(headers['etag'], get.headers['etag'])
      t.notOk('content-type' in headers || 'content-length' in headers || 'transfer-encoding' in headers)
      t.equal(body, '')
    }
    t.equal((await send(origin, 'GET', path, { 'if-none-match': '"other"' })).status, 200)
  }
})

t.test('what is no 200 to GET or HEAD gets no tag and is never a 304', async t => {
  const origin = await start(t, app => {
    app.get('/missing', async () => { throw notFound() })
    app.get('/broken', async () => { throw new Error('broken') })
    app.get('/partial', { schema: { hide: true } }, async (request, reply) => reply.code(206).header('content-range', 'bytes 0-3/9').send('part'))
    app.post('/', async () => ({ a: 1 }))
    app.post('/created', async (request, reply) => reply.created('/1', { a: 1 }))
    app.route({ method: ['GET', 'DELETE'], url: '/both', handler: async () => ({ a: 1 }) })
  })
  for (const [method, path, status] of [
    ['GET', '/missing', 404], ['GET', '/nowhere', 404], ['GET', '/broken', 500], ['GET', '/partial', 206],
    ['POST', '/', 200], ['POST', '/created', 201], ['DELETE', '/both', 200]
  ] as const) {
    const answer = await send(origin, method, path, { 'if-none-match': '*', 'if-modified-since': new Date().toUTCString() })
    t.equal(answer.status, status, `${method} ${path}`)
    t.notOk('etag' in answer.headers)
  }
})

t.test('a tag that the handler set is kept and compared, and its Last-Modified too', async t => {
  const modified = 'Sun, 06 Nov 1994 08:49:37 GMT'
  const origin = await start(t, app => {
    app.get('/', async (request, reply) => { reply.headers({ etag: 'W/"own"', 'last-modified': modified }); return { a: 1 } })
  })
  t.equal((await send(origin, 'GET', '/')).headers['etag'], 'W/"own"')
  t.equal((await send(origin, 'GET', '/', { 'if-none-match': '"own"' })).status, 304)
  t.equal((await send(origin, 'GET', '/', { 'if-modified-since': modified })).status, 304)
  t.equal((await send(origin, 'GET', '/', { 'if-modified-since': 'Sun, 06 Nov 1994 08:49:36 GMT' })).status, 200)
  const failed = await send(origin, 'GET', '/', { 'if-match': '"other"' })
  t.equal(failed.status, 400)
  t.match(JSON.parse(failed.body), { code: 'PRECONDITION_FAILED', detail: 'The resource is not in the state that the request expects.' })
  const weak = await send(origin, 'GET', '/', { 'if-match': '"own"' })
  t.equal(weak.status, 400)
  t.match(JSON.parse(weak.body), { code: 'PRECONDITION_FAILED', detail: 'The entity tag of the resource is weak, which If-Match never matches.' })
})

t.test('streams and web Responses pass untouched', async t => {
  const origin = await start(t, app => {
    app.get('/stream', async () => Readable.from(['text']))
    app.get('/response', async () => new Response('text'))
    app.get('/web', async () => new Blob(['text']).stream())
  })
  for (const path of ['/stream', '/response', '/web']) {
    const { status, headers } = await send(origin, 'GET', path, { 'if-none-match': '*' })
    t.equal(status, 200)
    t.notOk('etag' in headers)
  }
})

t.test('a 304 keeps what hooks set for every answer', async t => {
  const kept = { 'set-cookie': 'a=b', 'access-control-allow-origin': '*', 'x-ratelimit-remaining': '9', vary: 'origin', 'cache-control': 'private' }
  const origin = await start(t, app => {
    app.addHook('onSend', async (request, reply) => { reply.headers(kept) })
    app.get('/', async () => ({ a: 1 }))
  })
  const { status, headers } = await send(origin, 'GET', '/', { 'if-none-match': sha1('{"a":1}') })
  t.equal(status, 304)
  t.match(headers, kept)
})

t.test('the tag is that of the content as hooks of the scope and of the route have made it', async t => {
  const origin = await start(t, app => {
    app.addHook('onSend', async (request, reply, payload) => `${payload as string}!`)
    app.get('/', { onSend: async (request, reply, payload) => `${payload as string}?` }, async () => 'text')
  })
  for (const method of ['GET', 'HEAD']) {
    const { headers } = await send(origin, method, '/')
    t.equal(headers['etag'], sha1('text!?'))
    t.equal(headers['content-length'], '6')
  }
})

t.test('options of @fastify/etag pass through, and false turns tags off', async t => {
  const declare = (app: FastifyInstance) => app.get('/', async () => 'text')
  const tag = async (etag: NonNullable<PtStatusOptions['etag']>) => (await send(await start(t, declare, { etag }), 'GET', '/')).headers['etag']
  t.equal(await tag({ weak: true }), `W/${sha1('text')}`)
  t.equal(await tag({ algorithm: 'sha256' }), `"${createHash('sha256').update('text').digest('base64')}"`)
  t.equal(await tag({ hashFn: () => 'own' }), '"own"')
  t.equal(await tag(true), sha1('text'))
  t.equal(await tag(false), undefined)
  await t.rejects(async () => { await Fastify().register(ptStatus, { etag: { algorithm: 'rot13' } }) }, /rot13 not supported/)
})

t.test('an error that the user\'s handler answers with 200 is never a 304', async t => {
  const origin = await start(t, async app => {
    await app.register(async child => {
      child.setErrorHandler((_, request, reply) => { reply.code(200).send('sorry') })
      child.get('/', async () => { throw new Error('x') })
    })
  })
  const { status, headers } = await send(origin, 'GET', '/', { 'if-none-match': '*' })
  t.equal(status, 200)
  t.notOk('etag' in headers)
})

t.test('a hash that throws is a 500', async t => {
  const origin = await start(t, app => { app.get('/', async () => 'text') }, { etag: { hashFn: () => { throw new Error('secret') } } })
  const { status, body } = await send(origin, 'GET', '/')
  t.equal(status, 500)
  t.notMatch(body, /secret/)
})

t.test('each scope tags its own routes', async t => {
  const app = Fastify()
  await app.register(ptStatus, { etag: false })
  app.get('/outer', async () => 'text')
  await app.register(async child => {
    await child.register(ptStatus, { etag: { weak: true } })
    child.get('/inner', async () => 'text')
  })
  const origin = await listen(t, app)
  t.notOk('etag' in (await send(origin, 'GET', '/outer')).headers)
  for (const method of ['GET', 'HEAD']) t.equal((await send(origin, method, '/inner')).headers['etag'], `W/${sha1('text')}`)
  const head = await send(origin, 'HEAD', '/inner', { 'if-none-match': '*' })
  t.equal(head.status, 304)
  t.notOk('content-length' in head.headers)
})
