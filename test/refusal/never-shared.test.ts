import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t from 'tap'
import { bearer } from '../../lib/bearer/index.ts'
import ptStatus, { statusServerOptions, type Authenticate } from '../../lib/index.ts'
import { gate } from '../patience.ts'
import { exchange, listen, parse } from '../wire.ts'

/** A refusal of the plugin's: what is asked, its answer, and whether hooks are given it. */
interface Kind {
  /** The request line's target, and header fields beside the client's name. */
  path: string
  method?: string
  fields?: string
  body?: string
  status: number
  code: string
  isThrown?: false
  prepare?: (app: FastifyInstance, gates: { closing: ReturnType<typeof gate> }) => unknown
}

const host = 'Host: a\r\n'
const yes = `${host}X-Key: yes\r\n`
const authorization = (value: string) => `${host}Authorization: ${value}\r\n`
const json = 'Content-Type: application/json\r\n'
const suspend = (app: FastifyInstance) => { app.ptStatus.suspend({ retryAfter: 5 }) }

const kinds: Readonly<Record<string, Kind>> = {
  'no credentials': { path: '/', fields: host, status: 401, code: 'UNAUTHORIZED' },
  'no credentials, of a route from before the plugin': { path: '/early', fields: host, status: 401, code: 'UNAUTHORIZED' },
  'a missing scope': { path: '/scopes', fields: yes, status: 403, code: 'INSUFFICIENT_SCOPE' },
  'a function that admits nobody': { path: '/function', fields: yes, status: 403, code: 'FORBIDDEN' },
  'no Host': { path: '/', fields: '', status: 400, code: 'HOST_REQUIRED' },
  'two Hosts': { path: '/', fields: host + host, status: 400, code: 'HOST_INVALID' },
  'a wrong Host': { path: '/', fields: 'Host: a b\r\n', status: 400, code: 'HOST_INVALID' },
  closing: { path: '/', fields: host, status: 503, code: 'CLOSING', prepare: async (app, { closing }) => { app.close(); await closing.opened } },
  suspended: { path: '/', fields: host, status: 503, code: 'SUSPENDED', prepare: suspend },
  'findings of a validation': { path: '/valid?n=a', fields: yes, status: 400, code: 'VALIDATION_FAILED' },
  'a media type that the route does not take': { path: '/media', method: 'POST', fields: `${yes}Content-Type: text/plain\r\n`, body: 'a', status: 400, code: 'UNSUPPORTED_MEDIA_TYPE' },
  'no body, of a route with media types': { path: '/media', method: 'POST', fields: yes, status: 400, code: 'VALIDATION_FAILED' },
  'a body that is no JSON': { path: '/valid', method: 'POST', fields: yes + json, body: '{', status: 400, code: 'INVALID_JSON_BODY' },
  'an automatic precondition that fails': { path: '/', fields: `${yes}If-Match: "b"\r\n`, status: 400, code: 'PRECONDITION_FAILED' },
  'a precondition that fails': { path: '/tagged', fields: `${yes}If-Match: "b"\r\n`, status: 400, code: 'PRECONDITION_FAILED' },
  'an undeclared success': { path: '/undeclared', fields: yes, status: 500, code: 'INTERNAL_SERVER_ERROR' },
  'a 304 that nobody asked for': { path: '/not-modified', fields: yes, status: 500, code: 'INTERNAL_SERVER_ERROR' },
  'an error of a dependency': { path: '/away', fields: yes, status: 503, code: 'DEPENDENCY_UNAVAILABLE' },
  'an unexpected error': { path: '/broken', fields: yes, status: 500, code: 'INTERNAL_SERVER_ERROR' },
  'a refusal that was sent': { path: '/sent', fields: yes, status: 400, code: 'CONFLICT', isThrown: false },
  'an unknown route': { path: '/unknown', fields: host, status: 404, code: 'NOT_FOUND', isThrown: false },
  'another method': { path: '/', method: 'DELETE', fields: host, status: 404, code: 'METHOD_NOT_ALLOWED', isThrown: false },
  'a path that is none': { path: '/%zz', fields: host, status: 400, code: 'BAD_URL', isThrown: false },
  'an expectation': { path: '/', fields: `${host}Expect: a\r\n`, status: 400, code: 'EXPECTATION_FAILED', isThrown: false },
  'no token': { path: '/bearer', fields: host, status: 401, code: 'UNAUTHORIZED' },
  'another scheme': { path: '/bearer', fields: authorization('Basic YTpi'), status: 401, code: 'UNAUTHORIZED' },
  'two tokens': { path: '/bearer', fields: authorization('Bearer a') + authorization('Bearer b').slice(host.length), status: 400, code: 'INVALID_REQUEST' },
  'a malformed token field': { path: '/bearer', fields: authorization('Bearer a b'), status: 400, code: 'INVALID_REQUEST' },
  'a token in the query': { path: '/bearer?access_token=a', fields: host, status: 400, code: 'INVALID_REQUEST' },
  'a token that is none': { path: '/bearer', fields: authorization('Bearer a'), status: 401, code: 'INVALID_TOKEN' },
  'an issuer that is away': { path: '/bearer', fields: authorization('Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6ImEifQ.e30.YQ'), status: 503, code: 'ISSUER_UNAVAILABLE' }
}

