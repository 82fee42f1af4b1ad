import { serviceUnavailable } from 'fastify-pt-status'
import type { RegistryEntry } from './models.ts'

/** The official register of companies: another server, reached over HTTP, that may be away. */
export function companyRegistry (url: string) {
  return {
    /** @throws {StatusError} 503 when the registry gives no answer within two seconds, or a broken one */
    async find (businessId: string): Promise<RegistryEntry | undefined> {
      try {
        const response = await fetch(new URL(`companies/${businessId}`, url), { signal: AbortSignal.timeout(2000) })
        if (response.status === 404) return undefined
        if (!response.ok) throw new Error(`Company registry answered ${response.status}`)
        return await response.json() as RegistryEntry
      } catch (cause) {
        throw serviceUnavailable('The company registry does not answer.', { code: 'REGISTRY_UNAVAILABLE', retryAfter: 30, cause })
      }
    }
  }
}

export type CompanyRegistry = ReturnType<typeof companyRegistry>
