import type { RouteOptions } from 'fastify'
import { accessOf } from './access.ts'
import type { Settings } from './options.ts'
import { isRefusalStatus, rowOf, type Status } from './status.ts'

/** A route's options, with what @fastify/swagger reads of its schema. */
export type DocumentedRoute = Omit<RouteOptions, 'schema'> & { schema?: Record<string, any> }

/** The header fields that belong to a code, as @fastify/swagger has them. */
const headers: Readonly<Record<string, object>> = {
  Location: { type: 'string', format: 'uri-reference', description: 'Where the resource is' },
  ETag: { type: 'string', description: 'Its entity tag' },
  'WWW-Authenticate': { type: 'string', description: 'How to authenticate' },
  'Retry-After': { type: 'integer', minimum: 0, description: 'When to try again, in seconds' }
}

/** Completes what the OpenAPI document says of a route: the answers to `codes`, and `security`. */
export function documentRoute (route: DocumentedRoute, codes: readonly Status[], settings: Settings): void {
  const { schema = {} } = route
  const security = schema['security'] ?? securityOf(route, settings)
  route.schema = {
    ...schema,
    ...(security !== undefined && { security }),
    response: Object.fromEntries(codes.map(code => [code, responseOf(code, headerOf(code, codes), schema, settings)]))
  }
}

function securityOf ({ config }: DocumentedRoute, { authenticate, securityScheme }: Settings): object[] | undefined {
  if (authenticate === undefined || securityScheme === undefined) return undefined
  const access = accessOf(config)
  if (access === 'public') return []
  return [{ [securityScheme]: typeof access === 'object' ? access.scopes : [] }]
}

/** A code's own header field; a tag where the route revalidates. */
function headerOf (code: Status, codes: readonly Status[]): string | undefined {
  return rowOf(code).header ?? (codes.includes(304) && (code === 200 || code === 304) ? 'ETag' : undefined)
}

function responseOf (code: Status, header: string | undefined, { response = {}, produces = ['application/json'] }: Record<string, any>, { format }: Settings): object {
  const declared = response[code] ?? response['2xx'] ?? response['2XX'] ?? response['default'] ?? {}
  const { meaning, carries } = rowOf(code)
  const common = {
    description: declared['x-response-description'] ?? declared.description ?? meaning,
    ...(header !== undefined && { headers: { [header]: headers[header] } })
  }
  if (isRefusalStatus(code)) return { ...common, content: { [format.contentType]: { schema: { $ref: `${format.schemas.get(code)!.$id!}#` } } } }
  if (carries === 'nothing') return { ...common, type: 'null' }
  return { ...common, content: declared.content ?? Object.fromEntries(produces.map((type: string) => [type, { schema: declared }])) }
}
