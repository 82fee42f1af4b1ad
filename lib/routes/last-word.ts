import type { DoneFuncWithErrOrRes, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { StatusError } from '../contract/errors.ts'
import { isErrorStatus } from '../contract/folding.ts'
import type { Scope } from '../contract/scope.ts'
import { isFastifysErrorBody } from '../fastify/internals.ts'
import { isConditional } from '../http/conditional.ts'
import { unexpected } from '../refusal/attribution.ts'
import { failingOf, isPassedOn, passOn, restoreFields, type Failing } from '../refusal/failing.ts'
import { refusalOf } from '../refusal/refusal-of.ts'
import { giveUp, refuse } from '../refusal/refuse.ts'
import { dropContent, dropTrailers } from '../refusal/representation.ts'
import { writePastHooks } from '../refusal/write.ts'
import { isPreflight } from './access.ts'
import { adviser } from './advice.ts'
import { discard, isText, notedContent, unwrap } from './payload.ts'
import { refusalOfSent } from './sent.ts'

/** Where answers come from. */
export interface Source {
  scope: Scope
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
type Verdict = 'leaves' | 'stray' | 'refused' | "fastify's" | 'undeclared' | StatusError

/**
 * The last of all `onSend` hooks, where the status is what will be sent. What is no refusal of the plugin and no success
 * that its source declares doesn't leave: an error status that was sent as an answer is told as a refusal, any other is a
 * bug in the handler.
 */
export function lastWord (source: Source): onSendHookHandler {
  const { undeclared } = source.scope.settings
  const advise = adviser()
  let isLogged = false

  return function lastWord (request, reply, payload, done) {
    const failing = failingOf(reply)
    const content = failing?.stage === 'refused' ? payload : unwrap(payload, reply)
    const verdict = judge(source, request, reply, content, failing)
    if (verdict === 'leaves') {
      // Of HEAD, Fastify believes what it finds
      if (failing?.stage === 'refused' && content !== failing.body) reply.removeHeader('content-length')
      if (failing === undefined) advise(request, reply)
      return leave(source, request, reply, content, done)
    }
    if (verdict === 'undeclared' && undeclared === 'warn') {
      advise(request, reply)
      if (!isLogged) request.log.warn(undeclaredBy(request, reply))
      isLogged = true
      return leave(source, request, reply, content, done)
    }

    discard(content)
    if (verdict === 'stray') return
    if (verdict === 'undeclared') return done(new Error(undeclaredBy(request, reply)))
    if (verdict === 'refused') return done(null, refusedBody(source.scope, reply, failing as Refused))
    if (verdict === "fastify's") return answerInstead(request, reply, failing!, done)
    refuse(verdict, verdict, request, reply, body => { done(null, body) })
  }
}

type Refused = Extract<Failing, { stage: 'refused' }>

function judge ({ scope, successesFor, hasFastifysHandler, content: goes }: Source, request: FastifyRequest, reply: FastifyReply, content: unknown, failing: Failing | undefined): Verdict {
  const { raw, statusCode } = reply
  if (raw.headersSent && (raw.writableEnded || content === undefined)) return 'stray'
  if (failing === undefined && goes === 'passed on' && isPassedOn(reply)) return 'stray'
  const { contract } = scope.settings
  if (failing?.stage === 'refused') return judgeRefused(reply, content, failing, statusCode >= 400 && contract.has(statusCode))
  if (failing?.stage === 'failed' && (isFastifysErrorBody(reply, content) || hasFastifysHandler(request))) return "fastify's"
  const successes = successesFor(request)
  // An error handler of the user's may say what it likes, in the contract
  if (successes === undefined || (failing !== undefined && contract.has(statusCode))) return 'leaves'
  // It is a hook's answer, and no route's
  if (isPreflight(request) && statusCode < 300 && contract.has(statusCode)) return 'leaves'
  // A client that asked for no condition has nothing to reuse
  if (successes.has(statusCode)) return statusCode !== 304 || isConditional(request.headers) ? 'leaves' : 'undeclared'
  return isErrorStatus(statusCode) ? refusalOfSent(reply, typeof content === 'string' ? content : notedContent(reply)) : 'undeclared'
}

function judgeRefused (reply: FastifyReply, content: unknown, { body, fields }: Refused, isRefusal: boolean): Verdict {
  if (content === body && isRefusal) return 'leaves'
  if (content === undefined) return 'stray'
  if (isFastifysErrorBody(reply, content)) return "fastify's"
  // A hook has changed the refusal, unless another answer was on its way already: that one had a type
  return isRefusal && !('content-type' in fields) ? 'leaves' : 'refused'
}

/** Makes a reply that of its refusal again, and returns its body. */
function refusedBody ({ settings: { format } }: Scope, reply: FastifyReply, { status, body }: Refused): string {
  dropContent(reply)
  reply.code(status).type(format.contentType)
  return body
}

/** Answers in the place of Fastify's own error handler. */
function answerInstead (request: FastifyRequest, reply: FastifyReply, failing: Failing, done: DoneFuncWithErrOrRes): void {
  // The answer of the plugin has failed, too
  if (failing.stage !== 'failed') return giveUp(unexpected, request, reply)
  const { thrown, fields } = failing
  restoreFields(reply, fields)
  refuse(refusalOf(thrown, request, reply), thrown, request, reply, body => { done(null, body) })
}

function undeclaredBy ({ method, url, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): string {
  return `Cannot answer ${statusCode} to ${method} ${routeOptions.url ?? url}: the ${routeOptions.method === undefined ? 'contract' : 'route'} doesn't declare it`
}

/** Frames what leaves. */
function leave (source: Source, { method }: FastifyRequest, reply: FastifyReply, content: unknown, done: DoneFuncWithErrOrRes): void {
  const { statusCode } = reply
  const isPassed = source.content === 'passed on'
  if (isPassed) passOn(reply)
  // Of HEAD, no content is there that they could frame
  if (isPassed && method === 'HEAD') dropTrailers(reply)
  if (statusCode === 204 || statusCode === 304) {
    // "A server MUST NOT send a Content-Length header field in any response with a status code of […] 204" (RFC 9110 §8.6),
    // nor a wrong one in a 304
    dropContent(reply)
    discard(content)
    // Fastify's own hook of HEAD routes, which comes behind, tells a length of whatever it gets
    return isPassed && method === 'HEAD' ? writePastHooks(reply) : done(null, null)
  }
  if (source.content !== 'dropped' || method !== 'HEAD' || content === null || isText(content)) return done(null, content)
  if (content === undefined) reply.header('content-length', '0')
  discard(content)
  done(null, null)
}
