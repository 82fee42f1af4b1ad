import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import { Type, type TSchema } from '@sinclair/typebox'
import type { Finding } from './errors.ts'
import { refusals, type RefusalStatus } from './status.ts'

/** What a refusal says: RFC 9457 §3.1, and this contract's extensions of it (§3.2). */
export interface Problem {
  type: 'about:blank'
  /** The status's reason phrase. */
  title: string
  status: RefusalStatus
  /** A stable constant for programs. */
  code: string
  /** A sentence for people. */
  detail: string
  /** The path of the request, without its query. */
  instance: string
  requestId: string
  /** The findings of a 400, at most twenty. */
  errors?: readonly Finding[]
}

/** A body of the user's own. */
export interface CustomFormat {
  contentType: string
  /** The schema of what `body` returns, for the serializer and the OpenAPI document. It needs an `$id`. */
  schema: TSchema
  /** Makes the body. */
  body (problem: Problem): unknown
}

/** How a refusal is written. */
export interface Format {
  readonly contentType: string
  /** The schema of the body of each code. */
  readonly schemas: ReadonlyMap<RefusalStatus, TSchema>
  /** The body as text. */
  serialize (problem: Problem): string
}

const finding = Type.Object({
  in: Type.Unsafe<Finding['in']>({ type: 'string', enum: ['path', 'query', 'header', 'body'] }),
  pointer: Type.String({ format: 'json-pointer' }),
  code: Type.String(),
  detail: Type.String()
})

const fields = Type.Object({}, { additionalProperties: Type.String() })

/** RFC 9457. */
const problem = format('application/problem+json', row => Type.Object({
  type: Type.Literal('about:blank'),
  title: Type.Literal(row.phrase),
  status: Type.Literal(row.code),
  code: Type.String(),
  detail: Type.String(),
  instance: Type.String({ format: 'uri-reference' }),
  requestId: Type.String(),
  ...(row.code === 400 && { errors: Type.Optional(Type.Array(finding, { maxItems: 20 })) })
}, { $id: `${row.phrase.replaceAll(' ', '')}Problem` }), problem => problem)

/** Platform of Trust's own body. */
const envelope = format('application/json', row => Type.Object({
  error: Type.Object({
    status: Type.Literal(row.code),
    error: Type.String(),
    message: Type.String(),
    ...(row.code === 400 && { fields: Type.Optional(fields) })
  })
}, { $id: `${row.phrase.replaceAll(' ', '')}Error` }), ({ status, code, detail, errors }) => ({
  error: { status, error: code, message: detail, fields: errors && fieldsOf(errors) }
}))

/** The formats that come with the plugin, by name. */
export const formats = { problem, envelope }

/** A format of the user's own. */
export function customFormat ({ contentType, schema, body }: CustomFormat): Format {
  return format(contentType, () => schema, problem => {
    const made = body(problem)
    if (!(made instanceof Promise)) return made
    made.catch(() => {})
    throw new TypeError('Cannot write a refusal: body() must not be asynchronous')
  })
}

function format (contentType: string, schemaOf: (row: typeof refusals[number]) => TSchema, body: (problem: Problem) => unknown): Format {
  const compile = SerializerSelector()({}, {})
  const schemas = new Map(refusals.map(row => [row.code, schemaOf(row)]))
  const serializers = new Map(refusals.map(row => [
    row.code,
    compile({ schema: schemas.get(row.code), method: '', url: '', httpStatus: String(row.code) })
  ]))
  return {
    contentType,
    schemas,
    serialize: problem => serializers.get(problem.status)!(body(problem))
  }
}

/** Findings as the envelope has them: a parameter's name → a sentence, the first of each. */
function fieldsOf (errors: readonly Finding[]): Record<string, string> {
  const sentences: Record<string, string> = Object.create(null)
  for (const { in: part, pointer, detail } of errors) {
    sentences[nameOf(pointer) || part] ??= detail
  }
  return sentences
}

/** RFC 6901 pointer → dotted name: `/address/street` → `address.street`. */
function nameOf (pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
}
