import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters } from 'jose'
import type { Test } from 'tap'
import { bearer, type BearerOptions } from '../../lib/bearer/index.ts'
import ptStatus from '../../lib/index.ts'
import { patience } from '../patience.ts'
import { listen } from '../wire.ts'

export const audience = 'https://api.example.com'

/** A key pair of an issuer. */
export interface IssuerKey {
  privateKey: CryptoKey
  publicKey: CryptoKey
  jwk: JWK
}

export async function newKey (kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, publicKey, jwk: { ...await exportJWK(publicKey), kid, alg, use: 'sig' } }
}

export const now = () => Math.floor(Date.now() / 1000)

/** Signs a token that is good but for what is given; `undefined` leaves a claim or header parameter out. */
export async function sign (issuer: string, { privateKey, jwk }: IssuerKey, claims: Record<string, unknown> = {}, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
  return new SignJWT({ iss: issuer, aud: audience, sub: 'reader', exp: now() + 600, scope: 'things:read', ...claims })
    .setProtectedHeader({ alg: jwk.alg!, kid: jwk.kid!, typ: 'at+jwt', ...header })
    .sign(privateKey)
}

/** An issuer whose answers a test rules. */
export interface TestIssuer {
  url: string
  key: IssuerKey
  /** What it publishes. */
  keys: unknown[]
  /** The paths that were asked for, in order. */
  asked: string[]
  /** Answers instead of it. */
  answer: ((request: IncomingMessage, response: ServerResponse) => unknown) | undefined
  sign: (claims?: Record<string, unknown>, header?: Partial<JWTHeaderParameters>) => Promise<string>
  /** Ends it, as if its machine were gone. */
  stop: () => Promise<void>
  /** Has it listen again where it did. */
  restart: () => Promise<void>
}

export async function startIssuer (t: Test, path = ''): Promise<TestIssuer> {
  const key = await newKey('first')
  const server = createServer((request, response) => {
    issuer.asked.push(request.url!)
    if (issuer.answer !== undefined) return issuer.answer(request, response)
    if (request.url === `${path}/.well-known/openid-configuration`) return response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/jwks` }))
    if (request.url === `${path}/jwks`) return response.end(JSON.stringify({ keys: issuer.keys }))
    response.writeHead(404).end()
  })
  const open = async (port: number): Promise<void> => { await once(server.listen(port, '127.0.0.1'), 'listening') }
  const stop = async (): Promise<void> => {
    if (!server.listening) return
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  t.teardown(stop)
  await open(0)
  const { port } = server.address() as AddressInfo
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${port}${path}`,
    key,
    keys: [key.jwk],
    asked: [],
    answer: undefined,
    sign: async (claims, header) => sign(issuer.url, key, claims, header),
    stop,
    restart: async () => open(port)
  }
  return issuer
}

/** How long an issuer may take, in milliseconds, where it must not time out unless it hangs. */
export async function timeoutFor ({ url }: TestIssuer): Promise<number> {
  return await patience(500, async () => {
    for (const path of ['/.well-known/openid-configuration', '/jwks']) await (await fetch(url + path)).text()
  })
}

/** Has `performance.now()` stand still, but for the milliseconds that a test lets pass. */
export function stopClock (t: Test): (milliseconds: number) => void {
  const { now } = performance
  t.teardown(() => { performance.now = now })
  let time = Math.ceil(now.call(performance))
  performance.now = () => time
  return milliseconds => { time += milliseconds }
}

/** An API that reads need `things:read` in and writes `things:write`; answers who asks. */
export async function startApi (t: Test, options: BearerOptions, lines?: string[]): Promise<string> {
  const app: FastifyInstance = Fastify({ http: { maxHeaderSize: 65_536 }, logger: lines === undefined ? false : { level: 'info', stream: { write: line => { lines.push(line) } } } })
  await app.register(ptStatus, { authenticate: bearer(options) })
  app.get('/', async request => request.principal)
  app.get('/things', { config: { access: { scopes: ['things:read'] } } }, async () => ({}))
  app.post('/things', { config: { access: { scopes: ['things:write'] } } }, async (request, reply) => reply.noContent())
  return listen(t, app)
}

export const as = (token: string) => ({ authorization: `Bearer ${token}` })
