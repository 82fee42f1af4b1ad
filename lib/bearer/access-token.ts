import type { FastifyBaseLogger } from 'fastify'
import { errors, jwtVerify, type CryptoKey, type JWTHeaderParameters } from 'jose'
import { bearerChallenge } from '../http/challenge.ts'
import { StatusError, unauthorized } from '../contract/errors.ts'
import { unavailable, type IssuerKeys } from './issuer-keys.ts'

/** What an access token says (RFC 7519 §4, RFC 9068 §2.2). Frozen: requests with the same token share it. */
export interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  /** Seconds since 1970. */
  readonly exp: number
  readonly [name: string]: unknown
}

/** What an access token has to be. */
export interface AccessTokenOptions {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly algorithms: readonly string[]
  readonly typ: string
  /** In seconds. */
  readonly clockTolerance: number
  readonly realm: string
}

/** The longest token that is looked at, in characters. */
const longest = 16_384

/** RFC 7515 §7.1, signed, and without the padding that §2 excludes. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** What is told of a token that the issuer has signed, by the claim that failed. */
const reasons: Readonly<Record<string, string>> = {
  typ: 'The token is no access token.',
  iss: 'The access token is of another issuer.',
  aud: 'The access token is for another audience.',
  exp: 'The access token has expired.',
  nbf: 'The access token is not valid yet.'
}

/**
 * Makes what verifies access tokens (RFC 9068 §4). What the token's own header says of keys (`jku`, `jwk`, `x5u`) is not
 * looked at; a token without `kid` is refused where several keys fit (OpenID Connect Core 1.0 §10.1), so that none
 * costs more than one verification. A claim that is there twice has its last value (RFC 7519 §4).
 */
export function accessTokenVerifier ({ realm, issuer, audience, algorithms, typ, clockTolerance }: AccessTokenOptions, keys: IssuerKeys) {
  const options = { issuer, audience: [audience].flat(), algorithms: [...algorithms], typ, clockTolerance, requiredClaims: ['exp', 'sub'] }

  /** The 401 of a token (RFC 6750 §3.1). */
  function invalidToken (detail = 'The access token is not valid.', cause?: unknown): StatusError {
    const challenge = bearerChallenge({ realm, error: 'invalid_token', error_description: detail })
    return unauthorized(detail, { code: 'INVALID_TOKEN', challenge, cause })
  }

  /**
   * Returns what the token says, and the version of the keys that it was verified with.
   *
   * @throws {StatusError} 401 if the token is not one to accept; 503 if that can't be told, since the issuer fails
   */
  async function verify (token: string, log: FastifyBaseLogger): Promise<{ claims: Claims, version: number }> {
    if (token.length > longest || !compact.test(token)) throw invalidToken()
    let version = 0
    const keyOf = async (header: JWTHeaderParameters): Promise<CryptoKey> => {
      const found = await keys.find(header, log)
      version = found.version
      return found.key
    }
    try {
      const { payload } = await jwtVerify(token, keyOf, options)
      if (typeof payload.sub !== 'string' || payload.sub === '') throw new errors.JWTClaimValidationFailed('sub is no text', payload, 'sub', 'invalid')
      return { claims: freeze(payload) as Claims, version }
    } catch (error) {
      if (error instanceof StatusError) throw error
      // What jose doesn't say of the token it says of the key, such as that it is too short
      if (!(error instanceof errors.JOSEError)) throw unavailable(error)
      throw invalidToken(reasonOf(error), error)
    }
  }

  return { verify, invalidToken }
}

function reasonOf (error: unknown): string | undefined {
  if (!(error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)) return undefined
  const { claim, reason } = error
  return reason === 'check_failed' ? reasons[claim] : `The access token has no ${claim} that can be used.`
}

function freeze<T> (value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
  return value
}
