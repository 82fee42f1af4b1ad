import type { FastifyRequest } from 'fastify'
import type { Problem, Refusal } from '../../types/refusals.ts'
import type { Contract, StatusRow } from './status.ts'
import { encodeUri } from '../http/uri.ts'

/** How many findings an answer holds at most. */
export const mostFindings = 20

/** The row of what a refusal is told as. */
export function rowIn (contract: Contract, { status, originalStatus }: Refusal): StatusRow {
  return contract.get(originalStatus) ?? contract.get(status)!
}

/** What a refusal says, to a request if one could be read. */
export function problemOf (refusal: Refusal, contract: Contract, request?: FastifyRequest): Problem {
  const { code: status, phrase: title } = rowIn(contract, refusal)
  const { code, message: detail, errors } = refusal
  const problem: Problem = { type: 'about:blank', title, status, code, detail }
  if (request !== undefined) {
    problem.instance = encodeUri(pathOf(request.originalUrl))
    problem.requestId = request.id
  }
  if (errors !== undefined) problem.errors = errors.slice(0, mostFindings)
  return problem
}

// RFC 9112 §3.2: the absolute-form has a scheme and an authority before the path
const target = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i

function pathOf (url: string): string {
  return target.exec(url)![1] || '/'
}
