import type { FastifyReply } from 'fastify'
import { trailersOf } from '../fastify/internals.ts'

/** Header fields that describe and frame the content of a response (RFC 9110 §8, RFC 9112 §6). */
const contentFields = [
  'content-type', 'content-length', 'content-encoding', 'content-language', 'content-range', 'content-disposition',
  'content-digest', 'repr-digest', 'accept-ranges', 'transfer-encoding', 'trailer'
]

/** Header fields that tell of a resource, or of how long its representation may be kept. */
const resourceFields = ['content-location', 'etag', 'last-modified', 'cache-control', 'cdn-cache-control', 'expires', 'location']

const framing = ['content-length', 'transfer-encoding', 'trailer']

const content: ReadonlySet<string> = new Set(contentFields)
const representation: ReadonlySet<string> = new Set([...contentFields, ...resourceFields])

/** Drops the fields that describe content: the response has none, or another. */
export function dropContent (reply: FastifyReply): void {
  drop(reply, content, reply.getHeaders())
  dropTrailers(reply)
}

/** Drops what frames content: a 204 has none, whatever else is told of the resource (RFC 9110 §8.6, RFC 9112 §6.1). */
export function dropFraming (reply: FastifyReply): void {
  for (const name of framing) {
    if (reply.hasHeader(name)) reply.removeHeader(name)
  }
  dropTrailers(reply)
}

/** Drops the trailers, which come behind content and frame it (RFC 9112 §7.1.2). */
export function dropTrailers (reply: FastifyReply): void {
  for (const name of trailersOf(reply)) reply.removeTrailer(name)
}

/**
 * Drops all that was set for a success that didn't come, its reason phrase too. What hooks set for every answer stays.
 *
 * @param fields the header fields that the reply has
 */
export function dropRepresentation (reply: FastifyReply, fields: Readonly<Record<string, unknown>> = reply.getHeaders()): void {
  drop(reply, representation, fields)
  dropTrailers(reply)
  delete (reply.raw as { statusMessage?: string }).statusMessage
}

/** Sets the header fields that an error brings, but for those that describe content, which isn't its own. */
export function setErrorFields (reply: FastifyReply, fields: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(fields)) {
    if (!content.has(name.toLowerCase())) reply.header(name, fields[name])
  }
}

function drop (reply: FastifyReply, names: ReadonlySet<string>, fields: Readonly<Record<string, unknown>>): void {
  for (const name in fields) {
    if (names.has(name)) reply.removeHeader(name)
  }
}
