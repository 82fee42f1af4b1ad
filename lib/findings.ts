import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { badRequest, type Finding, type StatusError } from './errors.ts'

/** How many findings an answer holds at most. */
export const limit = 20

/** The parts of a request in the order in which Fastify validates them, and where OpenAPI says they are. */
const parts = [
  { name: 'params', property: 'params', in: 'path' },
  { name: 'body', property: 'body', in: 'body' },
  { name: 'querystring', property: 'query', in: 'query' },
  { name: 'headers', property: 'headers', in: 'header' }
] as const

type Part = typeof parts[number]

/** An error as Fastify's validation makes it. */
export interface ValidationError {
  validationContext: Part['name']
  /** Not there where the compiler in use tells with an error of its own. */
  validation?: unknown
}

/** Whether Fastify's validation refused the request with this error. */
export function isValidationError (error: unknown): error is ValidationError {
  return error instanceof Error && parts.some(({ name }) => name === (error as Partial<ValidationError>).validationContext)
}

/**
 * The 400 for a request that its schemas refuse. Fastify stops at the first part that fails;
 * the parts behind it are validated here, so that one answer tells everything.
 */
export function validationFailed (error: ValidationError, request: FastifyRequest): StatusError {
  const failed = parts.findIndex(({ name }) => name === error.validationContext)
  const errors = parts.slice(failed).flatMap((part, index) =>
    findingsIn(part, request, index === 0 ? error.validation ?? [{}] : validate(part, request))
  ).slice(0, limit)

  const count = errors.length === 1 ? '1 invalid parameter' : `${errors.length} invalid parameters`
  return badRequest(`The request has ${count}.`, { code: 'VALIDATION_FAILED', errors })
}

function validate (part: Part, request: FastifyRequest): unknown {
  const compiled = request.getValidationFunction(part.name)
  // A body with a schema for each media type has as many validators
  const validator = typeof compiled === 'object' ? compiled[request.mediaType as string] : compiled
  if (typeof validator !== 'function') return []
  const result: unknown = validator(request[part.property] ?? null)
  if (result === false) return validator.errors
  // An asynchronous schema is only validated where it comes first: this answer doesn't wait
  if (result instanceof Promise) result.catch(() => {})
  return []
}

function findingsIn (part: Part, request: FastifyRequest, errors: unknown): Finding[] {
  if (!Array.isArray(errors) || errors.length === 0) return []
  if (part.name === 'body' && request.body === undefined) {
    return [{ in: part.in, pointer: '', code: 'required', detail: 'must have a body' }]
  }
  return errors.slice(0, limit).map(error => findingOf(part, error))
}

function findingOf (part: Part, { instancePath = '', keyword, message, params }: Partial<FastifySchemaValidationError>): Finding {
  // Only Ajv names a keyword; the params of other validators hold received values
  const property = keyword && (params?.['missingProperty'] ?? params?.['additionalProperty'] ?? params?.['unevaluatedProperty'])
  return {
    in: part.in,
    pointer: bounded(typeof property === 'string' ? `${instancePath}/${escape(property)}` : instancePath),
    code: keyword ?? 'invalid',
    detail: message ?? 'must be valid'
  }
}

/** RFC 6901 §3 */
function escape (token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** A pointer holds names that the client chose: one that is too long points to the last object that fits. */
function bounded (pointer: string): string {
  return pointer.length <= 256 ? pointer : pointer.slice(0, pointer.lastIndexOf('/', 256))
}
