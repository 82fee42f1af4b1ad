import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StatusError } from '../contract/errors.ts'
import { isErrorStatus } from '../contract/folding.ts'
import type { Contract } from '../contract/status.ts'
import { isFastifysErrorBody } from '../fastify/internals.ts'
import { isConditional } from '../http/conditional.ts'
import { isPassedOn, type Failing } from '../refusal/failing.ts'
import { isPreflight } from './access.ts'
import { notedContent } from './payload.ts'
import { refusalOfSent } from './sent.ts'

/** Where answers come from. */
export interface Source {
  contract: Contract
  /** The successes that may leave; nothing where it is no part of the contract. */
  successesFor: (request: FastifyRequest) => ReadonlySet<number> | undefined
  /** Whether Fastify's own error handler answers for it, and not the scope's. */
  hasFastifysHandler: (request: FastifyRequest) => boolean
  /**
   * What becomes of content behind the last word. A HEAD route that Fastify has made of a GET route drops it; where other
   * hooks come behind, it is passed on to them.
   */
  content: 'sent' | 'dropped' | 'passed on'
}

/** A reply of which the plugin has made a refusal. */
export type Refused = Extract<Failing, { stage: 'refused' }>

/**
 * What becomes of an answer.
 *
 * - `leaves`: as it is
 * - `stray`: another answer of the same reply has left, or is about to: an async handler sends one and returns nothing, say
 * - `refused`: the refusal leaves in its place: it was on its way before the refusal was made
 * - `fastify's`: Fastify itself tells the error, and with it the message
 * - `undeclared`: it is a success that the contract or the route doesn't declare
 * - a refusal: the answer is told as one
 */
export type Verdict = 'leaves' | 'stray' | 'refused' | "fastify's" | 'undeclared' | StatusError

/** Judges what is about to leave. */
export function judge (source: Source, request: FastifyRequest, reply: FastifyReply, content: unknown, failing: Failing | undefined): Verdict {
  const { raw } = reply
  if (raw.headersSent && (raw.writableEnded || content === undefined)) return 'stray'
  if (failing !== undefined) return judgeFailing(source, request, reply, content, failing)
  if (source.content === 'passed on' && isPassedOn(reply)) return 'stray'
  return judgeAnswer(source, request, reply, content)
}

function judgeAnswer ({ contract, successesFor }: Source, request: FastifyRequest, reply: FastifyReply, content: unknown): Verdict {
  const { statusCode } = reply
  const successes = successesFor(request)
  if (successes === undefined) return 'leaves'
  // A client that asked for no condition has nothing to reuse
  if (successes.has(statusCode)) return statusCode !== 304 || isConditional(request.headers) ? 'leaves' : 'undeclared'
  if (isErrorStatus(statusCode)) return refusalOfSent(reply, typeof content === 'string' ? content : notedContent(reply))
  // A hook answers preflights, and no route
  return isPreflight(request) && statusCode < 300 && contract.has(statusCode) ? 'leaves' : 'undeclared'
}

function judgeFailing (source: Source, request: FastifyRequest, reply: FastifyReply, content: unknown, failing: Failing): Verdict {
  const isInContract = source.contract.has(reply.statusCode)
  if (failing.stage === 'refused') return judgeRefused(reply, content, failing, isInContract && reply.statusCode >= 400)
  if (failing.stage === 'failed' && (isFastifysErrorBody(reply, content) || source.hasFastifysHandler(request))) return "fastify's"
  // An error handler of the user's may say what it likes, in the contract
  return isInContract ? 'leaves' : judgeAnswer(source, request, reply, content)
}

function judgeRefused (reply: FastifyReply, content: unknown, { body, fields }: Refused, isRefusal: boolean): Verdict {
  if (content === body && isRefusal) return 'leaves'
  if (content === undefined) return 'stray'
  if (isFastifysErrorBody(reply, content)) return "fastify's"
  // A hook has changed the refusal, unless another answer was on its way already: that one had a type
  return isRefusal && !('content-type' in fields) ? 'leaves' : 'refused'
}