/** Writes the name of the client on whatever it gets, wherever that can be told. */
function write (client: unknown, error: any): void {
  error.message += ` ${client}`
  error.code = `${error.code}_${client}`
  for (const change of [() => { error.headers['x-seen'] = client }, () => { error.headers = { ...error.headers, 'x-told': client } }, () => { error.errors.push({ in: 'body', pointer: '', code: client, detail: client }) }]) {
    // Some of it may be frozen, or not there
    try { change() } catch {}
  }
}

type Hook = (request: FastifyRequest, error: FastifyError) => void

/** Where a user's code is given what was thrown. */
const places: Readonly<Record<string, (scope: FastifyInstance, hook: Hook) => unknown>> = {
  'an onError hook': (scope, hook) => scope.addHook('onError', async (request, reply, error) => { hook(request, error) }),
  'an error handler': (scope, hook) => scope.setErrorHandler((error: FastifyError, request, reply) => { hook(request, error); throw error })
}

const authenticate: Authenticate = ({ headers }) => headers['x-key'] === 'yes' ? { subject: 'a' } : null
const thing = { type: 'object' } as const

async function build (add: (scope: FastifyInstance) => unknown, closing = gate(), closed = gate()): Promise<FastifyInstance> {
  const app = Fastify(statusServerOptions())
  await app.register(async scope => {
    add(scope)
    scope.get('/early', async () => 'a')
  })
  await app.register(ptStatus, { authenticate, unavailable: error => (error as Error).message.startsWith('away') })
  app.addHook('preClose', async () => { closing.open(); await closed.opened })
  await app.register(async scope => {
    add(scope)
    scope.get('/', async () => 'a')
    scope.get('/scopes', { config: { access: { scopes: ['b'] } } }, async () => 'a')
    scope.get('/function', { config: { access: () => false } }, async () => 'a')
    scope.get('/valid', { schema: { querystring: { ...thing, properties: { n: { type: 'integer' } } } } }, async () => 'a')
    scope.post('/valid', async () => 'a')
    scope.post('/media', { schema: { body: { content: { 'application/json': { schema: thing } } } } }, async () => 'a')
    scope.get('/tagged', async (request, reply) => { reply.isNotModified({ etag: 'a' }); return 'a' })
    scope.get('/undeclared', { schema: { response: { 200: thing } } }, async (request, reply) => reply.code(202 as 200).send({}))
    scope.get('/not-modified', async (request, reply) => reply.notModified())
    scope.get('/away', async () => { throw new Error('away') })
    scope.get('/broken', async () => { throw new Error('broken') })
    scope.get('/sent', async (request: FastifyRequest, reply: FastifyReply) => reply.code(409).send({ message: 'There is one.' }))
  })
  await app.register(async scope => {
    await scope.register(ptStatus, { authenticate: bearer({ issuer: 'http://127.0.0.1:9', audience: 'a', jwksUri: 'http://127.0.0.1:9/' }) })
    add(scope)
    scope.get('/bearer', async () => 'a')
  })
  return app
}

for (const [place, put] of Object.entries(places)) {
  t.test(`what ${place} writes on a refusal is told to no other client`, async t => {
    for (const [name, { path, method = 'GET', fields = host, body = '', status, code, isThrown, prepare }] of Object.entries(kinds)) {
      const given = new Set<unknown>()
      let times = 0
      const hook: Hook = (request, error) => {
        times++
        given.add(error)
        write(request.headers['x-client'], error)
      }
      const [closing, closed] = [gate(), gate()]
      const app = await build(scope => put(scope, hook), closing, closed)
      const origin = await listen(t, app)
      await prepare?.(app, { closing })
      const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`
      const ask = async (client: string) => await exchange(origin, `${method} ${path} HTTP/1.1\r\n${fields}${length}X-Client: ${client}\r\nConnection: close\r\n\r\n${body}`)
      await ask('ALICE')
      await ask('CAROL')
      const text = await ask('BOB')
      const { status: told, body: problem } = parse(text)
      t.equal(told, status, `${name}: ${text}`)
      t.equal(String(JSON.parse(problem).code).replace(/_BOB$/, ''), code, name)
      t.notMatch(text, /ALICE|CAROL/, name)
      t.equal(times, isThrown === false ? 0 : 3, `${name}: it was given each`)
      t.equal(given.size, times, `${name}: each is another`)
      closed.open()
    }
  })
}
