import { isWeak, matchesStrongly, matchesWeakly } from './etag.ts'
import { parseHttpDate } from './http-date.ts'

/** What tells one state of a resource from another (RFC 9110 §8.8). */
export interface Validators {
  /** The entity tag, as it is written in a header field. */
  etag?: string | undefined
  /** Milliseconds since the epoch. */
  lastModified?: number | undefined
}

/** The header fields of a request that hold preconditions, as Node gives them. */
export interface Preconditions {
  'if-match'?: string | undefined
  'if-none-match'?: string | undefined
  'if-modified-since'?: string | undefined
  'if-unmodified-since'?: string | undefined
}

/** Whether to perform the request, to answer 304, or to answer 412. */
export type Evaluation = 'perform' | 'not modified' | 'precondition failed'

/** Whether a request has a precondition. */
export function isConditional (headers: Preconditions): boolean {
  return headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined ||
    headers['if-match'] !== undefined || headers['if-unmodified-since'] !== undefined
}

/**
 * Evaluates the preconditions of a request.
 *
 * @param validators of the resource; `null` if it doesn't exist yet
 * @see RFC 9110 §13.2.2, whose steps these are
 */
export function evaluate (method: string, headers: Preconditions, validators: Validators | null): Evaluation {
  // "A server MUST ignore the conditional request header fields […] when received with a request method that does
  // not involve the selection or modification of a selected representation" (§13.2.1)
  if (method === 'OPTIONS' || method === 'TRACE' || method === 'CONNECT') return 'perform'
  const reads = method === 'GET' || method === 'HEAD'

  // 1. "When recipient is the origin server and If-Match is present, evaluate the If-Match precondition"
  const ifMatch = headers['if-match']
  if (ifMatch !== undefined) {
    // "If the field value is "*", the condition is true if the origin server has a current representation" (§13.1.1)
    if (validators === null || !matchesStrongly(ifMatch, validators.etag)) return 'precondition failed'
  // 2. "[…] If-Match is not present, and If-Unmodified-Since is present, evaluate the If-Unmodified-Since precondition"
  } else if (isModifiedSince(headers['if-unmodified-since'], validators?.lastModified) === true) {
    return 'precondition failed'
  }

  // 3. "When If-None-Match is present, evaluate the If-None-Match precondition […] if false for GET/HEAD, respond 304
  //    […] if false for other methods, respond 412"
  const ifNoneMatch = headers['if-none-match']
  if (ifNoneMatch !== undefined) {
    // "If the field value is "*", the condition is false if the origin server has a current representation" (§13.1.2)
    if (validators === null || !matchesWeakly(ifNoneMatch, validators.etag)) return 'perform'
    return reads ? 'not modified' : 'precondition failed'
  }

  // 4. "When the method is GET or HEAD, If-None-Match is not present, and If-Modified-Since is present, evaluate the
  //    If-Modified-Since precondition"
  if (reads && isModifiedSince(headers['if-modified-since'], validators?.lastModified) === false) return 'not modified'
  return 'perform'
}

/**
 * Whose entity tag is weak, where If-Match fails for that alone: "An origin server MUST use the strong comparison
 * function when comparing entity tags for If-Match" (RFC 9110 §13.1.1), by which a weak tag matches none.
 */
export function weakTagOf ({ 'if-match': ifMatch }: Preconditions, validators: Validators | null): 'client' | 'resource' | undefined {
  const etag = validators?.etag
  if (ifMatch === undefined || etag === undefined) return undefined
  if (matchesStrongly(ifMatch, etag) || !matchesWeakly(ifMatch, etag)) return undefined
  return isWeak(etag) ? 'resource' : 'client'
}

/**
 * Whether the resource was modified after a date, in whole seconds; `undefined` where there is nothing to compare.
 * "A recipient MUST ignore the […] header field if the received field value is not a valid HTTP-date […] if the
 * resource does not have a modification date available" (§13.1.3, §13.1.4)
 */
function isModifiedSince (field: string | undefined, lastModified: number | undefined): boolean | undefined {
  if (field === undefined || lastModified === undefined) return undefined
  const date = parseHttpDate(field)
  return date === undefined ? undefined : Math.floor(lastModified / 1000) > date / 1000
}
