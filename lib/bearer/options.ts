import type { FastifyRequest } from 'fastify'
import type { JSONWebKeySet } from 'jose'
import type { Claims } from './access-token.ts'

/** The options of `bearer()`. */
export interface BearerOptions {
  /** The issuer's identifier, a URL: exactly the `iss` of its tokens. Its keys are found by discovery (RFC 8414, OpenID). */
  issuer: string
  /** Who the tokens must be for: one of these must be in their `aud`. */
  audience: string | readonly string[]
  /** Where the issuer's keys are, instead of discovery. */
  jwksUri?: string
  /** The issuer's keys, instead of reading them. */
  jwks?: JSONWebKeySet
  /** The algorithms of signatures that are accepted, asymmetric ones. Default: RS, PS, ES and EdDSA. */
  algorithms?: readonly string[]
  /** The `typ` in the header of the tokens. Default: `'at+jwt'` (RFC 9068 §2.1). Many issuers write `'JWT'`, on ID tokens too. */
  typ?: string
  /** How far the clocks of issuer and server may be apart, in seconds. Default: 5. */
  clockTolerance?: number
  /** Reads the scopes. Default: `scope` or `scp`, an array or parted by spaces. */
  scopes?: (claims: Claims) => readonly string[]
  /** Your own rules, on each request: only `true` accepts, `false` is a 401. May throw a `StatusError`. */
  verify?: (claims: Claims, request: FastifyRequest) => boolean | Promise<boolean>
  /** The protection space that challenges name (RFC 9110 §11.5). Default: the first audience. */
  realm?: string
  /** How many verified tokens are remembered, none longer than until its `exp`; `false`: none. Default: 1000. */
  remember?: number | false
  /** How long the issuer may take to give its keys, in milliseconds. Default: 3000. */
  timeout?: number
  /** The shortest time between two attempts to read keys, in milliseconds. Default: 10 seconds. */
  cooldown?: number
  /** How old keys may get before a request waits for newer ones, in milliseconds: so long a revoked key may live. Default: 10 minutes. */
  maxAge?: number
}

/** The options, checked, with their defaults. */
export interface BearerSettings {
  readonly issuer: string
  readonly audience: string | readonly string[]
  readonly jwksUri: string | undefined
  readonly jwks: JSONWebKeySet | undefined
  readonly algorithms: readonly string[]
  readonly typ: string
  readonly clockTolerance: number
  readonly scopes: (claims: Claims) => readonly string[]
  readonly verify: BearerOptions['verify']
  readonly realm: string
  readonly remember: number | false
  readonly timeout: number
  readonly cooldown: number
  readonly maxAge: number
}

/** A key that verifies can't sign: with a symmetric algorithm each API could make tokens for all others. */
const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const checks: Readonly<Record<keyof BearerOptions, readonly [is: (value: any) => boolean, must: string]>> = {
  issuer: [value => isUrl(value) && !/[?#]/.test(value), 'an http(s) URL without query and fragment'],
  audience: [value => isText(value) || (isList(value) && value.every(isText)), 'a text or texts'],
  jwksUri: [value => value === undefined || isUrl(value), 'an http(s) URL'],
  jwks: [value => value === undefined || (Array.isArray(value?.keys) && value.keys.every((key: unknown) => typeof key === 'object' && key !== null)), 'a JSON Web Key Set'],
  algorithms: [value => value === undefined || (isList(value) && value.every(name => asymmetric.includes(name as string))), `some of ${asymmetric.join(', ')}`],
  typ: [value => value === undefined || isText(value), 'a text'],
  clockTolerance: [isAmount, 'a number of seconds'],
  scopes: [isFunction, 'a function'],
  verify: [isFunction, 'a function'],
  realm: [value => value === undefined || isText(value), 'a text'],
  remember: [value => value === false || (isAmount(value) && value !== 0), 'a number of tokens or false'],
  timeout: [value => isAmount(value) && (value ?? 0) < 2 ** 31, 'a number of milliseconds'],
  cooldown: [isAmount, 'a number of milliseconds'],
  maxAge: [isAmount, 'a number of milliseconds']
}

/**
 * Checks the options of `bearer()` and completes them.
 *
 * @throws {TypeError} with every option that is unknown or isn't what it must be
 */
export function bearerSettingsOf (options: BearerOptions): BearerSettings {
  const unknown = Object.keys(options).filter(name => !Object.hasOwn(checks, name)).map(name => `there is no option '${name}'`)
  const wrong = Object.entries(checks).filter(([name, [is]]) => !is(options[name as keyof BearerOptions])).map(([name, [, must]]) => `${name} must be ${must}`)
  const both = options.jwks !== undefined && options.jwksUri !== undefined ? ['jwks and jwksUri exclude each other'] : []
  const findings = [...unknown, ...wrong, ...both]
  if (findings.length > 0) throw new TypeError(`Cannot make bearer(): ${findings.join('; ')}`)

  const {
    issuer, audience, jwksUri, jwks, algorithms = asymmetric, typ = 'at+jwt', clockTolerance = 5, scopes = scopesOf, verify,
    realm = [audience].flat()[0]!, remember = 1000, timeout = 3000, maxAge = 600_000, cooldown = Math.min(10_000, maxAge)
  } = options
  return Object.freeze({ issuer, audience, jwksUri, jwks, algorithms, typ, clockTolerance, scopes, verify, realm, remember, timeout, cooldown, maxAge })
}

/** The scopes of a token: `scope`, parted by spaces (RFC 9068 §2.2.3), or `scp`, as some issuers name them. */
function scopesOf ({ scope, scp = [] }: Claims): readonly string[] {
  const scopes = scope ?? scp
  if (typeof scopes === 'string') return scopes.split(' ').filter(isText)
  return Array.isArray(scopes) ? scopes.filter(isText) : []
}

function isUrl (value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isList (value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0
}

function isFunction (value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function isAmount (value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
}
