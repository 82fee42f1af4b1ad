import { constantOf, isRefusalStatus, phraseOf, type RefusalStatus } from './status.ts'

/** Where a 4xx doesn't become 400, and a 5xx not 500. */
const exceptions: ReadonlyMap<number, RefusalStatus> = new Map([
  [405, 404], [410, 404],
  [407, 401],
  [423, 403], [451, 403],
  [429, 503],
  [502, 503], [504, 503], [507, 503]
])

/**
 * The code of the ten that an error status stands for, and its own name.
 *
 * @param status 400 to 599; anything else, of whatever type, is a 500 without a name
 */
export function fold (status: unknown): { status: RefusalStatus, code: string | undefined } {
  if (isRefusalStatus(status)) return { status, code: undefined }
  if (!isErrorStatus(status)) return { status: 500, code: undefined }
  const phrase = phraseOf(status)
  return {
    status: exceptions.get(status) ?? (status < 500 ? 400 : 500),
    code: phrase === undefined ? undefined : constantOf(phrase)
  }
}

/** Whether something is a status code of an error. */
export function isErrorStatus (status: unknown): status is number {
  return Number.isInteger(status) && status as number >= 400 && status as number <= 599
}
