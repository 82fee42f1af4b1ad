import { setTimeout as sleep } from 'node:timers/promises'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import { bearer, securitySchemes } from '../../lib/bearer/index.ts'
import ptStatus, { forbidden, serviceUnavailable } from '../../lib/index.ts'
import { as, audience, now, startApi, startIssuer } from './issuer.ts'
import { patience } from '../patience.ts'
import { listen, send } from '../wire.ts'

t.test('a token stands for its subject, with its scopes and claims', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  const { status, body } = await send(origin, 'GET', '/', as(await issuer.sign({ scope: 'things:read things:write', client_id: 'app' })))
  t.equal(status, 200)
  t.match(JSON.parse(body), { subject: 'reader', scopes: ['things:read', 'things:write'], claims: { iss: issuer.url, client_id: 'app' } })
})

t.test('a missing scope is a 403 that names the realm and the scope (RFC 6750 §3.1)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, realm: 'the "things"' })
  const token = await issuer.sign()
  t.equal((await send(origin, 'GET', '/things', as(token))).status, 200)
  const refused = await send(origin, 'POST', '/things', as(token))
  t.equal(refused.status, 403)
  t.equal(refused.headers['www-authenticate'], 'Bearer realm="the \\"things\\"", error="insufficient_scope", scope="things:write"')
  t.equal((await send(origin, 'POST', '/things', as(await issuer.sign({ scope: undefined, scp: ['things:write'] })))).status, 204)
  t.equal((await send(origin, 'POST', '/things', as(await issuer.sign({ scope: 'things:writer' })))).status, 403)
})

t.test('scopes may be read by a function', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, scopes: ({ roles }) => (roles as string[]).map(role => `things:${role}`) })
  t.equal((await send(origin, 'POST', '/things', as(await issuer.sign({ roles: ['write'] })))).status, 204)
  t.equal((await send(origin, 'POST', '/things', as(await issuer.sign({ roles: ['read'] })))).status, 403)
  t.equal((await send(origin, 'POST', '/things', as(await issuer.sign()))).status, 500, 'a function that fails opens nothing')
})

t.test('the order is 401, 403, 400: nothing of the body is read before, and an unknown route is a 404', async t => {
  const issuer = await startIssuer(t)
  const app = Fastify()
  await app.register(ptStatus, { authenticate: bearer({ issuer: issuer.url, audience }) })
  app.post('/', { config: { access: { scopes: ['things:write'] } }, schema: { body: Type.Object({ name: Type.String() }) } }, async (request, reply) => reply.noContent())
  const origin = await listen(t, app)
  const unfinished = { 'content-type': 'application/json', 'content-length': '1000000' }
  const writer = as(await issuer.sign({ scope: 'things:write' }))
  t.equal((await send(origin, 'POST', '/', unfinished)).status, 401)
  t.equal((await send(origin, 'POST', '/', { ...unfinished, ...as(await issuer.sign({ exp: 1 })) })).status, 401)
  t.equal((await send(origin, 'POST', '/', { ...unfinished, ...as(await issuer.sign()) })).status, 403)
  t.equal((await send(origin, 'POST', '/', { ...writer, 'content-type': 'application/json' }, '{}')).status, 400)
  t.equal((await send(origin, 'POST', '/', { ...writer, 'content-type': 'application/json' }, '{"name":"a"}')).status, 204)
  t.equal((await send(origin, 'GET', '/nowhere', as('bad'))).status, 404)
})

t.test('verify decides on each request, remembered or not', async t => {
  const issuer = await startIssuer(t)
  const revoked = new Set<unknown>()
  const origin = await startApi(t, {
    issuer: issuer.url,
    audience,
    verify: async ({ sub, jti }, { method }) => {
      if (sub === 'banned') throw forbidden('Banned.', { code: 'BANNED' })
      if (sub === 'early') throw serviceUnavailable('The list of the revoked is away.')
      if (sub === 'bug') throw new Error('secret')
      return !revoked.has(jti) && method === 'GET'
    }
  })
  const token = await issuer.sign({ jti: '1' })
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
  revoked.add('1')
  const refused = await send(origin, 'GET', '/', as(token))
  t.equal(refused.status, 401)
  t.match(refused.headers['www-authenticate'], /error="invalid_token", error_description="The access token is not accepted."$/)
  t.match(JSON.parse((await send(origin, 'GET', '/', as(await issuer.sign({ sub: 'banned' })))).body), { status: 403, code: 'BANNED' })
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({ sub: 'early' })))).status, 503)
  const bug = await send(origin, 'GET', '/', as(await issuer.sign({ sub: 'bug' })))
  t.equal(bug.status, 500, "a rule that fails is not the client's fault")
  t.notMatch(bug.body, /secret/)
})

