import type { FastifyRequest } from 'fastify'
import type { Problem } from './bodies.ts'
import type { StatusError } from './errors.ts'
import { limit } from './findings.ts'
import { rowOf } from './status.ts'
import { encodeUri } from './uri.ts'

/** What a refusal says to this request. */
export function problemOf ({ status, code, message, errors }: StatusError, request: FastifyRequest): Problem {
  return {
    type: 'about:blank',
    title: rowOf(status).phrase,
    status,
    code,
    detail: message,
    instance: encodeUri(pathOf(request.url)),
    requestId: request.id,
    ...(errors !== undefined && { errors: errors.slice(0, limit) })
  }
}

// RFC 9112 §3.2: the absolute-form has a scheme and an authority before the path
const target = /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i

function pathOf (url: string): string {
  return target.exec(url)![1] || '/'
}
