import { facts } from './signs.ts'

const known: ReadonlySet<string> = new Set(facts.flatMap(({ signs }) => signs))

/** How many errors are looked at, in causes of causes and their lists. */
const most = 50

/**
 * Whether an error says that a dependency is unavailable: by itself, by its `cause`, by what Prisma's driver adapter
 * has told, or, as an `AggregateError`, by every one of its `errors`.
 *
 * @param thrown whatever was thrown; throws what its own getters throw
 */
export function isUnavailable (thrown: unknown): boolean {
  let seen = 0
  return says(thrown)

  function says (error: unknown): boolean {
    if (!(error instanceof Error) || ++seen > most) return false
    const { cause, errors, meta } = error as ForeignError
    return signOf(error) !== undefined || says(cause) || says(meta?.driverAdapterError) ||
      (Array.isArray(errors) && errors.length > 0 && errors.every(says))
  }
}

/** The sign that an error gives by itself, if any. */
export function signOf (error: ForeignError): string | undefined {
  return signsOf(error).find(sign => known.has(sign))
}

interface ForeignError extends Error {
  code?: unknown
  syscall?: unknown
  severity?: unknown
  errors?: unknown
  meta?: { driverAdapterError?: unknown } | null
}

function signsOf (error: ForeignError): string[] {
  const { name, message, code, syscall, severity, cause } = error
  const type = error.constructor?.name
  if (typeof code === 'string' && severity !== undefined) return sqlStates(code)
  if (name === 'DriverAdapterError') {
    const { kind, originalCode } = Object(cause)
    return [`kind ${String(kind)}`, ...sqlStates(String(originalCode))]
  }
  // The names of Redis's error replies in ioredis and redis
  if (name === 'ReplyError' || type === 'SimpleError') return [`reply ${String(message).split(' ', 1)[0]}`]
  if (typeof code === 'string') return [syscall === undefined ? code : `${String(syscall)} ${code}`, name, type]
  return name === 'Error' && type === 'Error' ? [`message ${message}`] : [name, type]
}

/** A SQLSTATE, whole and as the table has it: its class, or how it begins. MySQL's codes have four digits. */
function sqlStates (code: string): string[] {
  return code.length === 5 ? [2, 4, 5].map(length => `SQLSTATE ${code.slice(0, length)}`) : []
}
