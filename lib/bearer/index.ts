import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { accessTokenVerifier, type Claims } from './access-token.ts'
import { bearerSettingsOf, type BearerOptions } from './options.ts'
import { credentialsReader } from './credentials.ts'
import { localKeys, remoteKeys } from './issuer-keys.ts'
import { rememberSecrets } from './remembered.ts'

/** Who an access token stands for. */
export interface BearerPrincipal {
  /** `sub` */
  subject: string
  scopes: readonly string[]
  claims: Claims
}

/** An `authenticate` by access tokens. */
export interface BearerAuthenticate {
  (request: FastifyRequest): Promise<BearerPrincipal>
  /** The protection space that challenges name. */
  readonly realm: string
}

/** The security scheme of `bearer()` for the OpenAPI document: its `components.securitySchemes`. */
export const securitySchemes = Object.freeze({ bearer: Object.freeze({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const) })

/**
 * Makes an `authenticate` that verifies JWT access tokens (RFC 9068) of an issuer, and refuses by RFC 6750 §3: no token
 * or a bad one is a 401, a request that gives one in a wrong way a 400. It is a 503 where it can't be told, since the
 * issuer's keys aren't known and can't be read; keys that are known go on verifying.
 *
 * A verified token is remembered until it expires or the issuer's keys have changed, which is seen within `maxAge`.
 *
 * @throws {TypeError} if an option is unknown or wrong
 */
export function bearer (options: BearerOptions): BearerAuthenticate {
  const settings = bearerSettingsOf(options)
  const { jwks, realm, scopes: scopesOf, verify: accepts, remember } = settings
  const keys = jwks === undefined ? remoteKeys(settings) : localKeys(jwks)
  const tokenOf = credentialsReader(realm)
  const { verify, invalidToken } = accessTokenVerifier(settings, keys)
  const remembered = remember === false ? undefined : rememberSecrets<BearerPrincipal>(remember)

  async function principalOf (token: string, log: FastifyBaseLogger): Promise<BearerPrincipal> {
    const stale = keys.revalidate(log)
    if (stale !== undefined) await stale
    const known = remembered?.get(token, keys.version)
    if (known !== undefined) return known
    const { claims, version } = await verify(token, log)
    const principal = { subject: claims.sub, scopes: Object.freeze([...scopesOf(claims)]), claims }
    remembered?.set(token, version, claims.exp, principal)
    return principal
  }

  async function authenticate (request: FastifyRequest): Promise<BearerPrincipal> {
    // Each request has one of its own, to which others may add
    const principal = { ...await principalOf(tokenOf(request), request.log) }
    if (accepts !== undefined && await accepts(principal.claims, request) !== true) throw invalidToken('The access token is not accepted.')
    return principal
  }

  return Object.assign(authenticate, { realm, codes: [400] })
}

export type { BearerOptions, Claims }
