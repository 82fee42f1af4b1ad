import type { DoneFuncWithErrOrRes, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import type { Scope } from '../contract/scope.ts'
import { unexpected } from '../refusal/attribution.ts'
import { failingOf, passOn, restoreFields, type Failing } from '../refusal/failing.ts'
import { refusalOf } from '../refusal/refusal-of.ts'
import { giveUp, refuse } from '../refusal/refuse.ts'
import { dropContent, dropFraming, dropTrailers } from '../refusal/representation.ts'
import { writePastHooks } from '../refusal/write.ts'
import { judge, type Refused, type Source } from './judge.ts'
import { discard, isText, unwrap } from './payload.ts'

/**
 * The last of all `onSend` hooks, where the status is what will be sent. Only refusals and declared successes leave:
 * an error status that was sent as an answer becomes a refusal, any other status is a bug in the handler.
 *
 * @param advise looks at what leaves
 */
export function lastWord ({ settings }: Scope, source: Source, advise: (request: FastifyRequest, reply: FastifyReply) => void): onSendHookHandler {
  let isLogged = false

  return function lastWord (request, reply, payload, done) {
    const failing = failingOf(reply)
    const content = failing?.stage === 'refused' ? payload : unwrap(payload, reply)
    const verdict = judge(source, request, reply, content, failing)
    if (verdict === 'leaves') {
      if (failing === undefined) advise(request, reply)
      // A hook has changed the body: for HEAD, Fastify would send the old Content-Length
      else if (failing.stage === 'refused' && content !== failing.body) reply.removeHeader('content-length')
      return leave(source, request, reply, content, done)
    }
    if (verdict === 'undeclared' && settings.undeclared === 'warn') {
      advise(request, reply)
      if (!isLogged) request.log.warn(undeclaredBy(request, reply))
      isLogged = true
      return leave(source, request, reply, content, done)
    }

    discard(content)
    if (verdict === 'stray') return
    if (verdict === 'undeclared') return done(new Error(undeclaredBy(request, reply)))
    if (verdict === 'refused') return done(null, refusedBody(settings.format.contentType, reply, failing as Refused))
    if (verdict === "fastify's") return answerInstead(request, reply, failing!, done)
    refuse(verdict, verdict, request, reply, body => { done(null, body) })
  }
}

/** Makes a reply that of its refusal again, and returns its body. */
function refusedBody (type: string, reply: FastifyReply, { status, body }: Refused): string {
  dropContent(reply)
  reply.code(status).type(type)
  return body
}

/** Answers in the place of Fastify's own error handler. */
function answerInstead (request: FastifyRequest, reply: FastifyReply, failing: Failing, done: DoneFuncWithErrOrRes): void {
  // The answer of the plugin has failed, too
  if (failing.stage !== 'failed') return giveUp(unexpected, request, reply)
  const { thrown, status, fields } = failing
  restoreFields(reply, fields)
  refuse(refusalOf(thrown, request, reply, status), thrown, request, reply, body => { done(null, body) })
}

function undeclaredBy ({ method, url, routeOptions }: FastifyRequest, { statusCode }: FastifyReply): string {
  return `Cannot answer ${statusCode} to ${method} ${routeOptions.url ?? url}: the ${routeOptions.method === undefined ? 'contract' : 'route'} doesn't declare it`
}

/** Frames what leaves. */
function leave (source: Source, { method }: FastifyRequest, reply: FastifyReply, content: unknown, done: DoneFuncWithErrOrRes): void {
  const isPassed = source.content === 'passed on'
  if (isPassed) passOn(reply)
  // A HEAD answer has no content for trailers to follow
  if (isPassed && method === 'HEAD') dropTrailers(reply)
  const { statusCode } = reply
  if (statusCode === 204 || statusCode === 304) {
    if (statusCode === 204) dropFraming(reply)
    else dropContent(reply)
    if (content !== undefined && content !== null) {
      reply.removeHeader('content-type')
      discard(content)
    }
    // Fastify's own hook of HEAD routes comes behind, and would set a Content-Length
    return isPassed && method === 'HEAD' ? writePastHooks(reply) : done(null, null)
  }
  if (source.content !== 'dropped' || content === null || isText(content)) return done(null, content)
  if (content === undefined) reply.header('content-length', '0')
  // In the words of Fastify's own hook, which this stands for
  discard(content, err => { reply.log.error({ err }, 'Error on Stream found for HEAD route') })
  done(null, null)
}
