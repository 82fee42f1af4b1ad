import type { FastifyInstance } from 'fastify'
import type { PtStatusOptions } from '../../types/index.ts'
import { defaultSettings, settingsOf, type Settings } from './options.ts'

/** Private: a user may decorate an instance with any name, but not with this one. */
const ofInstance = Symbol('fastify-pt-status.scope')

/** A scope that has the plugin. Two are the same where the objects are. */
export interface Scope {
  readonly instance: FastifyInstance
  readonly settings: Settings
  /** The nearest scope around it that has the plugin. */
  readonly above: Scope | undefined
}

/**
 * Gives an instance a scope of its own. What its options leave out is as in the scope above: a child that changes how it
 * answers stays as closed as its parent.
 *
 * @throws {Error} if the instance has one already
 * @throws {TypeError} if an option is unknown or wrong
 */
export function openScope (instance: FastifyInstance, options: PtStatusOptions): Scope {
  if (Object.hasOwn(instance, ofInstance)) throw new Error('Cannot register fastify-pt-status: it is registered in this scope already')
  const above = scopeOf(instance)
  const scope = Object.freeze({ instance, settings: settingsOf(options, above?.settings), above })
  instance.decorate(ofInstance, scope)
  return scope
}

/** The nearest scope of an instance, if there is one. */
export function scopeOf (instance: FastifyInstance): Scope | undefined {
  return (instance as { [ofInstance]?: Scope })[ofInstance]
}

/** The settings of the nearest scope, or the defaults where there is none. */
export function settingsIn (instance: FastifyInstance): Settings {
  return scopeOf(instance)?.settings ?? defaultSettings()
}
