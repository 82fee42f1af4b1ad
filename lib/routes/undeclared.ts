import type { Readable } from 'node:stream'
import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { isConditional } from '../http/conditional.ts'
import { isDeclared } from '../contract/declared.ts'
import { StatusError } from '../contract/errors.ts'
import { answererOf } from '../refusal/failure.ts'
import { isErrorStatus } from '../contract/folding.ts'
import type { Settings } from '../contract/options.ts'
import type { Refuse } from '../refusal/refuse.ts'
import { dropContent } from '../refusal/representation.ts'
import { isHidden, successesOf } from './routes.ts'

/**
 * Closes the contract of a scope: what is no refusal of the error handler and no success that the route declares
 * doesn't leave. An error status that was sent as an answer is told as a refusal; any other is a bug in the handler.
 * The hook is the last of its route, where the status is what will be sent.
 */
export function closeContract (instance: FastifyInstance, settings: Settings, refuse: Refuse): void {
  const { ptStatus } = instance

  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus || isHidden(route)) return
    const allowed = new Map([route.method].flat().map(method => [method, new Set(successesOf(route, method, settings))]))
    route.onSend = [route.onSend ?? [], holdTo(({ method }) => allowed.get(method)!, settings, refuse)].flat()
  })
}

/** The onSend hook of what no declared route of the scope answers: its unknown routes, and routes from before the plugin loaded. */
export function holdOthers ({ ptStatus }: FastifyInstance, settings: Settings, refuse: Refuse): onSendHookHandler {
  const known = new Set([...settings.contract.keys()].filter(code => code < 400))
  const hold = holdTo(() => known, settings, refuse)

  return (request, reply, payload, done) => {
    if (settings.contract.has(statusOf(payload, reply)) || isDeclared(request) || request.server.ptStatus !== ptStatus || isHidden(request.routeOptions)) return done()
    hold(request, reply, payload, done)
  }
}

/** How long a sentence is at most, in UTF-16 code units. */
const longestDetail = 1000

function holdTo (allowedFor: (request: FastifyRequest) => ReadonlySet<number>, { contract, undeclared }: Settings, refuse: Refuse) {
  let isLogged = false

  return function hold (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes): void {
    const status = statusOf(payload, reply)
    // A client that asked for no condition has nothing to reuse
    const isAllowed = allowedFor(request).has(status) && (status !== 304 || isConditional(request.headers))
    if (isAllowed && status !== 304) return done()
    if (isAllowed) {
      dropContent(reply)
      discard(payload, reply)
      return done(null, null)
    }
    const answerer = answererOf(reply)
    // An error handler of the user's may say what it likes, in the contract
    if (answerer === 'plugin' || (answerer === 'user' && contract.has(status))) return done()
    if (isErrorStatus(status)) {
      const refusal = new StatusError(status, detailOf(payload, status, reply.getHeader('content-type')))
      discard(payload, reply)
      return refuse(refusal, refusal, request, reply, body => { done(null, body) })
    }
    const { method, url } = request.routeOptions
    const message = `Cannot answer ${status} to ${request.method} ${url ?? request.url}: the ${method === undefined ? 'contract' : 'route'} doesn't declare it`
    if (undeclared === 'error') {
      discard(payload, reply)
      return done(new Error(message))
    }
    if (!isLogged) request.log.warn(message)
    isLogged = true
    done()
  }
}

/** What a client error that was sent says of itself: its `message`, `detail` or `error`, or its text. */
function detailOf (payload: unknown, status: number, type: unknown): string | undefined {
  if (status >= 500 || typeof payload !== 'string' || payload === '' || payload.length > longestDetail) return undefined
  if (/^text\/plain/.test(String(type))) return payload
  if (!/json/.test(String(type))) return undefined
  try {
    const { message, detail, error } = Object(JSON.parse(payload))
    return [message, detail, error].find(text => typeof text === 'string')
  } catch {
    return undefined
  }
}

/** Ends a payload that won't be sent; of a web Response the header fields stay. */
function discard (payload: unknown, reply: FastifyReply): void {
  if (isResponse(payload)) {
    for (const [name, value] of payload.headers) reply.header(name, value)
    payload.body?.cancel().catch(() => {})
  } else if (payload instanceof ReadableStream) {
    payload.cancel().catch(() => {})
  } else {
    const stream = payload as Partial<Readable> | null | undefined
    // Some streams tell that they were ended as an error
    stream?.on?.('error', () => {})
    stream?.destroy?.()
  }
}

/** The status that will be sent: Fastify takes that of a web Response later. */
function statusOf (payload: unknown, reply: FastifyReply): number {
  return isResponse(payload) ? payload.status : reply.statusCode
}

/** Whatever made it: Fastify recognises a web Response in the same way. */
function isResponse (payload: unknown): payload is Response {
  return typeof payload === 'object' && Object.prototype.toString.call(payload) === '[object Response]'
}
