import type { Finding } from '../../types/refusals.ts'

/** Stands in every value that these requests carry. If it is in an answer, something has come back. */
export const marker = 'MARKER-51c0de'

type Schemas = Partial<Record<'params' | 'querystring' | 'headers' | 'body', object>>
type Sent = { path?: string, query?: string, headers?: Record<string, string>, body?: unknown }

/** One thing that is wrong with a request to `POST /things/:id`, and the one finding it must give. */
export interface Mistake {
  title: string
  schemas: Schemas
  sent: Sent
  finding: Finding
}

const text = { type: 'string' }
const integer = { type: 'integer' }

/** An object with one property. */
function object (name: string, schema: object, rest: object = {}) {
  return { type: 'object', properties: { [name]: schema }, ...rest }
}

/** An object that must have a property. */
function needs (name: string) {
  return object(name, text, { required: [name] })
}

export const mistakes: readonly Mistake[] = [
  // Missing
  { title: 'a path parameter that the route has no name for', schemas: { params: needs('name') }, sent: {}, finding: { in: 'path', pointer: '/name', code: 'required', detail: "must have required property 'name'" } },
  { title: 'a missing query parameter', schemas: { querystring: needs('page') }, sent: {}, finding: { in: 'query', pointer: '/page', code: 'required', detail: "must have required property 'page'" } },
  { title: 'a missing header field', schemas: { headers: needs('X-Tenant') }, sent: {}, finding: { in: 'header', pointer: '/x-tenant', code: 'required', detail: "must have required property 'x-tenant'" } },
  { title: 'a missing property', schemas: { body: needs('name') }, sent: { body: {} }, finding: { in: 'body', pointer: '/name', code: 'required', detail: "must have required property 'name'" } },
  { title: 'a missing property of an object in an array', schemas: { body: { type: 'array', items: needs('name') } }, sent: { body: [{ name: 'a' }, {}] }, finding: { in: 'body', pointer: '/1/name', code: 'required', detail: "must have required property 'name'" } },
  { title: 'a property that another one needs', schemas: { body: { type: 'object', dependencies: { card: ['owner'] } } }, sent: { body: { card: marker } }, finding: { in: 'body', pointer: '/owner', code: 'dependencies', detail: 'must have property owner when property card is present' } },
  { title: 'a missing body', schemas: { body: needs('name') }, sent: {}, finding: { in: 'body', pointer: '', code: 'required', detail: 'must have a body' } },

  // RFC 6901 §3: ~ is written ~0 and / is written ~1
  { title: 'a missing property with / in its name', schemas: { body: needs('a/b') }, sent: { body: {} }, finding: { in: 'body', pointer: '/a~1b', code: 'required', detail: "must have required property 'a/b'" } },
  { title: 'a missing property with ~ in its name', schemas: { body: needs('m~n') }, sent: { body: {} }, finding: { in: 'body', pointer: '/m~0n', code: 'required', detail: "must have required property 'm~n'" } },
  { title: 'a property named ~1', schemas: { body: object('~1', integer) }, sent: { body: { '~1': marker } }, finding: { in: 'body', pointer: '/~01', code: 'type', detail: 'must be integer' } },
  { title: 'a property that the client names', schemas: { body: { type: 'object', additionalProperties: integer } }, sent: { body: { 'a/~b': marker } }, finding: { in: 'body', pointer: '/a~1~0b', code: 'type', detail: 'must be integer' } },
  { title: 'a property of a property that the client names', schemas: { body: { type: 'object', additionalProperties: { type: 'array', items: integer } } }, sent: { body: { 'a/~b': [1, marker] } }, finding: { in: 'body', pointer: '/a~1~0b/1', code: 'type', detail: 'must be integer' } },
  { title: 'a property that a reference leads to', schemas: { body: { $ref: 'List#' } }, sent: { body: { next: { next: { value: marker } } } }, finding: { in: 'body', pointer: '/next/next/value', code: 'type', detail: 'must be integer' } },

  // Wrong types: the body isn't coerced
  { title: 'a body of the wrong type', schemas: { body: needs('name') }, sent: { body: [marker] }, finding: { in: 'body', pointer: '', code: 'type', detail: 'must be object' } },
  { title: 'a body that is null', schemas: { body: needs('name') }, sent: { body: null }, finding: { in: 'body', pointer: '', code: 'type', detail: 'must be object' } },
  { title: 'a number as a string in the body', schemas: { body: object('age', integer) }, sent: { body: { age: '5' } }, finding: { in: 'body', pointer: '/age', code: 'type', detail: 'must be integer' } },
  { title: 'a string as a number in the body', schemas: { body: object('name', text) }, sent: { body: { name: 5 } }, finding: { in: 'body', pointer: '/name', code: 'type', detail: 'must be string' } },
  { title: 'a boolean as a string in the body', schemas: { body: object('on', { type: 'boolean' }) }, sent: { body: { on: 'true' } }, finding: { in: 'body', pointer: '/on', code: 'type', detail: 'must be boolean' } },
  { title: 'null for a string in the body', schemas: { body: object('name', text) }, sent: { body: { name: null } }, finding: { in: 'body', pointer: '/name', code: 'type', detail: 'must be string' } },
  { title: 'a single value for an array in the body', schemas: { body: object('tags', { type: 'array', items: text }) }, sent: { body: { tags: marker } }, finding: { in: 'body', pointer: '/tags', code: 'type', detail: 'must be array' } },
  { title: 'what is no integer in the path', schemas: { params: object('id', integer) }, sent: { path: marker }, finding: { in: 'path', pointer: '/id', code: 'type', detail: 'must be integer' } },
  { title: 'what is no integer in the query', schemas: { querystring: object('page', integer) }, sent: { query: `page=${marker}` }, finding: { in: 'query', pointer: '/page', code: 'type', detail: 'must be integer' } },
  { title: 'what is no boolean in a header field', schemas: { headers: object('x-flag', { type: 'boolean' }) }, sent: { headers: { 'x-flag': marker } }, finding: { in: 'header', pointer: '/x-flag', code: 'type', detail: 'must be boolean' } },
  { title: 'one wrong item of an array in the query', schemas: { querystring: object('ids', { type: 'array', items: integer }) }, sent: { query: `ids=1&ids=${marker}` }, finding: { in: 'query', pointer: '/ids/1', code: 'type', detail: 'must be integer' } },

  // Forbidden properties
  { title: 'an additional property in the body', schemas: { body: object('name', text, { additionalProperties: false }) }, sent: { body: { 'e/mail': marker } }, finding: { in: 'body', pointer: '/e~1mail', code: 'additionalProperties', detail: 'must NOT have additional properties' } },
  { title: 'an additional property deep in the body', schemas: { body: object('address', object('street', text, { additionalProperties: false })) }, sent: { body: { address: { zip: marker } } }, finding: { in: 'body', pointer: '/address/zip', code: 'additionalProperties', detail: 'must NOT have additional properties' } },
  { title: 'an additional query parameter', schemas: { querystring: object('page', integer, { additionalProperties: false }) }, sent: { query: `pgae=${marker}` }, finding: { in: 'query', pointer: '/pgae', code: 'additionalProperties', detail: 'must NOT have additional properties' } },
  { title: 'an additional path parameter', schemas: { params: object('name', text, { additionalProperties: false }) }, sent: { path: marker }, finding: { in: 'path', pointer: '/id', code: 'additionalProperties', detail: 'must NOT have additional properties' } },
  { title: 'too many items for a tuple', schemas: { body: { type: 'array', items: [text], minItems: 1, additionalItems: false } }, sent: { body: ['a', marker] }, finding: { in: 'body', pointer: '', code: 'additionalItems', detail: 'must NOT have more than 1 items' } },

  // Wrong values
  { title: 'a string that is too long', schemas: { body: object('name', { type: 'string', maxLength: 5, pattern: '^[a-z]+$' }) }, sent: { body: { name: marker } }, finding: { in: 'body', pointer: '/name', code: 'maxLength', detail: 'must NOT have more than 5 characters' } },
  { title: 'a string of the wrong format', schemas: { body: object('when', { type: 'string', format: 'date-time' }) }, sent: { body: { when: marker } }, finding: { in: 'body', pointer: '/when', code: 'format', detail: 'must match format "date-time"' } },
  { title: 'a string that doesn\'t match', schemas: { body: object('name', { type: 'string', pattern: '^[a-z]+$' }) }, sent: { body: { name: marker } }, finding: { in: 'body', pointer: '/name', code: 'pattern', detail: 'must match pattern "^[a-z]+$"' } },
  { title: 'a value that isn\'t in the list', schemas: { querystring: object('sort', { type: 'string', enum: ['name', 'age'] }) }, sent: { query: `sort=${marker}` }, finding: { in: 'query', pointer: '/sort', code: 'enum', detail: 'must be equal to one of the allowed values' } },
  { title: 'a value that isn\'t the constant', schemas: { body: object('kind', { const: 'a' }) }, sent: { body: { kind: marker } }, finding: { in: 'body', pointer: '/kind', code: 'const', detail: 'must be equal to constant' } },
  { title: 'a number that is too large', schemas: { querystring: object('page', { type: 'integer', maximum: 100 }) }, sent: { query: 'page=7391' }, finding: { in: 'query', pointer: '/page', code: 'maximum', detail: 'must be <= 100' } },
  { title: 'a number of the wrong format', schemas: { body: object('n', { type: ['number', 'string'], format: 'int32', maxLength: 5 }) }, sent: { body: { n: 2 ** 40 } }, finding: { in: 'body', pointer: '/n', code: 'format', detail: 'must match format "int32"' } },
  { title: 'items that are the same', schemas: { body: object('tags', { type: 'array', uniqueItems: true }) }, sent: { body: { tags: [marker, marker] } }, finding: { in: 'body', pointer: '/tags', code: 'uniqueItems', detail: 'must NOT have duplicate items (items ## 0 and 1 are identical)' } },
  { title: 'too many items, which are the same', schemas: { body: object('tags', { type: 'array', maxItems: 2, uniqueItems: true, items: integer, contains: { const: 1 } }) }, sent: { body: { tags: [marker, marker, marker] } }, finding: { in: 'body', pointer: '/tags', code: 'maxItems', detail: 'must NOT have more than 2 items' } },
  { title: 'no item that matches', schemas: { body: object('tags', { type: 'array', contains: { const: 'a' } }) }, sent: { body: { tags: [marker, 'b'] } }, finding: { in: 'body', pointer: '/tags', code: 'contains', detail: 'must contain at least 1 valid item(s)' } },
  { title: 'what must not be', schemas: { body: object('name', { not: { const: marker } }) }, sent: { body: { name: marker } }, finding: { in: 'body', pointer: '/name', code: 'not', detail: 'must NOT be valid' } }
]

