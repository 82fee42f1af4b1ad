import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { unexpected } from './attribution.ts'
import { formats, type Format } from './bodies.ts'
import { problemOf } from './problem.ts'
import { dropRepresentation } from './representation.ts'

/** How far an answer of the error handler has come; 0 where there is none. */
const progress = Symbol('fastify-pt-status.progress')
const answered = 1
const sending = 2

type Answering = FastifyReply & { [progress]: number }

/** Tells that the error handler is answering. If its answer fails too, Fastify's own error body is next. */
export function answering (reply: FastifyReply): void {
  (reply as Answering)[progress] = answered
}

/**
 * Keeps Fastify's own error body, and with it the message of an error, from ever leaving: it comes when the
 * answer of the error handler fails as well, in an onSend hook or because of a header field that can't be
 * written. An onSend hook sees it as a second answer; where a hook before this one fails again, onError does.
 */
export function setLastResort (instance: FastifyInstance, format: Format): void {
  if (!instance.hasReplyDecorator(progress)) instance.decorateReply(progress, 0)
  const { ptStatus } = instance

  instance.addHook('onSend', (request, reply, payload, done) => {
    const answer = reply as Answering
    if (answer[progress] === 0 || reply.server.ptStatus !== ptStatus) return done()
    if (answer[progress] === sending) return answerAnyway(request, reply, format)
    answer[progress] = sending
    done()
  })

  instance.addHook('onError', (request, reply, error, done) => {
    if ((reply as Answering)[progress] === 0 || reply.server.ptStatus !== ptStatus) return done()
    answerAnyway(request, reply, format)
  })
}

/** Answers 500 past all hooks, with the header fields that can be written. */
export function answerAnyway (request: FastifyRequest, reply: FastifyReply, format: Format): void {
  const { raw } = reply.hijack()
  if (raw.headersSent) {
    raw.destroy()
    return
  }
  dropRepresentation(reply)
  const fields = Object.entries(reply.getHeaders()).filter(isWritable)
  for (const name of raw.getHeaderNames()) raw.removeHeader(name)

  const { contentType, body } = bodyOf(request, format)
  raw.writeHead(500, {
    ...Object.fromEntries(fields),
    'cache-control': 'no-store',
    'content-type': contentType,
    'content-length': Buffer.byteLength(body)
  })
  raw.end(body)
}

function bodyOf (request: FastifyRequest, format: Format): { contentType: string, body: string } {
  const problem = problemOf(unexpected, request)
  try {
    return { contentType: format.contentType, body: format.serialize(problem) }
  } catch {
    return { contentType: formats.problem.contentType, body: formats.problem.serialize(problem) }
  }
}

function isWritable ([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name)
    for (const line of [value].flat()) validateHeaderValue(name, line as string)
    return true
  } catch {
    return false
  }
}
