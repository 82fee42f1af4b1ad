import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'

const scope = Symbol('fastify-pt-status.scope')

/** Marks the routes that a scope sees being declared. Those from before the plugin loaded have Fastify's error handler, and no guard. */
export function markRoutes (instance: FastifyInstance): void {
  instance.addHook('onRoute', function (route) {
    route.config = { ...route.config, [scope]: this.ptStatus } as NonNullable<RouteOptions['config']>
  })
}

/** Whether the route of a request was declared after the plugin of its scope loaded. */
export function isDeclared ({ routeOptions, server }: FastifyRequest): boolean {
  return (routeOptions.config as { [scope]?: unknown })[scope] === server.ptStatus
}
