import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDeclared } from './declared.ts'
import { StatusError } from './errors.ts'
import { isErrorStatus } from './folding.ts'
import { answererOf } from './last-resort.ts'
import type { Settings } from './options.ts'
import type { Refuse } from './refuse.ts'
import { isHidden, successesOf } from './routes.ts'

/**
 * Closes the contract of a scope: what is no refusal of the error handler and no success that the route declares
 * doesn't leave. An error status that was sent as an answer is told as a refusal; any other is a bug in the handler.
 * The hook is the last of its route, where the status is what will be sent.
 */
export function closeContract (instance: FastifyInstance, settings: Settings, refuse: Refuse): void {
  const { ptStatus } = instance
  const known = new Set([...settings.contract.keys()].filter(code => code < 400))

  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus || isHidden(route)) return
    const allowed = new Set([route.method].flat().flatMap(method => successesOf(route, method, settings)))
    route.onSend = [route.onSend ?? [], holdTo(allowed, settings, refuse)].flat()
  })

  // What no route of the scope answers: its unknown routes, and routes from before the plugin loaded
  const hold = holdTo(known, settings, refuse)
  instance.addHook('onSend', (request, reply, payload, done) => {
    if (settings.contract.has(reply.statusCode) || isDeclared(request) || request.server.ptStatus !== ptStatus || isHidden(request.routeOptions)) return done()
    hold(request, reply, payload, done)
  })
}

function holdTo (allowed: ReadonlySet<number>, { contract, undeclared }: Settings, refuse: Refuse) {
  let isLogged = false

  return function hold (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes): void {
    const status = payload instanceof Response ? payload.status : reply.statusCode
    if (allowed.has(status)) return done()
    const answerer = answererOf(reply)
    // An error handler of the user's may say what it likes, in the contract
    if (answerer === 'plugin' || (answerer === 'user' && contract.has(status))) return done()
    if (isErrorStatus(status)) {
      const refusal = new StatusError(status, detailOf(payload, status))
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

/** What a client error that was sent says of itself. */
function detailOf (payload: unknown, status: number): string | undefined {
  if (status >= 500 || typeof payload !== 'string' || payload === '' || payload.length > 1000) return undefined
  try {
    const { message, detail = message, error = detail } = JSON.parse(payload)
    return [detail, error].find(text => typeof text === 'string')
  } catch {
    return payload
  }
}

/** Ends a payload that won't be sent; of a web Response the header fields stay. */
function discard (payload: unknown, reply: FastifyReply): void {
  if (payload instanceof Response) {
    for (const [name, value] of payload.headers) reply.header(name, value)
    payload.body?.cancel().catch(() => {})
  } else if (payload instanceof ReadableStream) {
    payload.cancel().catch(() => {})
  } else {
    (payload as { destroy?: () => void } | null | undefined)?.destroy?.()
  }
}
