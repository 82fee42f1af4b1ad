import { SerializerSelector } from '@fastify/fast-json-stringify-compiler'
import type { CustomFormat, Finding, Problem } from '../../types/refusals.ts'
import { mostFindings } from './problem.ts'
import type { Contract, StatusRow } from './status.ts'

/** How a refusal is written. */
export interface Format {
  readonly contentType: string
  /** The schema of the body of each code. */
  readonly schemas: ReadonlyMap<number, Schema>
  /** The body as text. */
  serialize (problem: Problem): string
}

/** A JSON Schema. Written as it is: TypeBox, which makes them, takes longer to load than all the rest. */
type Schema = Readonly<Record<string, unknown>> & { readonly $id?: string }

const text = { type: 'string' }

const finding = {
  type: 'object',
  required: ['in', 'pointer', 'code', 'detail'],
  properties: { in: { type: 'string', enum: ['path', 'query', 'header', 'body'] }, pointer: { type: 'string', format: 'json-pointer' }, code: text, detail: text }
}

const fields = { type: 'object', properties: {}, additionalProperties: text }

interface Style {
  contentType: string
  schemaOf: (row: StatusRow) => Schema
  body: (problem: Problem) => unknown
}

/** RFC 9457. */
const problem: Style = {
  contentType: 'application/problem+json',
  schemaOf: row => ({
    $id: `${nameOf(row)}Problem`,
    type: 'object',
    required: ['type', 'title', 'status', 'code', 'detail'],
    properties: {
      type: { type: 'string', const: 'about:blank' },
      title: { type: 'string', const: row.phrase },
      status: { type: 'number', const: row.code },
      code: text,
      detail: text,
      instance: { type: 'string', format: 'uri-reference' },
      requestId: text,
      ...(row.code === 400 && { errors: { type: 'array', items: finding, maxItems: mostFindings } })
    }
  }),
  body: problem => problem
}

/** Platform of Trust's own body. */
const envelope: Style = {
  contentType: 'application/json',
  schemaOf: row => ({
    $id: `${nameOf(row)}Envelope`,
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['status', 'error', 'message'],
        properties: { status: { type: 'number', const: row.code }, error: text, message: text, ...(row.code === 400 && { fields }) }
      }
    }
  }),
  body: ({ status, code, detail, errors }) => ({ error: { status, error: code, message: detail, fields: errors && fieldsOf(errors) } })
}

/** The formats that come with the plugin, by name. */
export const styles = { problem, envelope }

/** The format that the options name or bring, for the refusals of a contract. */
export function formatOf (option: keyof typeof styles | CustomFormat, contract: Contract): Format {
  const { contentType, schemaOf, body } = typeof option === 'string' ? styles[option] : styleOf(option)
  const compile = SerializerSelector()({}, {})
  const schemas = new Map<number, Schema>()
  const serializers = new Map<number, (body: unknown) => string>()
  for (const row of contract.values()) {
    if (row.carries !== 'problem') continue
    const schema = schemaOf(row)
    schemas.set(row.code, schema)
    serializers.set(row.code, compile({ schema, method: '', url: '', httpStatus: String(row.code) }))
  }
  return { contentType, schemas, serialize: problem => serializers.get(problem.status)!(body(problem)) }
}

function styleOf ({ contentType, schema, body }: CustomFormat): Style {
  return {
    contentType,
    schemaOf: () => schema,
    body: problem => {
      const made = body(problem)
      if (!(made instanceof Promise)) return made
      made.catch(() => {})
      throw new TypeError('Cannot write a refusal: body() must not be asynchronous')
    }
  }
}

/** `Not Found` → `NotFound` */
function nameOf ({ phrase }: StatusRow): string {
  return phrase.replace(/\W/g, '')
}

/** Findings as the envelope has them: a parameter's name → a sentence, the first of each. */
function fieldsOf (errors: readonly Finding[]): Record<string, string> {
  const sentences: Record<string, string> = Object.create(null)
  for (const { in: part, pointer, detail } of errors) {
    sentences[dotted(pointer) || part] ??= detail
  }
  return sentences
}

/** RFC 6901 pointer → dotted name: `/address/street` → `address.street`. */
function dotted (pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
}
