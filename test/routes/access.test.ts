import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import jwt from '@fastify/jwt'
import Fastify, { type FastifyInstance } from 'fastify'
import { exportPKCS8, exportSPKI } from 'jose'
import t from 'tap'
import ptStatus, { notFound, serviceUnavailable, unauthorized, type Authenticate, type Principal } from '../../lib/index.ts'
import { newKey } from '../bearer/issuer.ts'
import { listen, send } from '../wire.ts'

const users: Record<string, Principal> = {
  reader: { subject: 'reader', scopes: ['things:read'] },
  writer: { subject: 'writer', scopes: ['things:read', 'things:write'] },
  nobody: { subject: 'nobody' }
}

const byName: Authenticate = request => users[request.headers.authorization ?? '']

const as = (name: string) => ({ authorization: name })

async function start (t: Tap, declare: (app: FastifyInstance) => unknown, authenticate: Authenticate = byName): Promise<string> {
  const app = Fastify()
  await app.register(ptStatus, { authenticate })
  await declare(app)
  return listen(t, app)
}
type Tap = Parameters<typeof listen>[0]

t.test('a route is closed unless it is public, once authenticate is given', async t => {
  const origin = await start(t, app => {
    app.get('/closed', async request => ({ subject: request.principal?.subject }))
    app.get('/public', { config: { access: 'public' } }, async request => ({ principal: request.principal }))
  })

  const refused = await send(origin, 'GET', '/closed')
  t.equal(refused.status, 401)
  t.equal(refused.headers['www-authenticate'], 'Bearer', 'RFC 9110 §11.6.1: a 401 MUST have a challenge')
  t.match(JSON.parse(refused.body), { status: 401, code: 'UNAUTHORIZED', detail: /\w/ })
  t.equal((await send(origin, 'HEAD', '/closed')).status, 401)
  t.equal((await send(origin, 'GET', '/public', as('reader'))).body, '{"principal":null}')
  t.equal((await send(origin, 'GET', '/closed', as('nobody'))).body, '{"subject":"nobody"}')
})

t.test("another plugin's request.principal stops the start: who is let in must be who this one has asked", async t => {
  const app = Fastify()
  app.decorateRequest('principal', { getter () { return { subject: 'other' } } })
  await t.rejects(async () => app.register(ptStatus), { code: 'FST_ERR_DEC_ALREADY_PRESENT' })
})