/** A body that can't be read, sent to a route that needs one: the code of the 400. */
export interface Unreadable {
  title: string
  contentType?: string
  body: string
  code: string
}

const json = 'application/json'

export const unreadable: readonly Unreadable[] = [
  { title: 'malformed JSON', contentType: json, body: `{"name": ${marker}}`, code: 'INVALID_JSON_BODY' },
  { title: 'JSON that ends early', contentType: json, body: `{"name": "${marker}`, code: 'INVALID_JSON_BODY' },
  { title: 'JSON with more behind it', contentType: json, body: `{"name": "a"} ${marker}`, code: 'INVALID_JSON_BODY' },
  { title: 'an empty JSON body', contentType: json, body: '', code: 'EMPTY_JSON_BODY' },
  { title: '__proto__ in the body', contentType: json, body: `{"name": "a", "__proto__": {"admin": "${marker}"}}`, code: 'INVALID_JSON_BODY' },
  { title: '__proto__ deep in the body', contentType: json, body: `{"name": "a", "b": [{"__proto__": "${marker}"}]}`, code: 'INVALID_JSON_BODY' },
  { title: '__proto__ in escapes', contentType: json, body: `{"name": "a", "\\u005f_proto__": {"admin": "${marker}"}}`, code: 'INVALID_JSON_BODY' },
  { title: 'constructor.prototype in the body', contentType: json, body: `{"name": "a", "constructor": {"prototype": "${marker}"}}`, code: 'INVALID_JSON_BODY' },
  { title: 'a media type that nothing parses', contentType: 'application/xml', body: `<name>${marker}</name>`, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'what is no media type', contentType: marker, body: '{"name":"a"}', code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'no media type', body: '{"name":"a"}', code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'an empty media type', contentType: '', body: '{"name":"a"}', code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'text for an object', contentType: 'text/plain', body: marker, code: 'VALIDATION_FAILED' },
  { title: 'JSON null', contentType: json, body: 'null', code: 'VALIDATION_FAILED' },
  { title: 'a JSON string', contentType: json, body: `"${marker}"`, code: 'VALIDATION_FAILED' }
]

