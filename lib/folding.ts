import { STATUS_CODES } from 'node:http'
import { StatusError, type RefusalOptions } from './errors.ts'
import { constantOf, isRefusalStatus, type RefusalStatus } from './status.ts'

/** Where a 4xx doesn't become 400, and a 5xx not 500. */
const exceptions: ReadonlyMap<number, RefusalStatus> = new Map([
  [405, 404], [410, 404],
  [407, 401],
  [423, 403], [451, 403],
  [429, 503],
  [502, 503], [504, 503], [507, 503]
])

// Node names these two as older RFCs did
const phrases: Readonly<Record<number, string>> = {
  ...STATUS_CODES,
  413: 'Content Too Large',
  422: 'Unprocessable Content'
}

/**
 * The code of the ten that an error status stands for, and its own name.
 *
 * @param status 400 to 599; anything else, of whatever type, is a 500 without a name
 */
export function fold (status: unknown): { status: RefusalStatus, code: string | undefined } {
  if (isRefusalStatus(status)) return { status, code: undefined }
  if (!Number.isInteger(status) || !(status as number >= 400 && status as number <= 599)) return { status: 500, code: undefined }
  const phrase = phrases[status as number]
  return {
    status: exceptions.get(status as number) ?? (status as number < 500 ? 400 : 500),
    code: phrase === undefined ? undefined : constantOf(phrase)
  }
}

/** The refusal that an error status stands for. */
export function folded (status: number, detail: string | undefined, options: RefusalOptions = {}): StatusError {
  const { status: refusal, code } = fold(status)
  return new StatusError(refusal, detail, { ...(code !== undefined && { code }), ...options })
}

/** 412: a precondition of the request has failed (RFC 9110 §13.1). */
export function preconditionFailed (): StatusError {
  return folded(412, 'The resource is not in the state that the request expects.')
}
