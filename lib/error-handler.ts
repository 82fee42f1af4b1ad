import { inspect } from 'node:util'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { attribute, isFastifyError, unexpected } from './attribution.ts'
import { notFound, StatusError } from './errors.ts'
import { isValidationError, validationFailed } from './findings.ts'
import { answerAnyway, remember, setLastResort } from './last-resort.ts'
import type { Settings } from './options.ts'
import { problemOf } from './problem.ts'
import { dropContent, dropRepresentation } from './representation.ts'
import { rowOf } from './status.ts'

const noRoute = notFound('There is no such route.')

/** Makes a scope answer whatever is thrown, and unknown routes, with a refusal of the contract. */
export function setErrorHandlers (instance: FastifyInstance, settings: Settings): void {
  const { format, challenge, retryAfter, mapError } = settings
  const defaults: Readonly<Record<string, string>> = { 'WWW-Authenticate': challenge, 'Retry-After': String(retryAfter) }

  instance.setErrorHandler(refuse)
  const { ptStatus, errorHandler } = instance
  // Where it answers a route itself, Fastify has it again, and not its own handler, for what its answer fails with
  instance.addHook('onRoute', function (route) {
    if (this.ptStatus === ptStatus) route.errorHandler ??= refuseFirst
  })
  setNotFoundHandler(instance, (request, reply) => { answer(noRoute, noRoute, request, reply) })
  setLastResort(instance, format, (thrown, request, reply, send) => {
    answer(refusalFor(thrown, request), thrown, request, reply, send)
  })

  function refuse (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    answer(refusalFor(thrown, request), thrown, request, reply)
  }

  function refuseFirst (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void | Promise<never> {
    return request.server.errorHandler === errorHandler ? refuse(thrown, request, reply) : Promise.reject(thrown)
  }

  function refusalFor (thrown: unknown, request: FastifyRequest): StatusError {
    try {
      if (isValidationError(thrown)) return validationFailed(thrown, request)
      // Fastify reads the body of an unknown route too: what is wrong with it is not the point
      if (request.is404 && isFastifyError(thrown) && attribute(thrown).status < 500) return noRoute
      if (thrown instanceof StatusError) return attribute(thrown)
      return attribute(mapped(thrown, request) ?? thrown)
    } catch (error) {
      // A getter of what was thrown, or mapError itself
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

  function answer (
    refusal: StatusError, thrown: unknown, request: FastifyRequest, reply: FastifyReply,
    send = (body: string): void => { reply.header('content-length', Buffer.byteLength(body)).send(body) }
  ): void {
    const failure = remember(reply, thrown, format)
    if (failure.body !== undefined) return giveUp(thrown, request, reply)
    try {
      failure.body = compose(refusal, thrown, request, reply)
      send(failure.body)
    } catch (error) {
      // The refusal's own fields, the user's format, or a header field that can't be written
      giveUp(error, request, reply)
    }
  }

  /** Makes the reply that of a refusal, and returns its body. */
  function compose (refusal: StatusError, thrown: unknown, request: FastifyRequest, reply: FastifyReply): string {
    const problem = problemOf(refusal, request)
    log(refusal, thrown, request)
    dropRepresentation(reply)
    reply.code(problem.status).header('cache-control', 'no-store').headers(refusal.headers)
    const { header } = rowOf(problem.status)
    if (header !== undefined && isBlank(reply.getHeader(header))) reply.header(header, defaults[header])
    dropContent(reply)
    // The body is text already: a serializer of the route isn't for it
    reply.type(format.contentType).serializer(String)
    return format.serialize(problem)
  }
}

function giveUp (error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  log(unexpected, error, request)
  answerAnyway(request, reply)
}

function isBlank (value: unknown): boolean {
  return value === undefined || value === ''
}

/** A scope without a prefix of its own shares the handler of the scope above, if that has one. */
function setNotFoundHandler (instance: FastifyInstance, handler: (request: FastifyRequest, reply: FastifyReply) => void): void {
  try {
    instance.setNotFoundHandler(handler)
  } catch (error) {
    instance.log.debug({ err: error }, 'Unknown routes are answered by the handler that was set before')
  }
}

/** 5xx at error, with what was thrown and its causes; 4xx at info, without a stack. */
function log (refusal: StatusError, thrown: unknown, request: FastifyRequest): void {
  const { status: statusCode, code, message } = refusal
  if (statusCode < 500) {
    request.log.info({ statusCode, code }, message)
    return
  }
  try {
    request.log.error({ statusCode, code, err: thrown }, message)
  } catch {
    // The serializer writes on the error, and reads all of it: it may be frozen, or have a getter that throws
    request.log.error({ statusCode, code, err: describe(thrown) }, message)
  }
}

function describe (thrown: unknown): string {
  try {
    return inspect(thrown)
  } catch {
    return "What was thrown can't be read"
  }
}
