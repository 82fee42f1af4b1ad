import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '../../types/refusals.ts'
import { defaultSettings, type Settings } from '../contract/options.ts'
import { problemOf } from '../contract/problem.ts'
import { settingsIn } from '../contract/scope.ts'
import { unexpected } from './attribution.ts'
import { fail, failingOf, go, isPassedOn, restoreFields } from './failing.ts'
import { log } from './log.ts'
import { dropRepresentation, setErrorFields } from './representation.ts'
import { isWritable, writePastHooks } from './write.ts'

/**
 * Answers a request with a refusal, in the format of its scope.
 *
 * @param thrown what led to it, for the log
 * @param send sends the body; by default as Fastify does, through the hooks
 */
export function refuse (refusal: Refusal, thrown: unknown, request: FastifyRequest, reply: FastifyReply, send: (body: string, reply: FastifyReply) => void = sendThroughHooks): void {
  const failing = fail(reply, thrown)
  try {
    log(refusal, thrown, request)
    if (failing.stage !== 'failed' || isPassedOn(reply)) return giveUp(refusal, request, reply)
    dropRepresentation(reply, failing.fields)
    const body = compose(refusal, request, reply, settingsIn(request.server))
    reply.header('content-length', Buffer.byteLength(body))
    go(reply, { stage: 'refused', status: reply.statusCode, body, fields: failing.fields })
    send(body, reply)
  } catch (error) {
    // What the refusal's own getters throw, the user's format, or a header field that can't be written
    log(unexpected, error, request)
    giveUp(unexpected, request, reply)
  }
}

/** Answers past the hooks: what they have made of an answer has failed. */
export function giveUp (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const failing = failingOf(reply)
  if (failing === undefined || failing.stage === 'gaveUp') return
  const { fields } = failing
  go(reply, { stage: 'gaveUp' })
  writePastHooks(reply, again(refusal) ?? again(unexpected) ?? compose(unexpected, request, reply, defaultSettings()))

  function again (refusal: Refusal): string | undefined {
    restoreFields(reply, fields)
    dropRepresentation(reply)
    try {
      const body = compose(refusal, request, reply, settingsIn(request.server))
      return Object.entries(refusal.headers).every(isWritable) ? body : undefined
    } catch {
      return undefined
    }
  }
}

/** Makes the reply that of a refusal, and returns its body. */
function compose (refusal: Refusal, request: FastifyRequest, reply: FastifyReply, { contract, format, defaults }: Settings): string {
  const problem = problemOf(refusal, contract, request)
  const { header } = contract.get(problem.status)!
  const body = format.serialize(problem)
  reply.code(problem.status).header('cache-control', 'no-store').type(format.contentType)
  setErrorFields(reply, refusal.headers)
  if (header !== undefined && isBlank(reply.getHeader(header))) reply.header(header, defaults[header])
  return body
}

function sendThroughHooks (body: string, reply: FastifyReply): void {
  // It is text already: a serializer of the route isn't for it
  reply.serializer(String).send(body)
}

function isBlank (value: unknown): boolean {
  return value === undefined || value === ''
}
