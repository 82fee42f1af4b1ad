import { fetchJson } from './fetch-json.ts'

/** Where an issuer may have its metadata: OpenID Connect Discovery 1.0 §4.1, RFC 8414 §3.1. */
export function metadataUrls (issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [`${path}/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server${path}`].map(path => new URL(origin + path))
}

/**
 * Finds where an issuer has its keys.
 *
 * @throws {AggregateError} if no metadata of the issuer can be read
 */
export async function discoverJwksUri (issuer: string, signal: AbortSignal): Promise<URL> {
  const failures: unknown[] = []
  for (const url of metadataUrls(issuer)) {
    try {
      return jwksUriOf(await fetchJson(url, signal), issuer)
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, `Cannot find the keys of ${issuer}: it has no metadata that can be used`)
}

function jwksUriOf (metadata: any, issuer: string): URL {
  // "The "issuer" value returned MUST be identical to the authorization server's issuer identifier value […]. If these
  // values are not identical, the data contained in the response MUST NOT be used" (RFC 8414 §3.3)
  if (metadata?.issuer !== issuer) throw new Error('Cannot use the metadata: it is that of another issuer')
  const url = new URL(metadata.jwks_uri)
  const allowed = ['https:', new URL(issuer).protocol]
  if (!allowed.includes(url.protocol)) throw new Error('Cannot use the metadata: its jwks_uri is less safe than the issuer')
  return url
}
