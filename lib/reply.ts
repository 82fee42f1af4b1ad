import type { FastifyInstance, FastifyReply } from 'fastify'
import { dropContent } from './representation.ts'
import { encodeUri } from './uri.ts'

/** What `reply` gains: one helper for each code that is more than a status. */
const helpers = { created, noContent, notModified }

/** Decorates the scope's replies, unless a scope above has done so. */
export function decorateReplies (instance: FastifyInstance): void {
  for (const [name, helper] of Object.entries(helpers)) {
    if (!instance.hasReplyDecorator(name)) instance.decorateReply(name, helper)
  }
}

function created (this: FastifyReply, location: string | URL, body: unknown): FastifyReply {
  if (typeof location !== 'string' && !(location instanceof URL)) {
    throw new TypeError('Cannot answer 201: the location is neither a string nor a URL')
  }
  return this.code(201).header('location', encodeUri(String(location))).send(body)
}

function noContent (this: FastifyReply): FastifyReply {
  dropContent(this)
  return this.code(204).send()
}

function notModified (this: FastifyReply): FastifyReply {
  const { method, headers } = this.request
  const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined
  if (!isConditional || !(method === 'GET' || method === 'HEAD')) {
    throw new Error('Cannot answer 304: the request is no conditional GET or HEAD, so the client has nothing to reuse')
  }
  dropContent(this)
  return this.code(304).send()
}
