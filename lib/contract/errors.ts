import type { BadRequestOptions, Finding, ForbiddenOptions, Refusal, RefusalOptions, ServiceUnavailableOptions, UnauthorizedOptions } from '../../types/refusals.ts'
import { bearerChallenge } from '../http/challenge.ts'
import { fold, isErrorStatus } from './folding.ts'
import { constantOf, phraseOf, refusals, rowOf, type RefusalStatus } from './status.ts'

type StatusErrorOptions = BadRequestOptions & UnauthorizedOptions & ForbiddenOptions & ServiceUnavailableOptions

const codes: ReadonlyMap<RefusalStatus, string> = new Map(refusals.map(row => [row.code, constantOf(row.phrase)]))

/** A refusal to throw: its status, code and detail are meant for the client. */
export class StatusError extends Error implements Refusal {
  readonly status: RefusalStatus
  /** The status it was made with, which is told instead where the plugin's `codes` open the contract for it. */
  readonly originalStatus: number
  /** The same as `status`, by the name that Fastify reads. */
  readonly statusCode: RefusalStatus
  readonly code: string
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly Finding[] | undefined

  /**
   * @param originalStatus an error status; one outside the ten is folded into them and keeps its name as `code`
   * @param detail a sentence for people
   * @throws {TypeError} if `originalStatus` is no error status
   */
  constructor (originalStatus: number, detail?: string, options: StatusErrorOptions = {}) {
    if (!isErrorStatus(originalStatus)) throw new TypeError(`Cannot refuse: ${String(originalStatus)} is no error status`)
    const { status, code = codes.get(status)! } = fold(originalStatus)
    // A refusal is an answer, not an accident: only the 500, a bug, is worth the cost of a stack.
    const { stackTraceLimit } = Error
    if (status !== 500) limitStacks(0)
    try {
      super(detail ?? (status === originalStatus ? rowOf(status).meaning : `${phraseOf(originalStatus) ?? rowOf(status).phrase}.`), 'cause' in options ? { cause: options.cause } : undefined)
    } finally {
      limitStacks(stackTraceLimit)
    }

    this.status = status
    this.originalStatus = originalStatus
    this.statusCode = status
    this.code = options.code ?? code
    this.errors = options.errors
    this.headers = headersOf(options)
  }
}
StatusError.prototype.name = 'StatusError'

function limitStacks (limit: number): void {
  try {
    Error.stackTraceLimit = limit
  } catch {
    // Intrinsics are frozen
  }
}

/**
 * Makes what gives each request a refusal of its own, like `model`: a hook may write on the error that it is given.
 * It calls no constructor of `Error`, which takes ten times as long to make a stack that nobody reads.
 */
export function repeat (model: StatusError): () => StatusError {
  const { message, stack, status, originalStatus, statusCode, code, errors, headers } = model

  function Repeated (this: Record<string, unknown>): void {
    this['message'] = message
    // Hooks may read it as that of any error
    this['stack'] = stack
    this['status'] = status
    this['originalStatus'] = originalStatus
    this['statusCode'] = statusCode
    this['code'] = code
    this['errors'] = errors
    this['headers'] = { ...headers }
  }
  Repeated.prototype = StatusError.prototype
  return () => new (Repeated as unknown as new () => StatusError)()
}

/** The header fields of a refusal that has none. */
export const noFields: Readonly<Record<string, string>> = Object.freeze({})

function headersOf ({ headers = noFields, challenge, scopes, realm, retryAfter }: StatusErrorOptions): Readonly<Record<string, string>> {
  if (challenge !== undefined) return { ...headers, 'www-authenticate': challenge }
  if (scopes !== undefined) return { ...headers, 'www-authenticate': insufficientScope(scopes, realm) }
  if (retryAfter !== undefined && isDelay(retryAfter)) return { ...headers, 'retry-after': String(Math.ceil(retryAfter)) }
  return headers
}

/** Whether it can be written as delay-seconds (RFC 9110 §10.2.3). */
function isDelay (seconds: number): boolean {
  return seconds >= 0 && Number.isSafeInteger(Math.ceil(seconds))
}

/** RFC 6749 §3.3 */
export const scopeToken = /^[\x21\x23-\x5B\x5D-\x7E]+$/

/** The challenge of RFC 6750 §3.1. Its scopes "MUST NOT include characters outside the set %x21 / %x23-5B / %x5D-7E" (§3). */
function insufficientScope (scopes: readonly string[], realm: string | undefined): string {
  const names = scopes.filter(scope => scope.split(' ').every(token => scopeToken.test(token)))
  return bearerChallenge({ realm, error: 'insufficient_scope', scope: names.length > 0 ? names.join(' ') : undefined })
}

function refusal<Options extends RefusalOptions> (status: RefusalStatus) {
  return (detail?: string, options?: Options): StatusError => new StatusError(status, detail, options)
}

/** 400: the server can't understand the request (RFC 9110 §15.5.1). */
export const badRequest = refusal<BadRequestOptions>(400)
/** 401: credentials are missing or bad (RFC 9110 §15.5.2). */
export const unauthorized = refusal<UnauthorizedOptions>(401)
/** 403: authenticated, but not allowed (RFC 9110 §15.5.4). */
export const forbidden = refusal<ForbiddenOptions>(403)
/** 404: no such resource (RFC 9110 §15.5.5). */
export const notFound = refusal<RefusalOptions>(404)
/** 500: an unexpected condition, with a stack for the log (RFC 9110 §15.6.1). */
export const internalServerError = refusal<RefusalOptions>(500)
/** 503: a dependency, overload, maintenance or closing (RFC 9110 §15.6.4). */
export const serviceUnavailable = refusal<ServiceUnavailableOptions>(503)

/** Why a precondition failed, by whose entity tag is weak where it failed for that alone. */
const unmet = {
  client: 'If-Match names the entity tag of the resource as a weak one, which never matches. A proxy that compresses responses may have weakened it.',
  resource: 'The entity tag of the resource is weak, which If-Match never matches.',
  neither: 'The resource is not in the state that the request expects.'
}

/**
 * 412: a precondition of the request has failed (RFC 9110 §13.1).
 *
 * @param weakTagOf whose entity tag is weak, where it failed for that alone
 */
export function preconditionFailed (weakTagOf: keyof typeof unmet = 'neither'): StatusError {
  return new StatusError(412, unmet[weakTagOf])
}
