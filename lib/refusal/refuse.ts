import { inspect } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { unexpected } from './attribution.ts'
import type { Refusal } from '../../types/refusals.ts'
import { fieldsBefore, remember } from './failure.ts'
import { answerAnyway } from './last-resort.ts'
import type { Settings } from '../contract/options.ts'
import { problemOf, rowIn } from '../contract/problem.ts'
import { dropRepresentation, setErrorFields } from './representation.ts'

/**
 * Answers a request with a refusal.
 *
 * @param thrown what led to it, for the log
 * @param send sends the body; by default as Fastify does, through the hooks
 */
export type Refuse = (refusal: Refusal, thrown: unknown, request: FastifyRequest, reply: FastifyReply, send?: (body: string) => void) => void

/** Makes what answers with a scope's refusals. */
export function refuser (settings: Settings): Refuse {
  const { contract, format, challenge, retryAfter } = settings
  const defaults: Readonly<Record<string, string>> = { 'WWW-Authenticate': challenge, 'Retry-After': String(retryAfter) }

  return function refuse (refusal, thrown, request, reply, send = body => { reply.header('content-length', Buffer.byteLength(body)).send(body) }) {
    const failure = remember(reply, thrown, settings)
    if (failure.body !== undefined) return giveUp(thrown, request, reply)
    try {
      dropRepresentation(reply, fieldsBefore(failure, reply))
      failure.body = compose(refusal, thrown, request, reply)
      send(failure.body)
    } catch (error) {
      // The refusal's own fields, the user's format, or a header field that can't be written
      giveUp(error, request, reply)
    }
  }

  /** Makes the reply that of a refusal, and returns its body. */
  function compose (refusal: Refusal, thrown: unknown, request: FastifyRequest, reply: FastifyReply): string {
    const { header } = rowIn(contract, refusal)
    const problem = problemOf(refusal, contract, request)
    log(refusal, thrown, request)
    reply.code(problem.status).header('cache-control', 'no-store')
    setErrorFields(reply, refusal.headers)
    if (header !== undefined && isBlank(reply.getHeader(header))) reply.header(header, defaults[header])
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

/** 5xx at error, with what was thrown and its causes; 4xx at info, without a stack. */
export function log (refusal: Refusal, thrown: unknown, request: FastifyRequest): void {
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
