import { inspect } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { Refusal } from '../../types/refusals.ts'

/** Logs a refusal: a 5xx at error, with what was thrown and its causes; a 4xx at info, without a stack. */
export function log ({ status: statusCode, code, message }: Refusal, thrown: unknown, request: FastifyRequest): void {
  if (statusCode < 500) {
    request.log.info({ statusCode, code }, message)
    return
  }
  try {
    request.log.error({ statusCode, code, err: thrown }, message)
  } catch {
    // The serializer writes on the error, and reads all of it: it may be frozen, or have a getter that throws
    request.log.error({ statusCode, code, err: describe(thrown) }, message)
  }
}

function describe (thrown: unknown): string {
  try {
    return inspect(thrown)
  } catch {
    return "What was thrown can't be read"
  }
}
