import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Availability, PtStatus, Suspension } from '../../types/index.ts'
import { repeat, serviceUnavailable, type StatusError } from '../contract/errors.ts'
import type { Settings } from '../contract/options.ts'

const closing = repeat(serviceUnavailable('The server is closing.', { code: 'CLOSING' }))

/** What controls whether a scope answers, and what it refuses with while it doesn't. */
export interface Outage {
  control: Pick<PtStatus, 'suspend' | 'resume' | 'availability'>
  /** What a request is refused by, while the scope is suspended or the server closes. */
  refusalOf: (request: FastifyRequest) => StatusError | undefined
}

/** Makes what tells whether a scope answers. Before the server closes it drains: it answers, but says that it won't for long. */
export function watchOutages (instance: FastifyInstance, { drainDelay }: Settings): Outage {
  const above: PtStatus | undefined = instance.ptStatus
  let state: 'open' | 'draining' | 'closing' = 'open'
  let suspension: (() => StatusError) | undefined

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

  return {
    control: {
      get availability (): Availability {
        if (state !== 'open') return 'draining'
        return suspension === undefined ? above?.availability ?? 'available' : 'suspended'
      },
      suspend ({ detail = 'The service is suspended.', retryAfter }: Suspension = {}) {
        if (typeof detail !== 'string') throw new TypeError('Cannot suspend: detail must be a string')
        if (retryAfter !== undefined && !(Number.isInteger(retryAfter) && retryAfter >= 0)) throw new TypeError('Cannot suspend: retryAfter must be a number of seconds')
        suspension = repeat(serviceUnavailable(detail, { code: 'SUSPENDED', ...(retryAfter !== undefined && { retryAfter }) }))
      },
      resume () {
        suspension = undefined
      }
    },
    refusalOf (request) {
      if (state === 'closing') return closing()
      if (suspension === undefined || request.is404 || request.routeOptions.config.alwaysAvailable === true) return undefined
      return suspension()
    }
  }
}
