import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Scope } from '../contract/scope.ts'
import { setUnroutedAnswer } from '../fastify/internals.ts'
import { failingOf } from './failing.ts'
import { refusalOf, unrouted } from './refusal-of.ts'
import { refuse } from './refuse.ts'
import { writePastHooks } from './write.ts'

/** The prefixes of each server whose unknown routes a scope answers. */
const answered = new WeakMap<object, Set<string>>()

/** Answers whatever was thrown, with a refusal. */
export function handleError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  refuse(refusalOf(thrown, request, reply, statusBefore(reply)), thrown, request, reply)
}

/** Answers past the hooks: Fastify's own handler would send a thrown non-error as the answer. */
export function handlePastHooks (thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  refuse(refusalOf(thrown, request, reply, statusBefore(reply)), thrown, request, reply, body => { writePastHooks(reply, body) })
}

/** The status that user code set before it failed; none where it is that of a refusal which has failed. */
function statusBefore (reply: FastifyReply): number | undefined {
  return failingOf(reply)?.stage === 'refused' ? undefined : reply.statusCode
}

/**
 * Makes a scope answer errors and unknown routes.
 *
 * @returns whether an instance has the error handler of the scope, and not one of the user's from after it
 */
export function setErrorHandlers ({ instance }: Scope): (instance: FastifyInstance) => boolean {
  unlessSetAlready(instance, 'error', () => { instance.setErrorHandler(handleError) })
  const { server, prefix } = instance
  const prefixes = answered.get(server) ?? new Set()
  // Scopes of one prefix share their unknown routes: the first answers
  if (!prefixes.has(prefix)) unlessSetAlready(instance, 'not-found', () => { setUnroutedAnswer(instance, answerUnrouted) })
  answered.set(server, prefixes.add(prefix))
  const { errorHandler } = instance
  return other => other.errorHandler === errorHandler
}

function answerUnrouted (request: FastifyRequest, reply: FastifyReply): void {
  const refusal = unrouted(request)
  refuse(refusal, refusal, request, reply)
}

function unlessSetAlready (instance: FastifyInstance, name: string, set: () => void): void {
  try {
    set()
  } catch (error) {
    instance.log.debug({ err: error }, `The ${name} handler that was set before stays`)
  }
}
