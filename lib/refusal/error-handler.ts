import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, onSendHookHandler } from 'fastify'
import { attribute, isFastifyError, unexpected } from './attribution.ts'
import type { Refusal } from '../../types/refusals.ts'
import { notFound, StatusError } from '../contract/errors.ts'
import { isValidationError, validationFailed } from '../validation/findings.ts'
import { setLastResort } from './last-resort.ts'
import type { Settings } from '../contract/options.ts'
import { log, type Refuse } from './refuse.ts'

const noRoute = notFound('There is no such route.')

/**
 * Makes a scope answer whatever is thrown, and unknown routes, with a refusal of the contract.
 *
 * @param hold the onSend hook of what isn't the plugin's own answer to an error
 */
export function setErrorHandlers (instance: FastifyInstance, settings: Settings, answer: Refuse, hold: onSendHookHandler): void {
  const { mapError, unavailable } = settings

  instance.setErrorHandler(refuse)
  const { ptStatus, errorHandler } = instance
  // Where it answers a route itself, Fastify has it again, and not its own handler, for what its answer fails with
  instance.addHook('onRoute', function (route) {
    if (this.ptStatus === ptStatus) route.errorHandler ??= refuseFirst
  })
  setNotFoundHandler(instance, (request, reply) => {
    const refusal = unrouted(request)
    answer(refusal, refusal, request, reply)
  })
  setLastResort(instance, settings, (thrown, request, reply, send) => {
    answer(refusalFor(thrown, request, reply), thrown, request, reply, send)
  }, hold)

  function refuse (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    answer(refusalFor(thrown, request, reply), thrown, request, reply)
  }

  function refuseFirst (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void | Promise<never> {
    return request.server.errorHandler === errorHandler ? refuse(thrown, request, reply) : Promise.reject(thrown)
  }

  function refusalFor (thrown: unknown, request: FastifyRequest, reply: FastifyReply): Refusal {
    try {
      if (isValidationError(thrown)) return validationFailed(thrown, request)
      // Fastify reads the body of an unknown route too: what is wrong with it is not the point
      if (request.is404 && isFastifyError(thrown) && attribute(thrown).status < 500) return noRoute
      if (thrown instanceof StatusError) return attribute(thrown)
      return attribute(mapped(thrown, request) ?? thrown, reply, unavailable)
    } catch (error) {
      // A getter of what was thrown, or mapError or unavailable themselves
      log(unexpected, error, request)
      return unexpected
    }
  }

  /** What `mapError` makes of it, if anything. */
  function mapped (thrown: unknown, request: FastifyRequest): StatusError | undefined {
    const refusal: unknown = mapError?.(thrown, request) ?? undefined
    if (refusal === undefined || refusal instanceof StatusError) return refusal
    if (refusal instanceof Promise) refusal.catch(() => {})
    throw new TypeError('Cannot map an error: mapError must return a StatusError or nothing, and not a promise', { cause: thrown })
  }
}

/** A known path with another method names those it has, as a 405 does in `Allow` (RFC 9110 §15.5.6). */
function unrouted ({ server, method, url }: FastifyRequest): StatusError {
  const path = url.replace(/\?.*/s, '')
  const methods = server.supportedMethods.filter(method => server.findRoute({ method: method as HTTPMethods, url: path }) !== null)
  // The one that CORS declares for every path is no sign of a resource
  if (methods.includes(method) || methods.every(method => method === 'OPTIONS')) return noRoute
  const allow = methods.join(', ')
  return new StatusError(405, `The path answers ${allow}, not ${method}.`, { headers: { allow } })
}

/** A scope without a prefix of its own shares the handler of the scope above, if that has one. */
function setNotFoundHandler (instance: FastifyInstance, handler: (request: FastifyRequest, reply: FastifyReply) => void): void {
  try {
    instance.setNotFoundHandler(handler)
  } catch (error) {
    instance.log.debug({ err: error }, 'Unknown routes are answered by the handler that was set before')
  }
}
