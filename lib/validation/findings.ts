import type { ErrorObject } from 'ajv'
import type { FastifyRequest } from 'fastify'
import type { Finding, Refusal } from '../../types/refusals.ts'
import { badRequest, noFields, StatusError } from '../contract/errors.ts'
import { mostFindings } from '../contract/problem.ts'

/** How long a pointer is at most. */
export const longest = 256

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
  statusCode: number
  /** Not there where the compiler in use tells with an error of its own; `true` where that is Ajv's. */
  validation?: unknown
  errors?: unknown
}

/** Whether Fastify's validation refused the request with this error. A validator that throws doesn't refuse: that is a 500. */
export function isValidationError (error: unknown): error is ValidationError {
  if (!(error instanceof Error)) return false
  const { validationContext, statusCode } = error as Partial<ValidationError>
  return parts.some(({ name }) => name === validationContext) && !(statusCode! >= 500)
}

/**
 * The 400 for a request that its schemas refuse. Fastify stops at the first part that fails;
 * the parts behind it are validated here, so that one answer tells everything. It is no second error: Fastify has
 * thrown one.
 */
export function validationFailed (error: ValidationError, request: FastifyRequest): Refusal {
  const failed = parts.findIndex(({ name }) => name === error.validationContext)
  const findings = findingsIn(parts[failed]!, request, listOf(error.validation === true ? error.errors : error.validation))
  for (const part of parts.slice(failed + 1)) findings.push(...findingsIn(part, request, validate(part, request)))
  return invalid(findings)
}

/**
 * The 400 for a body that Fastify wouldn't validate: where the route has a schema for each media type,
 * one that is missing or has another type.
 */
export function bodyUnvalidated (request: FastifyRequest): StatusError | undefined {
  const validators = request.getValidationFunction('body')
  if (typeof validators !== 'object' || Object.hasOwn(validators, String(request.mediaType))) return undefined
  if (request.body !== undefined) return new StatusError(415, 'The route does not take this media type.')
  const { message, ...options } = invalid(parts.flatMap(part => findingsIn(part, request, part.name === 'body' ? [{}] : validate(part, request))))
  return badRequest(message, options)
}

function invalid (findings: Finding[]) {
  const errors = findings.slice(0, mostFindings)
  const count = errors.length === 1 ? '1 invalid parameter' : `${errors.length} invalid parameters`
  return { status: 400, originalStatus: 400, code: 'VALIDATION_FAILED', message: `The request has ${count}.`, headers: noFields, errors } as const
}

function validate (part: Part, request: FastifyRequest): unknown[] {
  const compiled = request.getValidationFunction(part.name)
  // A body with a schema for each media type has as many validators
  const validator = typeof compiled === 'object' ? compiled[request.mediaType as string] : compiled
  if (typeof validator !== 'function') return []
  const result: unknown = validator(request[part.property] ?? null)
  if (result === false) return listOf(validator.errors)
  // An asynchronous schema is only validated where it comes first: this answer doesn't wait
  if (result instanceof Promise) result.catch(() => {})
  const { error } = Object(result) as { error?: unknown }
  return error === undefined || error === null ? [] : listOf(error)
}

/** What a validator says. One that doesn't list what is wrong may have received values in what it says instead. */
function listOf (errors: unknown): unknown[] {
  return Array.isArray(errors) && errors.length > 0 ? errors : [{}]
}

function findingsIn (part: Part, request: FastifyRequest, errors: unknown[]): Finding[] {
  if (errors.length === 0) return []
  if (part.name === 'body' && request.body === undefined) {
    return [{ in: part.in, pointer: '', code: 'required', detail: 'must have a body' }]
  }
  return errors.slice(0, mostFindings).map(error => findingOf(part, Object(error)))
}

function findingOf (part: Part, { instancePath = '', keyword, message, params, propertyName }: Partial<ErrorObject>): Finding {
  // Only Ajv names a keyword; the params of other validators hold received values
  const property = keyword === undefined ? undefined : propertyName ?? propertyOf(params)
  return {
    in: part.in,
    pointer: bounded(typeof property === 'string' ? `${instancePath}/${escape(property.slice(0, longest))}` : `${instancePath}`),
    code: keyword ?? 'invalid',
    detail: message ?? 'must be valid'
  }
}

/** The property that an error of Ajv is about, where its path doesn't lead to it. */
function propertyOf (params: Record<string, unknown> = {}): unknown {
  // JSON Type Definition's path does
  if (params['error'] === 'additional') return undefined
  return params['missingProperty'] ?? params['additionalProperty'] ?? params['unevaluatedProperty'] ?? params['propertyName']
}

/** RFC 6901 §3 */
function escape (token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** A pointer holds names that the client chose: one that is too long points to the last object that fits. */
function bounded (pointer: string): string {
  return pointer.length <= longest ? pointer : pointer.slice(0, Math.max(pointer.lastIndexOf('/', longest), 0))
}