/** Fastify's default `bodyLimit`. */
const largest = 1024 * 1024

/** The longest JSON that isn't larger than Fastify allows: `head`, pieces with commas between them, `tail`. */
function fill (head: string, piece: (index: number) => string, tail: string): string {
  let text = head + piece(0)
  for (let index = 1; ; index++) {
    const next = `,${piece(index)}`
    if (text.length + next.length + tail.length > largest) return text + tail
    text += next
  }
}

function nested (open: string, core: string, close: string, levels: number): string {
  return open.repeat(levels) + core + close.repeat(levels)
}

/** A binary tree. */
function tree (levels: number, leaf: string): string {
  return levels === 0 ? leaf : `{"left":${tree(levels - 1, leaf)},"right":${tree(levels - 1, leaf)}}`
}

const many = Array.from({ length: 50 }, (_, index) => `p${index}`)
const twenty = `[${Array(20).fill('""')}]`

/** Shared schemas of `hostile` and `mistakes`. */
export const shared: readonly object[] = [
  { $id: 'List', type: 'object', properties: { value: integer, next: { $ref: 'List#' } } },
  { $id: 'Item', type: 'object', required: ['a'], properties: { a: integer, list: { $ref: 'List#' } } },
  { $id: 'Node', type: 'object', required: ['v'], properties: { v: integer, children: { type: 'array', items: { $ref: 'Node#' } } } },
  { $id: 'Tree', type: 'object', required: many, properties: { left: { $ref: 'Tree#' }, right: { $ref: 'Tree#' } } },
  {
    $id: 'Expression',
    anyOf: [
      ...['not', 'abs', 'neg'].map(kind => ({ type: 'object', required: ['kind', 'of'], properties: { kind: { const: kind }, of: { $ref: 'Expression#' } } })),
      { type: 'object', required: ['kind', 'of'], properties: { kind: { const: 'sum' }, of: { type: 'array', items: { $ref: 'Expression#' } } } },
      { type: 'object', required: ['kind', 'value'], properties: { kind: { const: 'number' }, value: { type: 'number' } } }
    ]
  }
]

