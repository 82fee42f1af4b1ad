import type { FastifyReply, FastifyRequest } from 'fastify'
import { hasEvaluated } from './reply.ts'

/** What is wrong with an answer that is sent all the same, and the mend. */
interface Advice {
  isDue (request: FastifyRequest, reply: FastifyReply): boolean
  /** Says it, behind the method and URL of the route. */
  text (request: FastifyRequest): string
}

const advices: readonly Advice[] = [
  {
    // "an origin server MUST NOT perform the requested method if the condition evaluates to false" (RFC 9110 §13.1.1).
    // It ignores the condition where the answer would be no 2xx without it (§13.2.1)
    isDue: (request, reply) => reply.statusCode < 300 && writes.has(request.method) &&
      preconditionOf(request) !== undefined && !hasEvaluated(reply),
    text: request => `performed without evaluating ${preconditionOf(request)}: call reply.isNotModified() before the change`
  },
  {
    isDue: (request, reply) => reply.statusCode === 201 && (reply.getHeader('location') ?? '') === '',
    text: () => 'answered 201 without Location (RFC 9110 §15.3.2): answer with reply.created(location, body)'
  }
]

const writes: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'POST', 'DELETE'])

/**
 * Makes what looks at the answers of a route as they leave, and warns in the log, once, of each thing that is wrong
 * with them.
 */
export function adviser (): (request: FastifyRequest, reply: FastifyReply) => void {
  let ungiven = advices

  return function advise (request, reply) {
    for (const advice of ungiven) {
      if (!advice.isDue(request, reply)) continue
      ungiven = ungiven.filter(other => other !== advice)
      request.log.warn(`${request.method} ${request.routeOptions.url ?? request.url} ${advice.text(request)}`)
    }
  }
}

/** The precondition of a request that says from which state it may write (RFC 9110 §13.2.2, steps 1 and 2). */
function preconditionOf ({ headers }: FastifyRequest): string | undefined {
  if (headers['if-match'] !== undefined) return 'If-Match (RFC 9110 §13.1.1)'
  return headers['if-unmodified-since'] === undefined ? undefined : 'If-Unmodified-Since (RFC 9110 §13.1.4)'
}
