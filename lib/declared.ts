import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'

const declared = Symbol('fastify-pt-status.declared')
const allDeclared = Symbol('fastify-pt-status.allDeclared')

/**
 * Remembers which routes a scope sees being declared. Those from before the plugin loaded have Fastify's error handler, and
 * no guard. Where the plugin loads before there is any route, there are none: no route needs a mark then, and no request
 * the look at its route's options, which Fastify makes anew each time.
 */
export function markRoutes (instance: FastifyInstance): void {
  const isFirst = hasNoRoutes(instance)
  instance.decorate(allDeclared, isFirst)
  if (isFirst) return
  instance.addHook('onRoute', function (route) {
    route.config = { ...route.config, [declared]: this.ptStatus } as NonNullable<RouteOptions['config']>
  })
}

/** Whether the route of a request was declared after the plugin of its scope loaded. */
export function isDeclared (request: FastifyRequest): boolean {
  const { server } = request
  if (hasAllDeclared(server)) return !request.is404
  return (request.routeOptions.config as { [declared]?: unknown })[declared] === server.ptStatus
}

/** Whether all routes of a scope were declared after its plugin loaded. */
export function hasAllDeclared (instance: FastifyInstance): boolean {
  return (instance as { [allDeclared]?: boolean })[allDeclared] === true
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