/** An expression that is nested `levels` deep, in the union's third branch. */
export function expression (levels: number, core = '{"kind":"number","value":1}'): string {
  return nested('{"kind":"neg","of":', core, '}', levels)
}

/** What a client with the largest body can do with a schema, and a valid body of that size to compare with. */
export interface Attack {
  title: string
  schema: object
  valid: string
  hostile: string
}

export const attacks: readonly Attack[] = [
  { title: 'items of the wrong type', schema: { type: 'array', items: text }, valid: fill('[', () => '""', ']'), hostile: fill('[', () => '11', ']') },
  { title: 'items that are referred to', schema: { type: 'array', items: { $ref: 'Item#' } }, valid: fill('[', () => '{"a":1}', ']'), hostile: fill('[', () => '{"b":1}', ']') },
  { title: 'one wrong item at the end', schema: { type: 'array', items: { $ref: 'Item#' } }, valid: fill('[', () => '{"a":1}', ']'), hostile: fill('[', () => '{"a":1}', ',{}]') },
  { title: 'items of items', schema: { $ref: 'Node#' }, valid: fill('{"v":1,"children":[', () => '{"v":1,"children":[{"v":1}]}', ']}'), hostile: fill('{"v":"","children":[', () => '{"v":1,"children":[{"v":""}]}', ']}') },
  { title: 'unknown properties', schema: { type: 'object', properties: { tags: { type: 'object' } }, additionalProperties: false }, valid: fill('{"tags":{', index => `"k${index}":1`, '}}'), hostile: fill('{', index => `"k${index}":1`, '}') },
  { title: 'properties that match a pattern', schema: { type: 'object', patternProperties: { '^k': integer } }, valid: fill('{', index => `"k${index}":11`, '}'), hostile: fill('{', index => `"k${index}":""`, '}') },
  { title: 'names of properties', schema: { type: 'object', propertyNames: { pattern: '^k' } }, valid: fill('{', index => `"k${index}":1`, '}'), hostile: fill('{', index => `"x${index}":1`, '}') },
  { title: 'an array without what it must contain', schema: { type: 'array', contains: { $ref: 'Item#' } }, valid: fill('[', () => '{"b":1}', ',{"a":1}]'), hostile: fill('[', () => '{"b":1}', ']') },
  { title: 'a long string for a slow pattern', schema: { type: 'array', items: { type: 'string', maxLength: 20, pattern: '^(a+)+$' } }, valid: fill('[', () => `"${'a'.repeat(20)}"`, ']'), hostile: fill('[', () => `"${'a'.repeat(60)}!"`, ']') },
  { title: 'many objects that must differ', schema: { type: 'object', properties: { set: { type: 'array', maxItems: 10, uniqueItems: true, items: { type: 'object' } }, list: { type: 'array' } } }, valid: fill('{"list":[', index => `{"a":${index}}`, ']}'), hostile: fill('{"set":[', index => `{"a":${index}}`, ']}') },
  { title: 'items that match no branch', schema: { type: 'array', items: { anyOf: [object('a', integer, { required: ['a'] }), object('b', integer, { required: ['b'] })] } }, valid: fill('[', () => '{"b":1}', ']'), hostile: fill('[', () => '{"c":1}', ']') },
  { title: 'items of which the first branch refuses each', schema: { type: 'array', items: { anyOf: [{ type: 'array', items: integer }, { type: 'array', items: text }] } }, valid: fill('[', () => twenty, ']'), hostile: fill('[', () => twenty, ',1]') },
  { title: 'a union that refers to itself', schema: { $ref: 'Expression#' }, valid: fill('{"kind":"sum","of":[', () => expression(2), ']}'), hostile: fill('{"kind":"sum","of":[', () => expression(100, '1'), ']}') },
  { title: 'a tree that lacks everything', schema: { type: 'object', properties: { tree: { $ref: 'Tree#' }, list: { type: 'array', items: { type: 'object' } } } }, valid: fill('{"list":[', () => tree(2, '{}'), ']}'), hostile: `{"tree":${tree(15, '{}')}}` },
  { title: 'a long name above many wrong items', schema: { type: 'object', additionalProperties: { type: 'array', items: { $ref: 'Item#' } } }, valid: fill(`{"a":[${' '.repeat(largest / 2)}`, () => '{"a":1}', ']}'), hostile: fill(`{"${'~'.repeat(largest / 2)}":[`, () => '{"a":1}', ',1]}') },
  { title: 'a long name above many missing properties', schema: { type: 'object', additionalProperties: { type: 'object', required: many } }, valid: `{"${'~'.repeat(largest - 1000)}":{${many.map(name => `"${name}":1`)}}}`, hostile: `{"${'~'.repeat(largest - 1000)}":{}}` },
  { title: 'a long name that is unknown', schema: { type: 'object', properties: { a: text }, additionalProperties: false }, valid: `{"a":"${'~'.repeat(largest - 8)}"}`, hostile: `{"${'~'.repeat(largest - 6)}":1}` }
]
