import { randomUUID } from 'node:crypto'
import Fastify from 'fastify'
import ptStatus from 'fastify-pt-status'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { users, type Tokens } from './users.ts'

/** Who the tokens are for. */
export const audience = 'https://organizations.example'

/**
 * Starts an issuer on an address of its own: it has the key of this run, gives each user a token, and publishes what
 * an API needs to verify them (RFC 8414, RFC 7517).
 */
export async function startIssuer () {
  const alg = 'ES256'
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk = { ...await exportJWK(publicKey), kid: randomUUID(), alg, use: 'sig' }

  const app = Fastify()
  await app.register(ptStatus)
  app.get('/.well-known/openid-configuration', async () => ({ issuer: url, jwks_uri: `${url}/jwks` }))
  app.get('/jwks', async () => ({ keys: [jwk] }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })

  const sign = async ({ sub, ...claims }: typeof users.admin): Promise<string> =>
    await new SignJWT({ ...claims, email_verified: true, client_id: 'curl' })
      .setProtectedHeader({ alg, kid: jwk.kid, typ: 'at+jwt' })
      .setIssuer(url).setAudience(audience).setSubject(sub).setJti(randomUUID()).setIssuedAt().setExpirationTime('12h')
      .sign(privateKey)
  const tokens: Tokens = {
    admin: await sign(users.admin),
    manager: await sign(users.manager),
    reader: await sign(users.reader)
  }
  return { url, tokens, close: async () => { await app.close() } }
}
