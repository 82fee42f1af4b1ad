import { generateKeyPairSync } from 'node:crypto'
import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import ptStatus, { type Authenticate } from 'fastify-pt-status'
import { bearer, type BearerOptions } from 'fastify-pt-status/bearer'
import { exportJWK, importPKCS8, importSPKI, SignJWT } from 'jose'
import type { Contestant } from '../compare.ts'

export const question = 'What does a token cost that has come before, RS256?'

const issuer = 'https://issuer.example.com'
const audience = 'https://api.example.com'

// The servers, in processes of their own, have the keys of the one that loads them
const environment = 'BENCH_KEYS'
process.env[environment] ??= JSON.stringify(generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
}))
const { privateKey, publicKey } = JSON.parse(process.env[environment]) as { privateKey: string, publicKey: string }

const token = await new SignJWT({ iss: issuer, aud: audience, sub: 'reader', scope: 'organizations:read' })
  .setProtectedHeader({ alg: 'RS256', kid: 'a', typ: 'at+jwt' })
  .setExpirationTime('1h')
  .sign(await importPKCS8(privateKey, 'RS256'))

const api = async (authenticate?: Authenticate) => {
  const app = Fastify()
  await app.register(ptStatus, authenticate === undefined ? {} : { authenticate })
  app.get('/', authenticate === undefined ? {} : { config: { access: { scopes: ['organizations:read'] } } }, async () => ({}))
  return app
}

const ours = (options: Partial<BearerOptions> = {}) => async () => {
  const key = await exportJWK(await importSPKI(publicKey, 'RS256'))
  return api(bearer({ issuer, audience, jwks: { keys: [{ ...key, kid: 'a', alg: 'RS256' }] }, ...options }))
}

const fastifyJwt = (cache: boolean) => async () => {
  const app = await api(async request => {
    const { sub, scope } = await request.jwtVerify<{ sub: string, scope: string }>()
    return { subject: sub, scopes: scope.split(' ') }
  })
  await app.register(jwt, {
    secret: { public: publicKey },
    verify: { algorithms: ['RS256'], allowedIss: issuer, allowedAud: audience, cache }
  })
  return app
}

const request = { headers: { authorization: `Bearer ${token}` } }

export const contestants: Record<string, Contestant> = {
  'bearer()': { app: ours(), request, status: 200 },
  'bearer(), remember: false': { app: ours({ remember: false }), request, status: 200 },
  '@fastify/jwt, cache: true': { app: fastifyJwt(true), request, status: 200 },
  '@fastify/jwt': { app: fastifyJwt(false), request, status: 200 },
  'no authentication': { app: () => api(), request, status: 200 }
}
