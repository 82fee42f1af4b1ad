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

  instance.setErrorHandler(function refuse (thrown, request, reply) {
    answer(refusalFor(thrown, request), thrown, request, reply)
  })
  setNotFoundHandler(instance, (request, reply) => { answer(noRoute, noRoute, request, reply) })
  setLastResort(instance, format, (thrown, request, reply, send) => {
    answer(refusalFor(thrown, request), thrown, request, reply, send)
  })

  function refusalFor (thrown: unknown, request: FastifyRequest): StatusError {
    try {
      if (isValidationError(thrown)) return validationFailed(thrown, request)
      // Fastify reads the body of an unknown route too: what is wrong with it is not the point
      if (request.is404 && isFastifyError(thrown) && attribute(thrown).status < 500) return noRoute
      if (thrown instanceof StatusError) return attribute(thrown)
      const mapped = mapError?.(thrown, request)
      return attribute(mapped instanceof StatusError ? mapped : thrown)
    } catch (error) {
      // A getter of what was thrown, or mapError itself
      log(unexpected, error, request)
      return unexpected
    }
  }

  function answer (
    refusal: StatusError, thrown: unknown, request: FastifyRequest, reply: FastifyReply,
    send = (body: string): void => { reply.header('content-length', Buffer.byteLength(body)).send(body) }
  ): void {
    const failure = remember(reply, thrown, format)
    try {
      // The answer of a scope below has failed
      if (failure.body !== undefined) throw thrown
      failure.body = compose(refusal, thrown, request, reply)
      send(failure.body)
    } catch (error) {
      // The refusal's own fields, the user's format, or a header field that can't be written
      log(unexpected, error, request)
      answerAnyway(request, reply)
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
    // A frozen error, or a getter that throws: the serializer can't read it
    request.log.error({ statusCode, code }, `${message} What was thrown can't be read.`)
  }
}
