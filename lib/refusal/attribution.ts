import { FastifyError } from '@fastify/error'
import type { FastifyReply } from 'fastify'
import type { PtStatusOptions } from '../../types/index.ts'
import { isUnavailable } from './unavailable.ts'
import { internalServerError, serviceUnavailable, StatusError } from '../contract/errors.ts'
import { fold, isErrorStatus } from '../contract/folding.ts'
import { isRefusalStatus } from '../contract/status.ts'

/** What becomes of an error that wasn't meant for the client. Nothing of it is told. */
export const unexpected = internalServerError()

/** By default it sets all but the last, which is that of the IETF's draft. */
const limitFields = ['retry-after', 'x-ratelimit-limit', 'ratelimit-limit']

/** What becomes of an error by which a dependency is unavailable. Which one it is, is for the log. */
export const dependencyUnavailable = serviceUnavailable('A service that this one needs is unavailable for now.', { code: 'DEPENDENCY_UNAVAILABLE' })

/**
 * Whose fault an error is, and so which answer it deserves. Only what was made for the client may be a 4xx:
 * a `StatusError`, an error of Fastify or made as its own are, an exposed http-error, a rate limit. A stray
 * `statusCode` on anything else is somebody else's answer: what is told is the status that user code set on the reply, a
 * 503 where the error says that a dependency is unavailable, else a 500.
 *
 * @param thrown whatever was thrown; throws what its own getters throw
 * @param reply the reply so far
 * @param unavailable the plugin's option, which adds to what is known of errors; throws what it throws
 * @param status the status that user code set on the reply before it failed
 */
export function attribute (thrown: unknown, reply?: FastifyReply, unavailable?: PtStatusOptions['unavailable'], status?: number): StatusError {
  if (thrown instanceof StatusError) return isRefusalStatus(thrown.status) ? thrown : unexpected
  return exposed(thrown, reply) ?? set(status, thrown) ?? (isUnavailable(thrown) || isAdded(thrown, unavailable) ? dependencyUnavailable : unexpected)
}

/** What an error that was made for the client tells it. */
function exposed (thrown: unknown, reply: FastifyReply | undefined): StatusError | undefined {
  if (!(thrown instanceof Error)) return undefined
  const error = thrown as ForeignError
  if (isFastifyError(error)) return refuse(error, error.code.replace(/^FST_(ERR_)?(CTP_)?/, ''))
  if (isExposedHttpError(error)) return refuse(error)
  return isLimit(error, reply) ? new StatusError(error.statusCode as number, undefined, { cause: error }) : undefined
}

/** The status counts, and the message isn't told: it was made for nobody. */
function set (status: number | undefined, cause: unknown): StatusError | undefined {
  if (!isErrorStatus(status)) return undefined
  return status === 500 ? unexpected : new StatusError(status, undefined, { cause })
}

function isAdded (thrown: unknown, unavailable: PtStatusOptions['unavailable']): boolean {
  const added: unknown = unavailable?.(thrown) ?? false
  if (typeof added === 'boolean') return added
  if (added instanceof Promise) added.catch(() => {})
  throw new TypeError('Cannot tell whether a dependency is unavailable: unavailable must return a boolean, and not a promise', { cause: thrown })
}

interface ForeignError extends Error {
  statusCode?: unknown
  code?: unknown
  expose?: unknown
  headers?: unknown
}

/** An error that Fastify or a plugin made with @fastify/error, or says so by name and code: for the client if it is a 4xx. */
export function isFastifyError (error: unknown): error is ForeignError & { code: string } {
  if (!(error instanceof Error)) return false
  const { name, code } = error as ForeignError
  return typeof code === 'string' && (error instanceof FastifyError || (code.startsWith('FST_') && /^Fastify\w*Error$/.test(name)))
}

/** As http-errors makes them: `expose` tells whether the message may be sent to the client. */
function isExposedHttpError (error: ForeignError): boolean {
  return error.expose === true && typeof error.statusCode === 'number'
}

/**
 * A limit of @fastify/rate-limit, or its ban: the error is a plain one, but the reply has fields of a limit already,
 * which somebody else's answer can't have set.
 */
function isLimit ({ statusCode }: ForeignError, reply: FastifyReply | undefined): boolean {
  return (statusCode === 429 || statusCode === 403) && limitFields.some(field => reply?.hasHeader(field) === true)
}

function refuse (error: ForeignError, name?: string): StatusError | undefined {
  const { status, code = name } = fold(error.statusCode)
  if (status === 500) return undefined
  return new StatusError(error.statusCode as number, status < 500 ? error.message : undefined, {
    cause: error,
    ...(code !== undefined && { code }),
    ...(isRecord(error.headers) && { headers: error.headers })
  })
}

function isRecord (value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null
}
