import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { scopeOf, type Scope } from '../contract/scope.ts'
import { printedRoutes } from '../fastify/printed-routes.ts'

/** By which scope, and on which instance, a route was seen: others may give what they copy of its options to another route. */
interface Seen {
  readonly by: Scope
  readonly on: FastifyInstance
}

const seenMark = Symbol('fastify-pt-status.seen')
const seesAll = Symbol('fastify-pt-status.seesAll')

/** The routes that the scopes of a server have seen. Only scopes that loaded after a route need it. */
const seenOf = new WeakMap<object, Set<string>>()

/**
 * Tells the requests of routes that a scope sees being declared from others: unknown routes, those from before the plugin
 * loaded, and those of instances from before. Where the plugin loads before there is any route, it sees all routes of that
 * instance and of those to come in it: no request there needs the look at its route's options, which Fastify makes anew
 * each time.
 *
 * @returns what names, once the app is ready, the routes that were declared too early
 */
export function watchRoutes (scope: Scope): () => string[] {
  const { instance, above } = scope
  // The scope above names those of a scope in it
  if (above !== undefined) return () => []
  const { server, prefix } = instance
  // To print all routes of an app for each of its scopes would take too long
  const early = prefix === '' ? printedRoutes(instance) : undefined
  if (early?.length === 0) {
    vouchFor(instance)
    instance.addHook('onRegister', vouchFor)
    return () => []
  }
  const seen = seenOf.get(server) ?? new Set()
  seenOf.set(server, seen)
  return () => (early ?? printedRoutes(instance).filter(route => isBelow(route, prefix))).filter(route => !seen.has(route))

  function vouchFor (other: FastifyInstance): void {
    Object.defineProperty(other, seesAll, { value: scope })
  }
}

function isBelow (route: string, prefix: string): boolean {
  const url = route.slice(route.indexOf(' ') + 1)
  return url === prefix || url.startsWith(`${prefix}/`)
}

/** Marks a route that its scope sees being declared on an instance. */
export function markSeen (scope: Scope, on: FastifyInstance, route: RouteOptions): void {
  // Where it sees all of them, users find in request.routeOptions.config what they have put there
  if (!canVouch(on, scope)) route.config = { ...route.config, [seenMark]: { by: scope, on } satisfies Seen } as NonNullable<RouteOptions['config']>
  const seen = seenOf.get(scope.instance.server)
  if (seen === undefined) return
  for (const method of [route.method].flat()) {
    // The second is that of its twin at the root of a prefix
    seen.add(`${method} ${route.url}`).add(`${method} ${route.url}/`)
  }
}

/** Whether the scope of a request has seen its route being declared. */
export function isSeen (request: FastifyRequest): boolean {
  const { server } = request
  const scope = scopeOf(server)
  if (canVouch(server, scope)) return !request.is404
  const seen = (request.routeOptions.config as { [seenMark]?: Seen })[seenMark]
  return seen !== undefined && seen.by === scope && seen.on === server
}

/** Whether a scope has seen all routes of an instance being declared. */
function canVouch (instance: FastifyInstance, scope: Scope | undefined): boolean {
  // What an instance inherits is that of the one around it
  return scope !== undefined && (instance as { [seesAll]?: Scope })[seesAll] === scope && Object.hasOwn(instance, seesAll)
}
