import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Availability, PtStatus, Suspension } from '../types/index.ts'
import { serviceUnavailable, type StatusError } from './errors.ts'
import type { Settings } from './options.ts'

const closing = serviceUnavailable('The server is closing.', { code: 'CLOSING' })

/**
 * Answers 503 at once, before the credentials and the body are read, while a scope is suspended or the server closes.
 * Before it closes it drains: it answers as always, but says that it is no longer available.
 */
export function watchOutages (instance: FastifyInstance, { drainDelay }: Settings): Pick<PtStatus, 'suspend' | 'resume' | 'availability'> {
  const above: PtStatus | undefined = instance.ptStatus
  let state: 'open' | 'draining' | 'closing' = 'open'
  let suspension: StatusError | undefined

  // The root's closing is that of the scopes in it
  if (above === undefined) {
    instance.addHook('preClose', async () => {
      if (drainDelay > 0) {
        state = 'draining'
        await sleep(drainDelay)
      }
      state = 'closing'
    })
  }
  instance.addHook('onRequest', (request, _reply, done) => {
    if (state === 'closing') return done(closing)
    if (suspension === undefined || request.is404 || request.routeOptions.config.alwaysAvailable === true) return done()
    done(suspension)
  })

  return {
    get availability (): Availability {
      if (state !== 'open') return 'draining'
      return suspension === undefined ? above?.availability ?? 'available' : 'suspended'
    },
    suspend ({ detail = 'The service is suspended.', retryAfter }: Suspension = {}) {
      if (typeof detail !== 'string') throw new TypeError('Cannot suspend: detail must be a string')
      if (retryAfter !== undefined && !(Number.isInteger(retryAfter) && retryAfter >= 0)) throw new TypeError('Cannot suspend: retryAfter must be a number of seconds')
      suspension = serviceUnavailable(detail, { code: 'SUSPENDED', ...(retryAfter !== undefined && { retryAfter }) })
    },
    resume () {
      suspension = undefined
    }
  }
}
