import type { FastifyReply, FastifyRequest, onRequestHookHandler, preParsingHookHandler, RouteHandlerMethod, RouteOptions } from 'fastify'
import type { Access, AccessRoute } from '../../types/index.ts'
import type { StatusError } from '../contract/errors.ts'
import { scopeOf, type Scope } from '../contract/scope.ts'
import { addHookFirst } from '../fastify/internals.ts'
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
  /** Puts the handlers of a route behind it, and those that others put in their place: they keep out who wasn't let in where they are about to run. */
  close: (route: RouteOptions) => void
  /** Calls back with nothing where a request may pass; with what refuses it, or not at all, where it may not. */
  pass: (request: FastifyRequest, reply: FastifyReply, done: (refusal?: StatusError) => void) => void
}

/** What a route may have of handlers; the second is that of @fastify/websocket. */
const handlerNames = ['handler', 'wsHandler']

/** The gate of a route, unless it is open. */
export function gateOf (route: AccessRoute, access: Access | undefined, scope: Scope): Gate | undefined {
  const { authenticate } = scope.settings
  if (authenticate === undefined || access === 'public') return undefined
  // An OPTIONS route that says nothing of access is there for preflights, which have no credentials
  const isForPreflights = access === undefined && [route.method].flat().every(method => method === 'OPTIONS')

  function pass (request: FastifyRequest, reply: FastifyReply, done: (refusal?: StatusError) => void): void {
    if (isAdmitted(request)) return done()
    if (!isPreflight(request)) return done(noCredentials())
    if (isForPreflights) return done()
    reply.callNotFound()
  }

  function behind (handler: Function): RouteHandlerMethod {
    // Others may tell a handler by its name
    return Object.defineProperty(guarded, 'name', { value: handler.name })

    function guarded (this: unknown, ...args: unknown[]): unknown {
      // The handler of a WebSocket gets the request second
      if (isAdmitted(args[0]) || isAdmitted(args[1])) return handler.apply(this, args)
      const [request, reply] = args as Parameters<RouteHandlerMethod>
      let result: unknown
      pass(request, reply, refusal => {
        if (refusal !== undefined) throw refusal
        result = handler.apply(this, args)
      })
      return result
    }
  }

  const guard = guardOf(authenticate, access)
  return {
    guard (request, reply, done) {
      // A scope nearer to the route, whose plugin has loaded since, has asked for the credentials
      if (scopeOf(request.server) !== scope) return done()
      return isPreflight(request) ? pass(request, reply, done) : guard.call(this, request, reply, done)
    },
    bar: (request, reply, payload, done) => { pass(request, reply, done) },
    pass,
    close (route) {
      for (const name of handlerNames) {
        const given = (route as unknown as Record<string, unknown>)[name]
        if (typeof given !== 'function') continue
        let handler: unknown = behind(given)
        Object.defineProperty(route, name, {
          enumerable: true,
          configurable: true,
          get: () => handler,
          set: (other: unknown) => { handler = typeof other === 'function' ? behind(other) : other }
        })
      }
    }
  }
}

/**
 * Closes the routes of a scope that it hasn't seen being declared: their handlers can't be put behind a gate, so that
 * hooks of the scope ask in the phases before. The last of these asks before all other hooks of its phase: one of them that
 * throws nothing has Fastify go on to the handler.
 *
 * @returns the `onRequest` hook of such routes
 */
export function closeUnseen (scope: Scope, isUnseen: (request: FastifyRequest) => boolean): onRequestHookHandler {
  const gates = new WeakMap<object, Gate | { pass: undefined }>()
  const { instance, settings } = scope

  if (settings.authenticate !== undefined) {
    instance.addHook('preParsing', (request, reply, payload, done) => { bar(request, reply, done) })
    instance.addHook('preValidation', bar)
    addHookFirst(instance, 'preHandler', bar)
  }

  return function guardUnseen (request, reply, done) {
    const gate = isUnseen(request) ? gateFor(request) : undefined
    // Hooks of the scope that come behind may answer a preflight
    return gate === undefined || isPreflight(request) ? done() : gate.guard.call(this, request, reply, done)
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
