import type { FastifyInstance, RouteHandlerMethod, RouteOptions } from 'fastify'

/** A request for `/`, and the answers that are right: what the content says, by status. A GET is asked as HEAD too. */
export interface Question {
  readonly method?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly answers: Readonly<Record<number, RegExp>>
  readonly has?: Readonly<Record<string, RegExp>>
  readonly lacks?: readonly string[]
  readonly trailers?: Readonly<Record<string, string>>
}

/** Something that went wrong once, and what is near it. */
export interface Sample {
  readonly name: string
  readonly join?: (scope: FastifyInstance) => unknown
  readonly declare: (scope: FastifyInstance) => void
  readonly asks: readonly Question[]
  /** It is about what the plugin does for routes alone that it sees being declared. */
  readonly needsPlugin?: true
}

export type Options = Partial<RouteOptions>

export const success = /^\{"said":"a success"\}$/
export const nothing = /^$/
export const any = { 'if-none-match': '*' }

/** A problem of a status. */
export function problem (status: number, detail = ''): Record<number, RegExp> {
  return { [status]: new RegExp(`"status":${status}.*${detail}`) }
}

export function get (handler: RouteHandlerMethod, options: Options = {}): Sample['declare'] {
  return scope => { scope.get('/', { schema: { response: { 200: {}, 204: { type: 'null' } } }, ...options } as object, handler) }
}

/** Bodies that are held to 200 alone. */
export const only200: Options = { schema: { response: { 200: {} } } }

/** A handler that succeeds. */
export const said: RouteHandlerMethod = async (request, reply) => { reply.header('cache-control', 'private'); return { said: 'a success' } }
