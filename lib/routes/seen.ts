import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { scopeOf, type Scope } from '../contract/scope.ts'

const seenBy = Symbol('fastify-pt-status.seenBy')
const seesAll = Symbol('fastify-pt-status.seesAll')

/**
 * Tells the requests of routes that a scope sees being declared from others: unknown routes, those from before the plugin
 * loaded, and those of scopes from before. Where the plugin loads before there is any route, it sees all routes of that
 * instance and of those to come in it: no request there needs the look at its route's options, which Fastify makes anew
 * each time.
 */
export function watchRoutes (scope: Scope): void {
  const { instance } = scope
  if (!hasNoRoutes(scope)) return
  watch(instance)
  instance.addHook('onRegister', watch)

  function watch (other: FastifyInstance): void {
    Object.defineProperty(other, seesAll, { value: scope })
  }
}

/** Marks a route that its scope sees being declared. */
export function markSeen (scope: Scope, route: RouteOptions): void {
  route.config = { ...route.config, [seenBy]: scope } as NonNullable<RouteOptions['config']>
}

/** Whether the scope of a request has seen its route being declared. */
export function isSeen (request: FastifyRequest): boolean {
  const { server } = request
  const scope = scopeOf(server)
  if (canVouch(server, scope)) return !request.is404
  return (request.routeOptions.config as { [seenBy]?: Scope })[seenBy] === scope
}

/** Whether a scope has seen all routes of an instance being declared. */
function canVouch (instance: FastifyInstance, scope: Scope | undefined): boolean {
  // What an instance inherits is that of the one around it
  return scope !== undefined && (instance as { [seesAll]?: Scope })[seesAll] === scope && Object.hasOwn(instance, seesAll)
}

/** Whether it is sure that there is no route yet. To print all routes of an app for each of its scopes would take too long. */
function hasNoRoutes ({ instance, above }: Scope): boolean {
  // Fastify has no list of routes to ask; with another word for none, only the short cut would be lost
  return above === undefined && instance.prefix === '' && instance.printRoutes() === '(empty tree)'
}
