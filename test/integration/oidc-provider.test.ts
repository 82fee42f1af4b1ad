import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import ptStatus from 'fastify-pt-status'
import { bearer } from 'fastify-pt-status/bearer'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import t, { type Test } from 'tap'
import { freePort } from '../services/program.ts'
import { listen, send } from '../wire.ts'

const audience = 'https://api.example.com'
const cooldown = 200

async function newKey (kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...await exportJWK(privateKey), kid, alg: 'ES256', use: 'sig' }
}

/** A real OpenID provider: starts on a port with its keys, and stops. */
async function startProvider (t: Test, port: number, keys: JWK[]) {
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    jwks: { keys: keys as never },
    clients: [{ client_id: 'service', client_secret: 'service-secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], id_token_signed_response_alg: 'ES256' }],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (context, resource) => ({
          scope: 'things:read things:write', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 60, jwt: { sign: { alg: 'ES256' } }
        })
      }
    }
  })
  const server = createServer(provider.callback() as RequestListener).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  t.teardown(stop)

  /** Gets a token by the client's credentials (RFC 6749 §4.4, RFC 8707). */
  const token = async (scope: string, resource = audience): Promise<Record<string, string>> => {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('service:service-secret')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource })
    })
    if (!response.ok) throw new Error(await response.text())
    const { access_token: value } = await response.json() as { access_token: string }
    return { authorization: `Bearer ${value}` }
  }
  return { token, stop }
}

async function startApi (t: Test, issuer: string): Promise<string> {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: bearer({ issuer, audience, cooldown, timeout: 20_000, maxAge: 1000 }) })
  app.get('/things', { config: { access: { scopes: ['things:read'] } } }, async ({ principal }) => principal)
  app.post('/things', { config: { access: { scopes: ['things:write'] } } }, async (request, reply) => reply.noContent())
  return listen(t, app)
}

t.test('tokens of a real provider: 200, 204, 401 and 403 over HTTP', async t => {
  const port = await freePort()
  const { token } = await startProvider(t, port, [await newKey('first')])
  const origin = await startApi(t, `http://127.0.0.1:${port}`)

  const reader = await token('things:read')
  const read = await send(origin, 'GET', '/things', reader)
  t.equal(read.status, 200)
  t.match(JSON.parse(read.body), { subject: 'service', scopes: ['things:read'], claims: { client_id: 'service', aud: audience } })

  const refused = await send(origin, 'POST', '/things', reader)
  t.equal(refused.status, 403)
  t.equal(refused.headers['www-authenticate'], `Bearer realm="${audience}", error="insufficient_scope", scope="things:write"`)
  t.equal((await send(origin, 'POST', '/things', await token('things:read things:write'))).status, 204)

  t.match(await send(origin, 'GET', '/things'), { status: 401, headers: { 'www-authenticate': `Bearer realm="${audience}"` } })
  const elsewhere = await send(origin, 'GET', '/things', await token('things:read', 'https://else.example.com'))
  t.match(elsewhere, { status: 401, headers: { 'www-authenticate': /error="invalid_token", error_description="The access token is for another audience."/ } })
})

t.test('the provider rotates its keys: both are accepted while it publishes both, then only the new one', async t => {
  const port = await freePort()
  const [first, second] = [await newKey('first'), await newKey('second')]
  const before = await startProvider(t, port, [first])
  const origin = await startApi(t, `http://127.0.0.1:${port}`)
  const old = await before.token('things:read')
  t.equal((await send(origin, 'GET', '/things', old)).status, 200)
  await before.stop()

  const during = await startProvider(t, port, [second, first])
  await sleep(cooldown)
  t.equal((await send(origin, 'GET', '/things', await during.token('things:read'))).status, 200, 'a new kid')
  t.equal((await send(origin, 'GET', '/things', old)).status, 200)
  await during.stop()

  const after = await startProvider(t, port, [second])
  await sleep(1000)
  t.equal((await send(origin, 'GET', '/things', old)).status, 401)
  t.equal((await send(origin, 'GET', '/things', await after.token('things:read'))).status, 200)
})

t.test('the provider is down before its keys are known: 503, and 200 when it is up again', async t => {
  const port = await freePort()
  const keys = [await newKey('first')]
  const before = await startProvider(t, port, keys)
  const reader = await before.token('things:read')
  await before.stop()
  const origin = await startApi(t, `http://127.0.0.1:${port}`)
  const refused = await send(origin, 'GET', '/things', reader)
  t.match(refused, { status: 503, headers: { 'retry-after': '1' } })
  t.match(JSON.parse(refused.body), { code: 'ISSUER_UNAVAILABLE' })

  await startProvider(t, port, keys)
  await sleep(cooldown)
  t.equal((await send(origin, 'GET', '/things', reader)).status, 200)
})

t.test('the provider goes down after its keys are known: tokens go on being accepted, new ones too', async t => {
  const port = await freePort()
  const { token, stop } = await startProvider(t, port, [await newKey('first')])
  const origin = await startApi(t, `http://127.0.0.1:${port}`)
  const [known, fresh] = [await token('things:read'), await token('things:read')]
  t.equal((await send(origin, 'GET', '/things', known)).status, 200)
  await stop()
  await sleep(1100)
  for (const headers of [known, fresh, known]) t.equal((await send(origin, 'GET', '/things', headers)).status, 200)
})
