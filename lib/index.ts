import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { PtStatusOptions } from '../types/index.ts'
import { closeRoutes } from './access.ts'
import { setCaching } from './caching.ts'
import { setCompilers } from './compilers.ts'
import { markRoutes } from './declared.ts'
import { setErrorHandlers } from './error-handler.ts'
import { settingsOf } from './options.ts'
import { decorateReplies } from './reply.ts'
import { recordRoutes } from './routes.ts'

/**
 * Makes the status codes of a scope a contract.
 *
 * @throws {Error} if the scope has the plugin already
 * @throws {TypeError} if an option is unknown or wrong
 */
async function ptStatus (instance: FastifyInstance, options: PtStatusOptions): Promise<void> {
  if (Object.hasOwn(instance, 'ptStatus')) throw new Error('Cannot register fastify-pt-status: it is registered in this scope already')
  const settings = settingsOf(options)

  instance.decorate('ptStatus', { contract: () => contract() })
  markRoutes(instance)
  decorateReplies(instance)
  setErrorHandlers(instance, settings)
  closeRoutes(instance, settings.authenticate)
  setCompilers(instance, settings)
  if (settings.etag !== false) await setCaching(instance, settings.etag)
  const contract = recordRoutes(instance, settings)
}

export default fp(ptStatus, { fastify: '5.x', name: 'fastify-pt-status' })

export type * from '../types/index.ts'
export type { CustomFormat, Problem } from './bodies.ts'
export {
  badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized,
  type BadRequestOptions, type Finding, type ForbiddenOptions, type RefusalOptions, type ServiceUnavailableOptions, type UnauthorizedOptions
} from './errors.ts'
export { statuses, type RefusalStatus, type Status } from './status.ts'
