import type { FastifyReply } from 'fastify'

/** Header fields that describe and frame the content of a response (RFC 9110 §8, RFC 9112 §6). */
const contentFields = [
  'content-type', 'content-length', 'content-encoding', 'content-language', 'content-range', 'content-disposition',
  'content-digest', 'repr-digest', 'accept-ranges', 'transfer-encoding', 'trailer'
]

/** Header fields that tell of a resource, or of how long its representation may be kept. */
const resourceFields = ['content-location', 'etag', 'last-modified', 'cache-control', 'cdn-cache-control', 'expires', 'location']

const content: ReadonlySet<string> = new Set(contentFields)
const representation: ReadonlySet<string> = new Set([...contentFields, ...resourceFields])

/** Drops the fields that describe content: the response has none, or another. */
export function dropContent (reply: FastifyReply): void {
  drop(reply, content)
}

/** Drops all that was set for a success that didn't come, its reason phrase too. What hooks set for every answer stays. */
export function dropRepresentation (reply: FastifyReply): void {
  drop(reply, representation)
  delete (reply.raw as { statusMessage?: string }).statusMessage
}

function drop (reply: FastifyReply, fields: ReadonlySet<string>): void {
  for (const name in reply.getHeaders()) {
    if (fields.has(name)) reply.removeHeader(name)
  }
}