t.test('only true is accepted by verify', async t => {
  const issuer = await startIssuer(t)
  const token = await issuer.sign()
  for (const answer of [undefined, 1, 'true', {}]) {
    const origin = await startApi(t, { issuer: issuer.url, audience, verify: () => answer as never })
    t.equal((await send(origin, 'GET', '/', as(token))).status, 401, String(answer))
  }
})

for (const remember of [1000, false] as const) {
  t.test(`a token is refused once it has expired, with remember ${remember}`, async t => {
    const issuer = await startIssuer(t)
    const origin = await startApi(t, { issuer: issuer.url, audience, clockTolerance: 0, remember })
    const lasting = await issuer.sign()
    const life = await patience(1000, async () => { await send(origin, 'GET', '/', as(lasting)) })
    const exp = now() + 1 + Math.ceil(life / 1000)
    const token = await issuer.sign({ exp })
    t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
    t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
    await sleep(exp * 1000 - Date.now() + 5)
    const { status, body } = await send(origin, 'GET', '/', as(token))
    t.match([status, JSON.parse(body).detail], [401, 'The access token has expired.'])
  })
}

t.test('a remembered token is verified once, and anew where none is remembered', async t => {
  const issuer = await startIssuer(t)
  const verify = crypto.subtle.verify
  t.teardown(() => { crypto.subtle.verify = verify })
  let verified = 0
  crypto.subtle.verify = async (...args: Parameters<typeof verify>) => { verified++; return verify.apply(crypto.subtle, args) }
  const token = await issuer.sign()
  for (const [remember, count] of [[1000, 1], [false, 3]] as const) {
    const origin = await startApi(t, { issuer: issuer.url, audience, remember })
    verified = 0
    for (let round = 0; round < 3; round++) t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
    t.equal(verified, count)
  }
})

t.test('what is remembered is bounded, and a token that was forgotten is verified anew', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, remember: 1 })
  const tokens = [await issuer.sign({ sub: 'a' }), await issuer.sign({ sub: 'b' })]
  for (const token of [...tokens, ...tokens]) {
    t.match((await send(origin, 'GET', '/', as(token))).body, `"subject":"${token === tokens[0] ? 'a' : 'b'}"`)
  }
})

t.test('a bad token is never remembered', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  const token = await issuer.sign({ aud: 'else' })
  for (let round = 0; round < 3; round++) t.equal((await send(origin, 'GET', '/', as(token))).status, 401)
})

t.test('what one request does to its principal is not seen by the next with the same token', async t => {
  const issuer = await startIssuer(t)
  const app = Fastify()
  await app.register(ptStatus, { authenticate: bearer({ issuer: issuer.url, audience }) })
  app.get('/', async ({ principal }) => {
    const { subject } = principal!
    principal!.subject = 'admin'
    return { subject }
  })
  app.get('/scopes', async ({ principal }) => { (principal!.scopes as string[]).push('admin') })
  app.get('/claims', async ({ principal }) => { (principal!.claims!['address'] as { country: string }).country = 'SE' })
  const origin = await listen(t, app)
  const token = await issuer.sign({ address: { country: 'FI' } })
  for (let round = 0; round < 2; round++) {
    t.equal((await send(origin, 'GET', '/', as(token))).body, '{"subject":"reader"}')
    t.equal((await send(origin, 'GET', '/scopes', as(token))).status, 500, 'frozen')
    t.equal((await send(origin, 'GET', '/claims', as(token))).status, 500, 'frozen')
  }
})

t.test('a wrong option stops the start', async t => {
  t.throws(() => bearer({ issuer: 'https://issuer.example.com', audience: '' }), { name: 'TypeError', message: 'Cannot make bearer(): audience must be a text or texts' })
})

t.test('the OpenAPI document has the scheme, and security for each closed route', async t => {
  const app = Fastify()
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Things', version: '1' }, components: { securitySchemes } },
    refResolver: { buildLocalReference: json => String(json.$id) }
  })
  await app.register(ptStatus, { authenticate: bearer({ issuer: 'https://issuer.example.com', audience }), securityScheme: 'bearer' })
  const schema = { response: { 200: Type.Object({}) } }
  app.get('/things', { config: { access: { scopes: ['things:read'] } }, schema }, async () => ({}))
  app.get('/closed', { schema }, async () => ({}))
  app.get('/function', { config: { access: () => true }, schema }, async () => ({}))
  app.get('/public', { config: { access: 'public' }, schema }, async () => ({}))
  await app.ready()
  const document = structuredClone(app.swagger()) as Record<string, any>
  t.same(document['components'].securitySchemes, { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } })
  t.same(Object.fromEntries(Object.entries(document['paths']).map(([path, item]) => [path, (item as any).get.security])), {
    '/things': [{ bearer: ['things:read'] }], '/closed': [{ bearer: [] }], '/function': [{ bearer: [] }], '/public': []
  })
  const { valid, errors } = await new Validator().validate(document)
  t.ok(valid, JSON.stringify(errors))
})
