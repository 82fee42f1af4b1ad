import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { PtStatusOptions } from '../types/index.ts'
import { openScope } from './contract/scope.ts'
import { checkRoutes } from './routes/check.ts'
import { documentRoutes } from './routes/document.ts'
import { setPipeline } from './routes/pipeline.ts'
import { decorateReplies } from './routes/reply.ts'
import { contractOf, twinsOf, visibleIn, type Route } from './routes/routes.ts'
import { watchConnections } from './server/connection.ts'
import { watchOutages } from './server/outage.ts'
import { setCompilers } from './validation/compilers.ts'

/**
 * Makes the status codes of a scope a contract. The plugin is there when the call returns; the promise tells whether its options are right.
 *
 * @throws {Error} if the scope has the plugin already
 * @throws {TypeError} if an option is unknown or wrong
 */
async function ptStatus (instance: FastifyInstance, options: PtStatusOptions): Promise<void> {
  const scope = openScope(instance, options)
  const { settings } = scope
  let visible: Route[] | undefined

  watchConnections(instance, settings)
  const outage = watchOutages(instance, settings)
  instance.decorate('ptStatus', Object.assign(outage.control, {
    contract () {
      if (visible === undefined) throw new Error('Cannot list the contract: the app is not ready')
      return contractOf([...visible, ...twinsOf(visible)], settings)
    }
  }))
  decorateReplies(scope)
  setCompilers(scope)
  const { routes, loading } = setPipeline(scope, outage)

  // Fastify has compiled the schemas by now: what is added to them for the document costs nothing
  instance.addHook('onReady', async () => {
    visible = visibleIn(routes)
    checkRoutes(visible, settings, instance.log)
    documentRoutes(visible, settings)
  })
  // All is there by now; only what is wrong with an option is told later
  await loading
}

export default fp(ptStatus, { fastify: '^5.12.0 || ^6.0.0-alpha.4', name: 'fastify-pt-status' })

export type * from '../types/index.ts'
export { badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized } from './contract/errors.ts'
export { statusServerOptions } from './server/server.ts'
export { statuses, type RefusalStatus, type Status } from './contract/status.ts'
