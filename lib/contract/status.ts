import { STATUS_CODES } from 'node:http'

/**
 * The contract: the ten status codes of Platform of Trust's guideline "Response codes used".
 * Types, helpers, schemas, OpenAPI texts, docs and tests are derived from these rows.
 *
 * - `code`, `phrase`: status code and reason phrase
 * - `section`: where RFC 9110 defines the code
 * - `carries`: what the response's content is
 * - `header`: the header field that belongs to the code
 * - `methods`: the methods that can give it; all of them where there is none
 * - `meaning`: when it is given, and the detail of a refusal that names none
 */
export const statuses = [
  { code: 200, phrase: 'OK', section: '15.3.1', carries: 'data', meaning: 'The request succeeded.' },
  { code: 201, phrase: 'Created', section: '15.3.2', carries: 'data', header: 'Location', methods: ['POST', 'PUT'], meaning: 'The resource was created.' },
  { code: 204, phrase: 'No Content', section: '15.3.5', carries: 'nothing', meaning: 'The request succeeded and there is nothing to say.' },
  { code: 304, phrase: 'Not Modified', section: '15.4.5', carries: 'nothing', methods: ['GET', 'HEAD'], meaning: "The client's copy is current." },
  { code: 400, phrase: 'Bad Request', section: '15.5.1', carries: 'problem', meaning: 'The server cannot understand the request.' },
  { code: 401, phrase: 'Unauthorized', section: '15.5.2', carries: 'problem', header: 'WWW-Authenticate', meaning: 'Valid credentials are required.' },
  { code: 403, phrase: 'Forbidden', section: '15.5.4', carries: 'problem', meaning: 'The credentials do not allow this.' },
  { code: 404, phrase: 'Not Found', section: '15.5.5', carries: 'problem', meaning: 'The resource does not exist.' },
  { code: 500, phrase: 'Internal Server Error', section: '15.6.1', carries: 'problem', meaning: 'The server met an unexpected condition.' },
  { code: 503, phrase: 'Service Unavailable', section: '15.6.4', carries: 'problem', header: 'Retry-After', meaning: 'The service is unavailable for now.' }
] as const satisfies readonly StatusRow[]

/** A row of the contract. */
export interface StatusRow {
  readonly code: number
  readonly phrase: string
  readonly section?: string
  readonly carries: 'data' | 'nothing' | 'problem'
  readonly header?: string
  readonly methods?: readonly string[]
  readonly meaning: string
}

type Row = typeof statuses[number]
type Refusal = Extract<Row, { carries: 'problem' }>

/** One of the ten status codes. */
export type Status = Row['code']
/** A status code of the ten that refuses, and therefore says why. */
export type RefusalStatus = Refusal['code']

/** The rows that refuse. */
export const refusals = statuses.filter((row): row is Refusal => row.carries === 'problem')

/** The codes that a scope answers, by code: the ten, and those that its options open. */
export type Contract = ReadonlyMap<number, StatusRow>

const rows: Contract = new Map(statuses.map(row => [row.code, row]))

// Node names these two as older RFCs did
const phrases: Readonly<Record<number, string>> = { ...STATUS_CODES, 413: 'Content Too Large', 422: 'Unprocessable Content' }

/** The reason phrase of a status code, if it has one. */
export function phraseOf (status: number): string | undefined {
  return phrases[status]
}

/** The ten codes and `opened` ones. */
export function contractWith (opened: readonly number[]): Contract {
  return new Map([...rows, ...opened.map(code => [code, openedRow(code)] as const)])
}

function openedRow (code: number): StatusRow {
  const phrase = phraseOf(code)!
  return { code, phrase, carries: code >= 400 ? 'problem' : 'data', meaning: `${phrase}.` }
}

/** The row of a status code of the ten. */
export function rowOf (status: Status): StatusRow {
  return rows.get(status)!
}

/** Whether `status`, of whatever type, is a code of the ten that refuses. */
export function isRefusalStatus (status: unknown): status is RefusalStatus {
  return rows.get(status as number)?.carries === 'problem'
}

/** Whether a code can answer a method (RFC 9110 §9.3, §15). */
export function canAnswer ({ methods }: StatusRow, method: string): boolean {
  return methods?.includes(method) ?? true
}

/** A reason phrase as a constant for programs: `Not Found` → `NOT_FOUND`. */
export function constantOf (phrase: string): string {
  return phrase.toUpperCase().replace(/\W+/g, '_')
}
