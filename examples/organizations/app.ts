import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import underPressure, { type FastifyUnderPressureOptions } from '@fastify/under-pressure'
import Fastify, { type FastifyServerOptions } from 'fastify'
import ptStatus, { statusServerOptions, type PtStatusOptions } from 'fastify-pt-status'
import { securitySchemes } from 'fastify-pt-status/bearer'
import type { Kysely } from 'kysely'
import type { CompanyRegistry } from './company-registry.ts'
import { managerStore } from './manager-store.ts'
import { organizationStore } from './organization-store.ts'
import { healthRoutes } from './routes/health.ts'
import { managerRoutes } from './routes/managers.ts'
import { organizationRoutes } from './routes/organizations.ts'
import { registryEntryRoutes } from './routes/registry-entry.ts'
import type { Tables } from './tables.ts'

export interface AppOptions {
  authenticate: NonNullable<PtStatusOptions['authenticate']>
  database: Kysely<Tables>
  registry: CompanyRegistry
  /** Above which limits of its process it refuses; none by default. */
  pressure?: FastifyUnderPressureOptions
  drainDelay?: number
  logger?: NonNullable<FastifyServerOptions['logger']>
}

/** The organizations API, ready to listen; the database stays its opener's to close. */
export async function buildApp ({ authenticate, database, registry, pressure = {}, drainDelay = 0, logger = false }: AppOptions) {
  const app = Fastify(statusServerOptions({ logger })).withTypeProvider<TypeBoxTypeProvider>()

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Organizations', version: '1.0.0' },
      components: { securitySchemes }
    },
    refResolver: { buildLocalReference: json => String(json.$id) }
  })
  // Before the plugin, so that it refuses before it verifies a token
  await app.register(underPressure, pressure)
  await app.register(ptStatus, { authenticate, securityScheme: 'bearer', drainDelay })

  await app.register(healthRoutes, { prefix: '/health', database })

  const prefix = '/v1/organizations'
  const organizations = organizationStore(database)
  const managers = managerStore(database)
  await app.register(organizationRoutes, { prefix, organizations, managers })
  await app.register(managerRoutes, { prefix, organizations, managers })
  await app.register(registryEntryRoutes, { prefix, organizations, registry })

  return app
}
