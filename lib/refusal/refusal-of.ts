import type { FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Refusal } from '../../types/refusals.ts'
import { notFound, StatusError } from '../contract/errors.ts'
import { settingsIn } from '../contract/scope.ts'
import { isValidationError, validationFailed } from '../validation/findings.ts'
import { attribute, isFastifyError, unexpected } from './attribution.ts'
import { log } from './log.ts'

/** Never thrown: hooks see none of it. */
const noRoute = notFound('There is no such route.')

/**
 * What is told of whatever was thrown.
 *
 * @param status the status that user code set on the reply before
 */
export function refusalOf (thrown: unknown, request: FastifyRequest, reply: FastifyReply, status?: number): Refusal {
  try {
    if (isValidationError(thrown)) return validationFailed(thrown, request)
    // Fastify reads the body of an unknown route too: what is wrong with it is not the point
    if (request.is404 && isFastifyError(thrown) && attribute(thrown).status < 500) return noRoute
    if (thrown instanceof StatusError) return attribute(thrown)
    return attribute(mapped(thrown, request, reply) ?? thrown, reply, settingsIn(request.server).unavailable, status)
  } catch (error) {
    // A getter of what was thrown, or mapError or unavailable themselves
    log(unexpected, error, request)
    return unexpected
  }
}

/** What `mapError` makes of it, if anything. */
function mapped (thrown: unknown, request: FastifyRequest, reply: FastifyReply): StatusError | undefined {
  const refusal: unknown = settingsIn(request.server).mapError?.(thrown, request, reply) ?? undefined
  if (refusal === undefined || refusal instanceof StatusError) return refusal
  if (refusal instanceof Promise) refusal.catch(() => {})
  throw new TypeError('Cannot map an error: mapError must return a StatusError or nothing, and not a promise', { cause: thrown })
}

/** What is told of an unknown route. A known path with another method names those it has, as a 405 does in `Allow` (RFC 9110 §15.5.6). */
export function unrouted ({ server, method, url }: FastifyRequest): Refusal {
  const path = url.replace(/\?.*/s, '')
  const methods = server.supportedMethods.filter(method => server.findRoute({ method: method as HTTPMethods, url: path }) !== null)
  // The one that CORS declares for every path is no sign of a resource
  if (methods.includes(method) || methods.every(method => method === 'OPTIONS')) return noRoute
  const allow = methods.join(', ')
  return new StatusError(405, `The path answers ${allow}, not ${method}.`, { headers: { allow } })
}
