import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { notFound } from '../../lib/index.ts'

/** Stands in all that isn't for the client. If it is in an answer, something has leaked. */
export const marker = 'MARKER-5ea115'

/**
 * What an answer is, for those who add to it: content made of a text or an object, a stream, nothing (204 or 304), an error
 * that was thrown, what the plugin holds back in exchange for a refusal, or a route that is closed to the client.
 */
export type Kind = 'text' | 'object' | 'stream' | 'nothing' | 'thrown' | 'held' | 'closed'

/** A route, and how it answers any method. */
export interface Row {
  readonly name: string
  readonly kind: Kind
  /** The status of the answer to a request without conditions. */
  readonly status: number
  /** Who gives a 200 to GET and HEAD its entity tag; nobody, where it is left out. */
  readonly tag?: 'plugin' | 'handler'
  readonly response: object
  handler (request: FastifyRequest, reply: FastifyReply): Promise<unknown>
}

const text = 'What a route says is long enough for a content coding to make it shorter: long, long, long, long, long.'
const anything = { 200: {} }
const cached = { 'cache-control': 'private, max-age=1' }

/** Sets what a cache needs, and leaves what others vary by. */
function cacheable (reply: FastifyReply): FastifyReply {
  const others = reply.getHeader('vary')
  return reply.headers({ ...cached, vary: others === undefined ? 'accept-language' : `${String(others)}, accept-language` })
}

/** What the client sent, so that a body that is lost on the way is noticed. */
function said ({ body }: FastifyRequest): string {
  return body === undefined ? text : text + JSON.stringify(body)
}

export const rows: readonly Row[] = [
  { name: 'text', kind: 'text', status: 200, tag: 'plugin', response: anything, handler: async (request, reply) => { cacheable(reply); return said(request) } },
  { name: 'object', kind: 'object', status: 200, tag: 'plugin', response: { 200: { type: 'object', properties: { said: { type: 'string' } } } }, handler: async (request, reply) => { cacheable(reply); return { said: said(request), secret: marker } } },
  { name: 'buffer', kind: 'text', status: 200, tag: 'plugin', response: anything, handler: async (request, reply) => { cacheable(reply); return Buffer.from(said(request)) } },
  { name: 'stream', kind: 'stream', status: 200, response: anything, handler: async (request, reply) => cacheable(reply).type('text/plain').send(Readable.from([said(request), text])) },
  // Fastify writes the fields of a web Response over those of the reply, so this one says nothing of Vary
  { name: 'web Response', kind: 'stream', status: 200, response: anything, handler: async request => new Response(said(request), { headers: { ...cached, 'content-type': 'text/plain', 'x-own': 'a' } }) },
  {
    name: 'versioned',
    kind: 'text',
    status: 200,
    tag: 'handler',
    response: anything,
    handler: async (request, reply) => cacheable(reply).isNotModified({ etag: 'v1' }) ? reply.notModified() : said(request)
  },
  { name: '204', kind: 'nothing', status: 204, response: { 204: { type: 'null' } }, handler: async (request, reply) => reply.header('x-own', 'a').noContent() },
  { name: 'thrown refusal', kind: 'thrown', status: 404, response: anything, handler: async (request, reply) => { cacheable(reply); throw notFound('No such thing.') } },
  {
    name: 'thrown Error',
    kind: 'thrown',
    status: 500,
    response: anything,
    handler: async (request, reply) => {
      cacheable(reply)
      throw Object.assign(new Error(marker), { statusCode: 404, code: marker, headers: { 'x-leak': marker } })
    }
  },
  { name: 'sent refusal', kind: 'held', status: 400, response: anything, handler: async (request, reply) => cacheable(reply).code(409).send({ message: 'There is one.' }) },
  { name: 'undeclared success', kind: 'held', status: 500, response: anything, handler: async (request, reply) => cacheable(reply).code(202).send({ secret: marker }) },
  { name: 'closed', kind: 'closed', status: 401, response: anything, handler: async () => marker }
]

/** The path of a row's route. */
export function pathOf (name: string): string {
  return `/${name.replaceAll(' ', '-')}`
}

/** The methods that each route is asked with. */
export const methods = ['GET', 'HEAD', 'OPTIONS', 'POST'] as const

/** A request with conditions, once the tag of the 200 is known. */
export interface Condition {
  readonly name: string
  readonly methods: readonly string[]
  /** The status that RFC 9110 §13.2.2 asks for, `undefined` where the condition is not asked of a row. */
  status (row: Row): number | undefined
  fields (tag: string | undefined): Record<string, string>
  /** A plugin that makes tags need not know of it: asked where this plugin or the handler evaluates it. */
  readonly isRare?: true
}

const reads = ['GET', 'HEAD']

export const conditions: readonly Condition[] = [
  { name: 'If-None-Match with its tag', methods: reads, status: ({ tag }) => tag && 304, fields: tag => ({ 'if-none-match': tag! }) },
  { name: 'If-None-Match: *', methods: reads, status: ({ tag }) => tag && 304, fields: () => ({ 'if-none-match': '*' }), isRare: true },
  { name: 'If-Match with another tag', methods: reads, status: ({ tag }) => tag && 400, fields: () => ({ 'if-match': '"other"' }), isRare: true },
  { name: 'If-None-Match with its tag', methods: ['POST'], status: ({ tag }) => tag === 'handler' ? 400 : undefined, fields: () => ({ 'if-none-match': '"v1"' }) },
  // "A server MUST ignore all received preconditions if its response to the same request without those conditions […] would
  // have been a status code other than a 2xx (Successful) or 412 (Precondition Failed)" (§13.2.1); streams have no tag to compare
  { name: 'If-None-Match that changes nothing', methods: reads, status: ({ status, kind }) => status >= 400 || kind === 'stream' ? status : undefined, fields: (tag = '*') => ({ 'if-none-match': tag }) }
]
