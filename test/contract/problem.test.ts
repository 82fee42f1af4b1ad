import Fastify from 'fastify'
import t from 'tap'
import ptStatus, { badRequest, internalServerError, notFound, type Finding } from '../../lib/index.ts'
import { refusals } from '../../lib/contract/status.ts'
import { StatusError } from '../../lib/contract/errors.ts'
import { marker } from '../cases/requests.ts'
import { listen, send } from '../wire.ts'

t.test('a problem has the members of RFC 9457 §3.1 and this contract\'s own', async t => {
  const app = Fastify({ genReqId: () => 'id-1' })
  await app.register(ptStatus)
  app.get('/:code', async request => { throw new StatusError(Number((request.params as { code: string }).code) as 404, 'It is so.', { code: 'SO' }) })
  app.get('/', async () => { throw notFound() })

  for (const { code, phrase } of refusals) {
    const answer = await app.inject(`/${code}`)
    t.equal(answer.headers['content-type'], 'application/problem+json')
    t.strictSame(answer.json(), { type: 'about:blank', title: phrase, status: code, code: 'SO', detail: 'It is so.', instance: `/${code}`, requestId: 'id-1' })
  }
  t.match((await app.inject('/')).json(), { code: 'NOT_FOUND', detail: 'The resource does not exist.' })
})

t.test('the findings of a refusal are sent, twenty at most', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  const finding = (index: number): Finding => ({ in: 'body', pointer: `/${index}`, code: 'odd', detail: 'must be even' })
  app.get('/:count', async request => {
    throw badRequest('Odd.', { errors: Array.from({ length: Number((request.params as { count: string }).count) }, (_, index) => finding(index)) })
  })
  app.get('/none', async () => { throw badRequest('Odd.') })
  app.get('/bug', async () => { throw internalServerError('Odd.', { cause: new Error(marker) }) })

  for (const [sent, received] of [[0, 0], [1, 1], [20, 20], [21, 20], [1000, 20]]) {
    t.strictSame((await app.inject(`/${sent}`)).json().errors, Array.from({ length: received! }, (_, index) => finding(index)))
  }
  t.notOk('errors' in (await app.inject('/none')).json())
  t.notOk('errors' in (await app.inject('/bug')).json())
})

t.test('the instance is the path of the request, without anything else, over a socket', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/things/:id', { schema: { querystring: { type: 'object', required: ['page'] } } }, async () => 'found')
  const origin = await listen(t, app)

  const instances: Readonly<Record<string, string>> = {
    '/things/1': '/things/1',
    [`/things/1?size=${marker}`]: '/things/1',
    [`/things/1?a=/b?c=${marker}`]: '/things/1',
    '/things/1?': '/things/1',
    [`/things/1#${marker}`]: '/things/1',
    [`/nowhere#${marker}?a`]: '/nowhere',
    '/nowhere/': '/nowhere/',
    '/nowhere/a%20b': '/nowhere/a%20b',
    '/nowhere/%C3%A5': '/nowhere/%C3%A5',
    '/nowhere/a:b@c': '/nowhere/a:b@c',
    '/nowhere/"<>\\^`{|}': '/nowhere/%22%3C%3E%5C%5E%60%7B%7C%7D',
    '/': '/',
    // RFC 9112 §3.2.2: a server MUST accept the absolute-form
    'http://example.com/things/1': '/things/1',
    [`HTTP://user:${marker}@example.com:80/things/1?size=${marker}`]: '/things/1',
    [`http://${marker}.example`]: '/',
    [`http://${marker}.example?size=${marker}`]: '/',
    [`ftp://${marker}/nowhere`]: '/nowhere'
  }
  for (const [target, instance] of Object.entries(instances)) {
    const answer = await send(origin, 'GET', target)
    t.ok([400, 404].includes(answer.status), target)
    t.equal(JSON.parse(answer.body).instance, instance, target)
    t.notMatch(JSON.stringify(answer), marker, target)
  }
  // RFC 9112 §3.2.4: the asterisk-form
  t.equal(JSON.parse((await send(origin, 'OPTIONS', '*')).body).instance, '*')
})

t.test('the instance is what the client asked for, where the server rewrites URLs', async t => {
  const app = Fastify({ rewriteUrl: request => `/internal${request.url}` })
  await app.register(ptStatus)
  app.get('/internal/found', async () => { throw notFound() })
  for (const path of ['/found', '/nowhere']) t.equal((await app.inject(`${path}?page=1`)).json().instance, path)
})

t.test('the request id is that of the request, as the log has it', async t => {
  const app = Fastify({ requestIdHeader: 'x-request-id' })
  await app.register(ptStatus)
  const ids = await Promise.all(['a', 'b"\\'].map(async id => (await app.inject({ url: '/nowhere', headers: { 'x-request-id': id } })).json().requestId))
  t.strictSame(ids, ['a', 'b"\\'])
})
