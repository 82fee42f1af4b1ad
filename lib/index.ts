import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { PtStatusOptions } from '../types/index.ts'
import { closeRoutes } from './routes/access.ts'
import { setCaching } from './routes/caching.ts'
import { checkRoutes } from './routes/check.ts'
import { setCompilers } from './validation/compilers.ts'
import { watchConnections } from './server/connection.ts'
import { markRoutes } from './contract/declared.ts'
import { documentRoutes } from './routes/document.ts'
import { setErrorHandlers } from './refusal/error-handler.ts'
import { wrongHost } from './server/host.ts'
import { setSettings } from './contract/options.ts'
import { watchOutages } from './server/outage.ts'
import { refuser } from './refusal/refuse.ts'
import { decorateReplies } from './routes/reply.ts'
import { contractOf, recordRoutes, visibleIn, type Route } from './routes/routes.ts'
import { closeContract, holdOthers } from './routes/undeclared.ts'

/**
 * Makes the status codes of a scope a contract.
 *
 * @throws {Error} if the scope has the plugin already
 * @throws {TypeError} if an option is unknown or wrong
 */
async function ptStatus (instance: FastifyInstance, options: PtStatusOptions): Promise<void> {
  if (Object.hasOwn(instance, 'ptStatus')) throw new Error('Cannot register fastify-pt-status: it is registered in this scope already')
  const settings = setSettings(instance, options)

  const refuse = refuser(settings)
  let visible: Route[] | undefined

  watchConnections(instance, settings)
  const { control, refusalOf } = watchOutages(instance, settings)
  instance.decorate('ptStatus', Object.assign(control, {
    contract () {
      if (visible === undefined) throw new Error('Cannot list the contract: the app is not ready')
      return contractOf(visible, settings)
    }
  }))
  markRoutes(instance)
  const routes = recordRoutes(instance)
  decorateReplies(instance)
  setErrorHandlers(instance, settings, refuse, holdOthers(instance, settings, refuse))
  const guardOthers = closeRoutes(instance, settings.authenticate)
  // What is refused here is asked for no credentials
  instance.addHook('onRequest', function (request, reply, done) {
    const refusal = wrongHost(request.raw) ?? refusalOf(request)
    return refusal === undefined ? guardOthers.call(this, request, reply, done) : done(refusal)
  })
  setCompilers(instance, settings)
  if (settings.etag !== false) await setCaching(instance, settings.etag)
  closeContract(instance, settings, refuse)

  // Fastify has compiled the schemas by now: what is added to them for the document costs nothing
  instance.addHook('onReady', async () => {
    visible = visibleIn(routes)
    checkRoutes(visible, settings, instance.log)
    documentRoutes(visible, settings)
  })
}

export default fp(ptStatus, { fastify: '5.x', name: 'fastify-pt-status' })

export type * from '../types/index.ts'
export { badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized } from './contract/errors.ts'
export { statusServerOptions } from './server/server.ts'
export { statuses, type RefusalStatus, type Status } from './contract/status.ts'
