import type { TSchema } from '@sinclair/typebox'

/** One thing that is wrong with a request. */
export interface Finding {
  /** The part of the request it is in. */
  in: 'path' | 'query' | 'header' | 'body'
  /** RFC 6901 pointer into that part, to the missing property where one is missing. */
  pointer: string
  /** A constant for programs: the schema keyword that failed, such as `required` or `format`. */
  code: string
  /** A sentence for people. */
  detail: string
}

/** What a refusal may add to its status and detail. */
export interface RefusalOptions {
  /** A stable constant for programs. Default: the status's phrase, as `NOT_FOUND`. */
  code?: string
  /** Header fields of the response. */
  headers?: Readonly<Record<string, string>>
  /** What led to it: for the log, never for the client. */
  cause?: unknown
}

/** Options of a 400. */
export interface BadRequestOptions extends RefusalOptions {
  /** What is wrong with the request; the first twenty are sent. */
  errors?: readonly Finding[]
}

/** Options of a 401. */
export interface UnauthorizedOptions extends RefusalOptions {
  /** The value of `WWW-Authenticate` (RFC 9110 §11.6.1). Default: the plugin's `challenge`. */
  challenge?: string
}

/** Options of a 403. */
export interface ForbiddenOptions extends RefusalOptions {
  /** The scopes that are missing: sent as a challenge (RFC 6750 §3.1). */
  scopes?: readonly string[]
  /** The protection space that the challenge of `scopes` names (RFC 9110 §11.5). */
  realm?: string | undefined
}

/** Options of a 503. */
export interface ServiceUnavailableOptions extends RefusalOptions {
  /** When to try again, in seconds (RFC 9110 §10.2.3). Default: the plugin's `retryAfter`. */
  retryAfter?: number
}

/** What the client of a refused request is told. */
export interface Refusal {
  /** One of the ten codes. */
  readonly status: number
  /** The status it was made with, which is told instead where the plugin's `codes` open the contract for it. */
  readonly originalStatus: number
  /** A stable constant for programs. */
  readonly code: string
  /** A sentence for people. */
  readonly message: string
  /** Header fields of the response. */
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly Finding[] | undefined
}

/** What a refusal says: RFC 9457 §3.1, and this contract's extensions of it (§3.2). */
export interface Problem {
  type: 'about:blank'
  /** The status's reason phrase. */
  title: string
  status: number
  /** A stable constant for programs. */
  code: string
  /** A sentence for people. */
  detail: string
  /** The path of the request, without its query; not there where the request couldn't be read. */
  instance?: string
  requestId?: string
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