t.test('scopes admit whom they name, and the 403 names them (RFC 6750 §3.1)', async t => {
  const origin = await start(t, app => {
    app.get('/', { config: { access: { scopes: ['things:read', 'things:write'] } } }, async () => ({}))
  })

  t.equal((await send(origin, 'GET', '/')).status, 401)
  for (const name of ['reader', 'nobody']) {
    const refused = await send(origin, 'GET', '/', as(name))
    t.equal(refused.status, 403)
    t.equal(refused.headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="things:read things:write"')
    t.match(JSON.parse(refused.body), { code: 'INSUFFICIENT_SCOPE' })
  }
  t.equal((await send(origin, 'GET', '/', as('writer'))).status, 200)
})

t.test('a function admits by true alone, and may say first that nothing is there', async t => {
  const origin = await start(t, app => {
    app.get('/sync/:id', { config: { access: (request, principal) => principal.subject === 'writer' } }, async () => ({}))
    app.get('/truthy', { config: { access: (() => 'yes') as never } }, async () => ({}))
    app.get('/throws', { config: { access: () => { throw new Error('secret') } } }, async () => ({}))
    app.get('/things/:id', {
      config: {
        access: async (request, principal) => {
          if (request.params.id !== '1') throw notFound('No such thing')
          return principal.subject === 'writer'
        }
      }
    }, async () => ({}))
  })

  t.equal((await send(origin, 'GET', '/sync/1', as('writer'))).status, 200)
  t.equal((await send(origin, 'GET', '/sync/1', as('reader'))).status, 403)
  t.equal((await send(origin, 'GET', '/truthy', as('writer'))).status, 403)
  t.equal((await send(origin, 'GET', '/throws', as('writer'))).status, 500)
  t.equal((await send(origin, 'GET', '/things/2')).status, 401, 'account')
  t.equal((await send(origin, 'GET', '/things/2', as('reader'))).status, 404, '→ exists')
  t.equal((await send(origin, 'GET', '/things/1', as('reader'))).status, 403, '→ allowed')
  t.equal((await send(origin, 'GET', '/things/1', as('writer'))).status, 200)
})

t.test('a 403 is masked as a 404 by one line of the route', async t => {
  const origin = await start(t, app => {
    app.get('/:owner', {
      config: { access: (request, { subject }) => { if (request.params.owner === subject) return true; throw notFound() } }
    }, async () => ({}))
  })
  t.equal((await send(origin, 'GET', '/writer')).status, 401)
  t.equal((await send(origin, 'GET', '/writer', as('writer'))).status, 200)
  const [masked, unknown] = [await send(origin, 'GET', '/writer', as('reader')), await send(origin, 'GET', '/nobody-at-all', as('reader'))]
  t.match([masked.status, unknown.status], [404, 404])
  t.notOk('www-authenticate' in masked.headers)
  const { instance, requestId, ...told } = JSON.parse(masked.body)
  t.match(JSON.parse(unknown.body), told, 'nothing tells what is there from what is not')
})

t.test('the missing scopes are told with the realm of authenticate', async t => {
  const origin = await start(t, app => { app.get('/', { config: { access: { scopes: ['things:read'] } } }, async () => ({})) },
    Object.assign(() => ({ subject: 'x' }), { realm: 'things' }))
  t.equal((await send(origin, 'GET', '/')).headers['www-authenticate'], 'Bearer realm="things", error="insufficient_scope", scope="things:read"')
})

t.test('services authenticate by an API key, compared in constant time', async t => {
  const key = randomBytes(32).toString('base64url')
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const known = digest(key)
  // Of one length whatever was sent, so that neither the time nor an error tells how much of it was right
  const origin = await start(t, app => { app.get('/', async request => request.principal) },
    ({ headers }) => timingSafeEqual(digest(String(headers['x-api-key'])), known) ? { subject: 'billing' } : undefined)

  t.equal((await send(origin, 'GET', '/', { 'x-api-key': key })).body, '{"subject":"billing"}')
  for (const wrong of ['', key.slice(1), `${key}a`, key.toLowerCase(), `${key}, ${key}`, 'a'.repeat(5000), 'undefined']) {
    t.equal((await send(origin, 'GET', '/', { 'x-api-key': wrong })).status, 401)
  }
  t.equal((await send(origin, 'GET', '/')).status, 401)
})

t.test('authenticate by @fastify/jwt: its refusals are 401 with a challenge', async t => {
  const [{ privateKey, publicKey }, other] = [await newKey('a', 'RS256'), await newKey('a', 'RS256')]
  const app = Fastify()
  await app.register(jwt, {
    secret: { private: await exportPKCS8(privateKey), public: await exportSPKI(publicKey) },
    sign: { algorithm: 'RS256' },
    verify: { algorithms: ['RS256'], allowedAud: 'things' }
  })
  await app.register(ptStatus, {
    authenticate: async request => {
      const { sub, scope } = await request.jwtVerify<{ sub: string, scope: string }>()
      return { subject: sub, scopes: scope.split(' ') }
    }
  })
  app.get('/', { config: { access: { scopes: ['things:read'] } } }, async request => request.principal)
  const origin = await listen(t, app)
  const token = (claims: object, options = {}) => app.jwt.sign({ sub: 'a', scope: 'things:read', aud: 'things', ...claims }, options)
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` })

  t.equal((await send(origin, 'GET', '/', bearer(token({})))).body, '{"subject":"a","scopes":["things:read"]}')
  t.equal((await send(origin, 'GET', '/', bearer(token({ scope: 'else' })))).status, 403)
  const refused = {
    none: {},
    malformed: { authorization: 'Bearer' },
    'no token': bearer('abc'),
    expired: bearer(token({ iat: 1, exp: 2 })),
    'of another audience': bearer(token({ aud: 'else' })),
    'of another key': bearer(token({}, { key: await exportPKCS8(other.privateKey) }))
  }
  for (const [name, headers] of Object.entries(refused)) {
    const { status, headers: fields } = await send(origin, 'GET', '/', headers)
    t.match([status, fields['www-authenticate']], [401, 'Bearer'], name)
  }
})

const outcomes: Record<string, [ReturnType<Authenticate> | (() => never), number]> = {
  undefined: [undefined, 401],
  null: [null, 401],
  'a promise of nothing': [Promise.resolve(), 401],
  'a promise of a principal': [Promise.resolve({ subject: 'x' }), 200],
  'a principal': [{ subject: 'x' }, 200],
  true: [true as never, 500],
  'a string': ['admin' as never, 500],
  'a thrown refusal': [() => { throw unauthorized('Expired', { challenge: 'Bearer error="invalid_token"' }) }, 401],
  'a thrown 503': [() => { throw serviceUnavailable('The issuer is away', { retryAfter: 5 }) }, 503],
  'a thrown error': [() => { throw new Error('secret') }, 500],
  'a thrown error with a status': [() => { throw Object.assign(new Error('secret'), { status: 200, statusCode: 403 }) }, 500],
  'a thrown null': [() => { throw null }, 500], // eslint-disable-line no-throw-literal
  'a thrown undefined': [() => { throw undefined }, 500] // eslint-disable-line no-throw-literal
}

for (const [name, [outcome, expected]] of Object.entries(outcomes)) {
  t.test(`authenticate that gives ${name} ends in ${expected}`, async t => {
    let reached = 0
    const give = () => typeof outcome === 'function' ? outcome() : outcome
    for (const authenticate of [give, async () => give()] as Authenticate[]) {
      const origin = await start(t, app => { app.get('/', async () => ({ reached: ++reached })) }, authenticate)
      const { status, headers, body } = await send(origin, 'GET', '/')
      t.equal(status, expected)
      t.notMatch(body, /secret/)
      if (expected === 401) t.match(headers['www-authenticate'], /^Bearer/)
    }
    t.equal(reached, expected === 200 ? 2 : 0, 'the route opens for a principal only')
  })
}

t.test('the order is 401, 404 of the route, 403, 400: nothing of the body is read before', async t => {
  const origin = await start(t, app => {
    app.post('/', { config: { access: { scopes: ['things:write'] } }, schema: { body: { type: 'object', required: ['a'] } } }, async () => ({}))
  })
  const json = { 'content-type': 'application/json' }

  t.equal((await send(origin, 'POST', '/', json, '{')).status, 401)
  t.equal((await send(origin, 'POST', '/', { ...json, ...as('reader') }, '{')).status, 403)
  t.equal((await send(origin, 'POST', '/', { ...json, ...as('writer') }, '{')).status, 400)
  t.equal((await send(origin, 'POST', '/nowhere', json, '{')).status, 404)
  const early = await send(origin, 'POST', '/', { ...json, 'content-length': '1000000' })
  t.equal(early.status, 401, 'it does not wait for the body')
})

t.test('an unknown route is 404 for everybody', async t => {
  const origin = await start(t, () => {}, () => { throw new Error('never asked') })
  t.equal((await send(origin, 'GET', '/nowhere')).status, 404)
  t.equal((await send(origin, 'PUT', '/nowhere', as('writer'))).status, 404)
})

t.test('a CORS preflight is never 401, other OPTIONS are', async t => {
  const origin = await start(t, app => { app.options('/*', async (request, reply) => reply.noContent()) })
  const preflight = { origin: 'https://example.com', 'access-control-request-method': 'DELETE' }
  t.equal((await send(origin, 'OPTIONS', '/things', preflight)).status, 204)
  t.equal((await send(origin, 'OPTIONS', '/things')).status, 401)
  t.equal((await send(origin, 'OPTIONS', '/things', { origin: 'https://example.com' })).status, 401)
})

t.test('who looks like a preflight gets no answer of a closed route', async t => {
  const origin = await start(t, app => {
    app.all('/all', async () => 'secret')
    app.route({ method: ['GET', 'OPTIONS'], url: '/both', config: { access: { scopes: ['admin'] } }, handler: async () => 'secret' })
  })
  const preflight = { origin: 'https://example.com', 'access-control-request-method': 'GET' }
  for (const path of ['/all', '/both']) {
    const { status, body } = await send(origin, 'OPTIONS', path, preflight)
    t.equal(status, 404, 'never a 401')
    t.notMatch(body, 'secret')
  }
})

t.test('scopes that are no array admit nobody', async t => {
  const origin = await start(t, app => { app.get('/', { config: { access: { scopes: ['things:read'] } } }, async () => ({})) },
    () => ({ subject: 'x', scopes: 'things:read-own things:write' as never }))
  t.equal((await send(origin, 'GET', '/')).status, 500)
})

t.test('an access that changes after the plugin has read it stops the start', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: byName })
  app.addHook('onRoute', route => { route.config = { ...route.config, access: { scopes: ['admin'] } } as never })
  app.get('/', async () => ({}))
  await t.rejects(async () => { await app.ready() }, { message: 'Cannot close GET /, HEAD /: its config.access was changed after the plugin had read it' })
})

t.test('hooks of the scope run before authenticate, so a 401 has their header fields; hooks of the route run after it', async t => {
  const origin = await start(t, app => {
    app.addHook('onRequest', async (request, reply) => { reply.header('access-control-allow-origin', '*') })
    app.get('/', { onRequest: async request => { request.principal!.subject += '!' } }, async request => request.principal)
  })
  const refused = await send(origin, 'GET', '/')
  t.equal(refused.status, 401)
  t.equal(refused.headers['access-control-allow-origin'], '*')
  t.equal(JSON.parse((await send(origin, 'GET', '/', as('nobody'))).body).subject, 'nobody!')
})

t.test('a hook that throws nothing, which Fastify takes for success, opens no route', async t => {
  const origin = await start(t, app => {
    app.addHook('onRequest', (request, reply, done) => {
      if (request.headers['x-throw'] !== undefined) throw undefined // eslint-disable-line no-throw-literal
      done()
    })
    app.get('/', async () => 'reached')
  })
  t.equal((await send(origin, 'GET', '/', { 'x-throw': '1' })).status, 401)
  t.equal((await send(origin, 'GET', '/', as('nobody'))).body, 'reached')
})

t.test('routes declared before the plugin loaded are closed too', async t => {
  const app = Fastify()
  app.get('/before', async () => ({}))
  app.register(async child => { child.get('/child', async () => ({})) })
  await app.after()
  app.register(ptStatus, { authenticate: byName })
  app.get('/meanwhile', { config: { access: { scopes: ['things:write'] } } }, async () => ({}))
  app.get('/public', { config: { access: 'public' } }, async () => ({}))
  app.get('/wrong', { config: { access: 'secret' as never } }, async () => ({}))
  const origin = await listen(t, app)

  for (const path of ['/before', '/child', '/meanwhile']) {
    t.equal((await send(origin, 'GET', path)).status, 401, path)
    t.equal((await send(origin, 'GET', path, as('writer'))).status, 200, path)
  }
  t.equal((await send(origin, 'GET', '/meanwhile', as('reader'))).status, 403)
  t.equal((await send(origin, 'GET', '/public')).status, 200)
  t.equal((await send(origin, 'GET', '/wrong', as('writer'))).status, 500)
})

t.test('routes of scopes from before the plugin loaded are closed, though there was no route yet', async t => {
  const app = Fastify()
  const scopes: FastifyInstance[] = []
  await app.register(async scope => { scopes.push(scope) }, { prefix: '/early' })
  await app.register(ptStatus, { authenticate: byName })
  await app.register(async scope => {
    scopes.push(scope)
    // It has the plugin of the scope that it is in, which hasn't seen it being made
    await scope.register(async inner => { scopes.push(inner) }, { prefix: '/inner' })
    await scope.register(ptStatus, { authenticate: byName })
  }, { prefix: '/nested' })
  for (const scope of scopes) {
    scope.get('/closed', async () => ({}))
    scope.get('/scoped', { config: { access: { scopes: ['things:write'] } } }, async () => ({}))
    scope.get('/teapot', async (request, reply) => reply.code(418).send('teapot'))
  }
  const origin = await listen(t, app)

  for (const { prefix } of scopes) {
    for (const path of ['/closed', '/scoped', '/teapot']) t.equal((await send(origin, 'GET', prefix + path)).status, 401, prefix + path)
    t.equal((await send(origin, 'GET', `${prefix}/closed`, as('writer'))).status, 200)
    t.equal((await send(origin, 'GET', `${prefix}/scoped`, as('reader'))).status, 403)
    t.equal((await send(origin, 'GET', `${prefix}/teapot`, as('writer'))).status, 400)
  }
})

t.test('a route declared before the plugin of its own scope loaded is closed, whatever the scope above', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.register(async child => {
    child.register(ptStatus, { authenticate: byName })
    child.get('/', async () => ({}))
  })
  const origin = await listen(t, app)
  t.equal((await send(origin, 'GET', '/')).status, 401)
  t.equal((await send(origin, 'GET', '/', as('nobody'))).status, 200)
})

t.test('a route declared before the plugin loaded never opens for want of an authenticate', async t => {
  const app = Fastify()
  app.get('/', { config: { access: { scopes: ['a'] } } }, async () => ({}))
  app.get('/open', async () => ({}))
  app.register(ptStatus)
  const origin = await listen(t, app)
  t.equal((await send(origin, 'GET', '/')).status, 500)
  t.equal((await send(origin, 'GET', '/open')).status, 200)
})

t.test('a route that asks for access in a scope without authenticate stops the start', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  t.throws(() => app.get('/', { config: { access: { scopes: ['a'] } } }, async () => ({})), {
    name: 'TypeError',
    message: 'Cannot close GET /: it asks for access, but the plugin has no authenticate'
  })
  t.doesNotThrow(() => app.get('/public', { config: { access: 'public' } }, async () => ({})))
})

t.test('a config.access that is none stops the start', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: byName })
  for (const access of ['Public', true, null, {}, { scopes: 'a' }, { scopes: ['a b'] }, { scopes: ['a"'] }, { scopes: [''] }, { scopes: ['a\r\nb'] }, { scopes: [5, null] }]) {
    t.throws(() => app.get(`/${Math.random()}`, { config: { access: access as never } }, async () => ({})), /must be 'public', \{ scopes: \[...\] \} or a function/, JSON.stringify(access))
  }
})

t.test('authenticate may answer by itself', async t => {
  const origin = await start(t, app => { app.get('/', async () => 'reached') }, async (request, reply) => {
    await reply.code(200).send('answered')
  })
  t.equal((await send(origin, 'GET', '/')).body, 'answered')
})

t.test('the nearest scope decides who its routes are for', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: byName })
  app.get('/outer', async request => request.principal)
  await app.register(async child => {
    await child.register(ptStatus, { authenticate: () => ({ subject: 'inner' }) })
    child.get('/inner', async request => request.principal)
  })
  await app.register(async child => {
    await child.register(ptStatus)
    child.get('/inherited', async () => ({}))
    child.get('/public', { config: { access: 'public' } }, async () => ({}))
  })
  const origin = await listen(t, app)
  t.equal((await send(origin, 'GET', '/outer')).status, 401)
  t.match((await send(origin, 'GET', '/inner')).body, /inner/)
  t.equal((await send(origin, 'GET', '/inherited')).status, 401, 'options that a child leaves out are those of its parent')
  t.equal((await send(origin, 'GET', '/public')).status, 200)
})

t.test('a hook of the user may write on what a guard refuses with', async t => {
  const app = Fastify({ logger: { stream: { write () {} } } })
  await app.register(ptStatus, { authenticate: () => undefined })
  app.addHook('onError', async ({ log }, reply, error) => {
    Object.assign(error, { seen: true })
    log.error(error)
  })
  app.get('/', async () => ({}))
  t.equal((await send(await listen(t, app), 'GET', '/')).status, 401)
})
