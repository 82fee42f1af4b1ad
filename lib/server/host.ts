import type { IncomingMessage } from 'node:http'
import { badRequest, repeat, type StatusError } from '../contract/errors.ts'
import { linesOf } from '../http/field-lines.ts'

const noHost = repeat(badRequest('The request has no Host.', { code: 'HOST_REQUIRED' }))
const badHost = repeat(badRequest('The request has more than one Host, or one that is none.', { code: 'HOST_INVALID' }))

/** RFC 3986 §3.2.2 and §3.2.3; empty where the target has no authority. */
const hostValue = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d*)?$/i

type MaybeRead = Pick<IncomingMessage, 'headers' | 'httpVersion'> & { rawHeaders: string[] | undefined }

/**
 * What is wrong with the `Host` of a request, if anything.
 *
 * @param request one without raw header fields was made in the process, as `injectWS()` of @fastify/websocket makes it, and
 * read from no connection: no rule of the wire is for it
 */
export function wrongHost ({ headers: { host }, rawHeaders, httpVersion }: MaybeRead): StatusError | undefined {
  if (rawHeaders === undefined) return undefined
  // "A server MUST respond with a 400 […] to any HTTP/1.1 request message that lacks a Host header field and to any
  // request message that contains more than one Host header field line" (RFC 9112 §3.2)
  if (host === undefined) return httpVersion === '1.1' ? noHost() : undefined
  // "[…] or a Host header field with an invalid field value"
  return linesOf(rawHeaders, 'host') > 1 || !hostValue.test(host) ? badHost() : undefined
}
