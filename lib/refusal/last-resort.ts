import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { unexpected } from './attribution.ts'
import { isDeclared } from '../contract/declared.ts'
import { failureOf, fieldsBefore, remember, restoreFields, type Failure } from './failure.ts'
import { defaultSettings, type Settings } from '../contract/options.ts'
import { problemOf } from '../contract/problem.ts'
import { dropRepresentation } from './representation.ts'

type Answer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply, send: (body: string) => void) => void

/**
 * Keeps Fastify's own error body, and with it the message of an error, from ever leaving. It comes
 *
 * - on a route declared before the plugin loaded, which has Fastify's error handler: the onSend hook answers instead,
 *   or onError, since that handler sends what is no error as if it were the answer
 * - when the answer of the error handler fails as well, in an onSend hook or because of a header field that can't be
 *   written: the onSend hook sees a second answer; where a hook before this one fails again, onError does
 *
 * @param hold the onSend hook of what isn't the plugin's own answer to an error
 */
export function setLastResort (instance: FastifyInstance, settings: Settings, answer: Answer, hold: onSendHookHandler): void {
  const { ptStatus, errorHandler } = instance

  instance.addHook('onError', (request, reply, thrown: unknown, done) => {
    if (reply.server.ptStatus !== ptStatus) return done()
    if (failureOf(reply)) return answerAnyway(request, reply)
    const failed = remember(reply, thrown, settings)
    if (!mayHaveFastifysHandler(request)) return done()
    fieldsBefore(failed, reply)
    if (isError(thrown)) return done()
    answer(thrown, request, reply, body => { write(reply, body) })
  })

  instance.addHook('onSend', function (request, reply, payload, done) {
    const failed = failureOf(reply)
    if (failed === undefined || reply.server.ptStatus !== ptStatus) return hold.call(this, request, reply, payload, done)
    if (failed.body === undefined) {
      // An error handler of the user's may answer what it likes
      if (!mayHaveFastifysHandler(request)) return hold.call(this, request, reply, payload, done)
      restoreFields(reply, failed)
      return answer(failed.thrown, request, reply, body => { failed.isSending = true; done(null, body) })
    }
    if (failed.isSending || isFastifys(payload, failed, reply)) return answerAnyway(request, reply)
    failed.isSending = true
    reply.removeHeader('content-length')
    done()
  })

  function mayHaveFastifysHandler (request: FastifyRequest): boolean {
    return !isDeclared(request) && request.server.errorHandler === errorHandler
  }
}

/** Whether an answer is Fastify's, and not the error handler's: Fastify forgets the Content-Length of one that fails. */
function isFastifys (payload: unknown, { body }: Failure, reply: FastifyReply): boolean {
  return typeof payload === 'string' && payload !== body && typeof reply.getHeader('content-length') !== 'number'
}

function isError (thrown: unknown): boolean {
  try {
    return thrown instanceof Error && typeof thrown.message === 'string'
  } catch {
    return false
  }
}

/** Answers 500 past all hooks, with the header fields from before that can be written. */
export function answerAnyway (request: FastifyRequest, reply: FastifyReply): void {
  const failed = failureOf(reply)!
  const { settings } = failed
  restoreFields(reply, failed)
  dropRepresentation(reply)
  const { contentType, body } = bodyOf(request, settings)
  reply.code(500).type(contentType).header('cache-control', 'no-store')
  write(reply, body)
}

/** Writes an answer past all hooks. */
function write (reply: FastifyReply, body: string): void {
  const { raw } = reply.hijack()
  try {
    const fields = Object.fromEntries(Object.entries(reply.getHeaders()).filter(isWritable))
    raw.writeHead(raw.statusCode, { ...fields, 'content-length': Buffer.byteLength(body) })
    raw.end(body)
  } catch {
    // The head is sent, or the response is broken: all that can be told is that there is no more
    raw.destroy()
  }
}

function bodyOf (request: FastifyRequest, settings: Settings): { contentType: string, body: string } {
  const problem = problemOf(unexpected, settings.contract, request)
  try {
    return { contentType: settings.format.contentType, body: settings.format.serialize(problem) }
  } catch {
    const { format } = defaultSettings()
    return { contentType: format.contentType, body: format.serialize(problem) }
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
