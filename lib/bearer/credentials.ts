import type { FastifyRequest } from 'fastify'
import { bearerChallenge } from '../http/challenge.ts'
import { badRequest, repeat, unauthorized, type StatusError } from '../contract/errors.ts'
import { linesOf } from '../http/field-lines.ts'

/** `Bearer`, and no longer name of a scheme that starts so. Names of schemes are case-insensitive (RFC 9110 §11.1). */
const scheme = /^bearer(?![\w!#$%&'*+.^`|~-])/i

/** RFC 6750 §2.1 */
const credentials = /^bearer +([\w.~+/-]+=*)$/i

/**
 * Makes what reads the access token of a request (RFC 6750 §2). It throws a 401 where there is none, and a 400 where
 * there are two, where one can't be read, and where one is in the query.
 */
export function credentialsReader (realm: string): (request: FastifyRequest) => string {
  // "If the request lacks any authentication information […], the resource server SHOULD NOT include an error code" (§3.1)
  const missing = repeat(unauthorized('This needs an access token.', { challenge: bearerChallenge({ realm }) }))
  const doubled = invalidRequest('The request has more than one Authorization field.')
  const malformed = invalidRequest('The Authorization field is not Bearer and one token.')
  // "Clients MUST NOT pass access tokens in a URI query parameter" (RFC 9700 §4.3.2). It is a 400 and no 401, even where
  // no other token is given: not credentials are wanting, the request has to be made in another way.
  const inQuery = invalidRequest('An access token belongs into the Authorization field, not into the query.')

  function invalidRequest (detail: string): () => StatusError {
    const challenge = bearerChallenge({ realm, error: 'invalid_request', error_description: detail })
    return repeat(badRequest(detail, { code: 'INVALID_REQUEST', headers: { 'www-authenticate': challenge } }))
  }

  return function tokenOf ({ raw: { rawHeaders }, headers: { authorization }, query }) {
    if ((query as Record<string, unknown>)['access_token'] !== undefined) throw inQuery()
    if (authorization === undefined) throw missing()
    if (linesOf(rawHeaders, 'authorization') > 1) throw doubled()
    if (!scheme.test(authorization)) throw missing()
    const token = credentials.exec(authorization)?.[1]
    if (token === undefined) throw malformed()
    return token
  }
}
