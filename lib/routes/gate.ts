import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler, preParsingHookHandler, RouteHandlerMethod, RouteOptions } from 'fastify'
import type { Access, AccessRoute } from '../../types/index.ts'
import type { StatusError } from '../contract/errors.ts'
import type { Scope } from '../contract/scope.ts'
import { accessOf, guardOf, isAdmitted, isPreflight, noCredentials } from './access.ts'

/**
 * What stands between a request and the handler of a closed route. Only an admitted principal passes it. It asks thrice: a
 * hook of somebody else's that throws nothing, as in `throw undefined`, has Fastify skip the hooks behind it.
 */
export interface Gate {
  /** Reads the credentials, and lets in or refuses. */
  guard: onRequestHookHandler
  /** Keeps out who wasn't let in, before the body is read. */
  bar: preParsingHookHandler
  /** Puts the handlers of a route behind it: they keep out who wasn't let in where they are about to run. */
  close: (route: RouteOptions) => void
  /** Calls back with nothing where a request may pass; with what refuses it, or not at all, where it may not. */
  pass: (request: FastifyRequest, reply: FastifyReply, done: (refusal?: StatusError) => void) => void
}

/** What a route may have of handlers; the second is that of @fastify/websocket. */
const handlerNames = ['handler', 'wsHandler']

/** The gate of a route, unless it is open. */
export function gateOf (route: AccessRoute, access: Access | undefined, { settings: { authenticate } }: Scope): Gate | undefined {
  if (authenticate === undefined || access === 'public') return undefined
  // An OPTIONS route that says nothing of access is there for preflights, which have no credentials
  const isForPreflights = access === undefined && [route.method].flat().every(method => method === 'OPTIONS')

  function pass (request: FastifyRequest, reply: FastifyReply, done: (refusal?: StatusError) => void): void {
    if (isAdmitted(request)) return done()
    if (!isPreflight(request)) return done(noCredentials())
    if (isForPreflights) return done()
    reply.callNotFound()
  }

  return {
    guard: guardOf(authenticate, access),
    bar: (request, reply, payload, done) => { pass(request, reply, done) },
    pass,
    close (route) {
      const handlers = route as unknown as Record<string, RouteHandlerMethod | undefined>
      for (const name of handlerNames) {
        const handler = handlers[name]
        if (typeof handler === 'function') handlers[name] = behind(handler)
      }
    }
  }

  function behind (handler: RouteHandlerMethod): RouteHandlerMethod {
    // Others may tell a handler by its name
    return Object.defineProperty(guarded, 'name', { value: handler.name })

    function guarded (this: FastifyInstance, ...args: Parameters<RouteHandlerMethod>): unknown {
      const [request, reply] = args
      // @fastify/websocket calls it with a socket and the request
      if (isAdmitted(request) || isAdmitted(reply)) return handler.apply(this, args)
      let result: unknown
      pass(request, reply, refusal => {
        if (refusal !== undefined) throw refusal
        result = handler.apply(this, args)
      })
      return result
    }
  }
}

/**
 * Closes the routes of a scope that it hasn't seen being declared: their handlers can't be put behind a gate, so that
 * hooks of the scope ask in each phase before.
 *
 * @returns the `onRequest` hook of such routes
 */
export function closeUnseen (scope: Scope, isUnseen: (request: FastifyRequest) => boolean): onRequestHookHandler {
  const gates = new WeakMap<object, Gate | { pass: undefined }>()
  const { instance, settings } = scope

  if (settings.authenticate !== undefined) {
    instance.addHook('preParsing', (request, reply, payload, done) => { bar(request, reply, done) })
    instance.addHook('preValidation', bar)
    instance.addHook('preHandler', bar)
  }

  return function guardUnseen (request, reply, done) {
    const gate = isUnseen(request) ? gateFor(request) : undefined
    return gate === undefined ? done() : gate.guard.call(this, request, reply, done)
  }

  function bar (request: FastifyRequest, reply: FastifyReply, done: (refusal?: StatusError) => void): void {
    const gate = isUnseen(request) ? gateFor(request) : undefined
    return gate === undefined ? done() : gate.pass(request, reply, done)
  }

  function gateFor ({ routeOptions }: FastifyRequest): Gate | undefined {
    const { config } = routeOptions
    let gate = gates.get(config)
    if (gate === undefined) {
      gate = gateOf(routeOptions as AccessRoute, accessOf(routeOptions as AccessRoute, scope), scope) ?? { pass: undefined }
      gates.set(config, gate)
    }
    return gate.pass === undefined ? undefined : gate
  }
}
