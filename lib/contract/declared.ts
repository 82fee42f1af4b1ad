import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import type { PtStatus } from '../../types/index.ts'

const declared = Symbol('fastify-pt-status.declared')
const seenAll = Symbol('fastify-pt-status.seenAll')

/** A scope all of whose routes a plugin sees being declared. The scopes in it inherit this: it is true of `scope` alone. */
interface Seen {
  scope: FastifyInstance
  ptStatus: PtStatus
}

/**
 * Remembers which routes a scope sees being declared. Those from before the plugin loaded, and those of scopes from before,
 * have Fastify's error handler, and no guard. Where the plugin loads before there is any route, it sees all routes of the
 * root and of scopes to come: none needs a mark then, and no request the look at its route's options, which Fastify makes
 * anew each time.
 */
export function markRoutes (instance: FastifyInstance): void {
  const { ptStatus } = instance
  if (hasNoRoutes(instance)) {
    watch(instance)
    instance.addHook('onRegister', watch)
  }
  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus || seesAll(this)) return
    route.config = { ...route.config, [declared]: ptStatus } as NonNullable<RouteOptions['config']>
  })

  function watch (scope: FastifyInstance): void {
    Object.assign(scope, { [seenAll]: { scope, ptStatus } satisfies Seen })
  }
}

/** Whether the route of a request was declared where and when the plugin of its scope saw it. */
export function isDeclared (request: FastifyRequest): boolean {
  const { server } = request
  if (seesAll(server)) return !request.is404
  return (request.routeOptions.config as { [declared]?: unknown })[declared] === server.ptStatus
}

/** Whether the plugin of a scope has seen all its routes being declared. */
function seesAll (scope: FastifyInstance): boolean {
  const seen = (scope as { [seenAll]?: Seen })[seenAll]
  return seen !== undefined && seen.scope === scope && seen.ptStatus === scope.ptStatus
}

/** Whether it is sure that there is no route yet. To print all the routes of an app for each of its scopes would take too long. */
function hasNoRoutes (instance: FastifyInstance): boolean {
  // Fastify has no list of routes to ask; with another word for none, only the short cut would be lost
  return isRoot(instance) && instance.printRoutes() === '(empty tree)'
}

/** Whether a scope is the outermost, whose hooks are those of all routes. A scope inherits from the one above it. */
function isRoot (instance: FastifyInstance): boolean {
  return !('addHook' in Object.getPrototypeOf(instance))
}
