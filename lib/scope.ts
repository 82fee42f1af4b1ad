import type { FastifyInstance } from 'fastify'

/** Whether a scope is the outermost, whose hooks are those of all routes. A scope inherits from the one above it. */
export function isRoot (instance: FastifyInstance): boolean {
  return !('addHook' in Object.getPrototypeOf(instance))
}
