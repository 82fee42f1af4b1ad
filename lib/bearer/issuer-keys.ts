import { createLocalJWKSet, errors, type CryptoKey, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import type { FastifyBaseLogger } from 'fastify'
import { discoverJwksUri } from './discovery.ts'
import { serviceUnavailable, type StatusError } from '../contract/errors.ts'
import { fetchJson } from './fetch-json.ts'

/** The keys that an issuer signs with. */
export interface IssuerKeys {
  /** Changes with the keys: what was verified in another version has to be verified anew. */
  readonly version: number
  /** Reads the keys again when they get old. Something to wait for, if they are too old to go on with; never rejects. */
  revalidate (log: FastifyBaseLogger): Promise<void> | undefined
  /**
   * The key that a token names, and the version it is of: by the time the token is verified there may be another.
   *
   * @throws {JWKSNoMatchingKey | JWKSMultipleMatchingKeys} if it names none of the issuer's, or not one
   * @throws {StatusError} 503 if the issuer's keys can't be had or used
   */
  find (header: JWSHeaderParameters, log: FastifyBaseLogger): Promise<{ key: CryptoKey, version: number }>
}

/** Where an issuer's keys are, and how to treat it; times in milliseconds. */
export interface RemoteKeysOptions {
  readonly issuer: string
  /** Default: found by discovery. */
  readonly jwksUri?: string | undefined
  /** How long the issuer may take. */
  readonly timeout: number
  /** Between two attempts, at least. */
  readonly cooldown: number
  /** How old keys may get before a request waits for newer ones. */
  readonly maxAge: number
}

type KeySet = ReturnType<typeof createLocalJWKSet>

/** Keys that are known. */
export function localKeys (jwks: JSONWebKeySet): IssuerKeys {
  const set = createLocalJWKSet(jwks)
  return {
    version: 0,
    revalidate () { return undefined },
    find: async header => ({ version: 0, key: await pick(set, header, cause => unavailable(cause)) })
  }
}

/**
 * Keys that are read from their issuer when they are needed. All who need them wait for one attempt, and there is at
 * most one in each `cooldown`, whether it succeeds or fails and however many unknown keys are named. Keys that are
 * known stay so while the issuer fails.
 */
export function remoteKeys ({ issuer, jwksUri, timeout, cooldown, maxAge }: RemoteKeysOptions): IssuerKeys {
  const configured = jwksUri === undefined ? undefined : new URL(jwksUri)
  let location = configured
  let set: KeySet | undefined
  let text: string | undefined
  let version = 0
  let failure: unknown
  let loading: Promise<void> | undefined
  let loadedAt = -Infinity
  let triedAt = -Infinity

  function refresh (log: FastifyBaseLogger): Promise<void> | undefined {
    if (loading === undefined && performance.now() >= triedAt + cooldown) {
      triedAt = performance.now()
      loading = load(log).finally(() => { loading = undefined })
    }
    return loading
  }

  async function load (log: FastifyBaseLogger): Promise<void> {
    const controller = new AbortController()
    const timer = setTimeout(() => { controller.abort(new Error(`The issuer took longer than ${timeout} ms`)) }, timeout)
    try {
      const { signal } = controller
      location ??= await discoverJwksUri(issuer, signal)
      adopt(await fetchJson(location, signal) as JSONWebKeySet)
      failure = undefined
    } catch (error) {
      failure = error
      location = configured
      log.warn({ err: error }, "The issuer's keys can't be read")
    } finally {
      clearTimeout(timer)
    }
  }

  function adopt (jwks: JSONWebKeySet): void {
    const next = createLocalJWKSet(jwks)
    if (JSON.stringify(jwks) !== text) {
      text = JSON.stringify(jwks)
      // Who withdraws all keys closes the door, but says nothing of a single token
      set = jwks.keys.length > 0 ? next : undefined
      version++
    }
    if (set === undefined) throw new Error(`Cannot use the keys of ${issuer}: there are none`)
    loadedAt = performance.now()
  }

  function outage (cause: unknown = failure): StatusError {
    return unavailable(cause, (triedAt + cooldown - performance.now()) / 1000)
  }

  return {
    get version () { return version },

    revalidate (log) {
      const age = performance.now() - loadedAt
      if (set === undefined || age < maxAge / 2) return undefined
      const attempt = refresh(log)
      // While the issuer fails, nobody waits for it in vain
      return age >= maxAge && failure === undefined ? attempt : undefined
    },

    async find (header, log) {
      if (set === undefined) {
        await refresh(log)
        if (set === undefined) throw outage()
      }
      try {
        return { version, key: await set(header) }
      } catch {
        // The key may be newer than the ones that are known
        await refresh(log)
        if (set === undefined || failure !== undefined) throw outage()
        return { version, key: await pick(set, header, outage) }
      }
    }
  }
}

async function pick (set: KeySet, header: JWSHeaderParameters, refuse: (cause: unknown) => StatusError): Promise<CryptoKey> {
  try {
    return await set(header)
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
    // A key of the issuer's that can't be imported
    throw refuse(error)
  }
}

/** The 503 of an issuer that fails: neither the client's fault nor a reason to let it in. */
export function unavailable (cause: unknown, seconds = 0): StatusError {
  return serviceUnavailable("Access tokens can't be verified for now.", { code: 'ISSUER_UNAVAILABLE', cause, retryAfter: Math.max(1, seconds) })
}
