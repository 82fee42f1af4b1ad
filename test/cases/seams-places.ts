import type { FastifyInstance } from 'fastify'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'

/** What an app is made of, beside the plugin. */
export interface Parts {
  readonly options: PtStatusOptions
  /** Registers what stands beside the plugin. */
  join (scope: FastifyInstance): unknown
  /** Declares the routes. */
  declare (scope: FastifyInstance): void
}

/** Here the plugin sees no route being declared. */
export const unawaited = 'before the plugin, which is not awaited'

/** Where something is registered, seen from the plugin. */
export const places: Readonly<Record<string, (app: FastifyInstance, parts: Parts) => unknown>> = {
  'before the plugin': async (app, { options, join, declare }) => { await join(app); await app.register(ptStatus, options); declare(app) },
  'after the plugin': async (app, { options, join, declare }) => { await app.register(ptStatus, options); await join(app); declare(app) },
  'in a child scope': async (app, { options, join, declare }) => {
    await app.register(ptStatus, options)
    await app.register(async child => { await join(child); declare(child) })
  },
  [unawaited]: async (app, { options, join, declare }) => { await join(app); app.register(ptStatus, options); declare(app) }
}
