import { validateHeaderName, validateHeaderValue, type OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { unexpected } from './attribution.ts'
import { defaultSettings, type Settings } from './options.ts'
import { isDeclared } from './declared.ts'
import { problemOf } from './problem.ts'
import { dropRepresentation } from './representation.ts'

const failure = Symbol('fastify-pt-status.failure')

/** What a reply remembers of an error while it is answered. */
export interface Failure {
  readonly thrown: unknown
  readonly settings: Settings
  /** The header fields from before the answer: Fastify's error handler adds those of the error. */
  fields?: Readonly<Record<string, unknown>>
  /** The answer of the error handler. Whatever comes after it is there because it failed. */
  body?: string
  /** The answer has reached the onSend hook. */
  isSending?: true
}

type Failing = FastifyReply & { [failure]?: Failure }

type Answer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply, send: (body: string) => void) => void

/** Remembers that a reply has failed, and with what. */
export function remember (reply: FastifyReply, thrown: unknown, settings: Settings): Failure {
  const failing = reply as Failing
  failing[failure] ??= { thrown, settings }
  return failing[failure]
}

/** The header fields that a failing reply had before it was answered. */
export function fieldsBefore (failure: Failure, reply: FastifyReply): Readonly<Record<string, unknown>> {
  failure.fields ??= copyLists(reply.getHeaders())
  return failure.fields
}

/** Who answers an error, if the reply is the answer to one. */
export function answererOf (reply: FastifyReply): 'plugin' | 'user' | undefined {
  const failed = (reply as Failing)[failure]
  if (!failed) return undefined
  return failed.body === undefined ? 'user' : 'plugin'
}

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
    if ((reply as Failing)[failure]) return answerAnyway(request, reply)
    const failed = remember(reply, thrown, settings)
    if (!mayHaveFastifysHandler(request)) return done()
    fieldsBefore(failed, reply)
    if (isError(thrown)) return done()
    answer(thrown, request, reply, body => { write(reply, body) })
  })

  instance.addHook('onSend', function (request, reply, payload, done) {
    const failed = (reply as Failing)[failure]
    if (failed === undefined || reply.server.ptStatus !== ptStatus) return hold.call(this, request, reply, payload, done)
    if (failed.body === undefined) {
      // An error handler of the user's may answer what it likes
      if (!mayHaveFastifysHandler(request)) return hold.call(this, request, reply, payload, done)
      restore(reply, failed)
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
  const failed = (reply as Failing)[failure]!
  const { settings } = failed
  restore(reply, failed)
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

function restore (reply: FastifyReply, { fields = reply.getHeaders() }: Failure): void {
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  reply.headers(copyLists({ ...fields }) as OutgoingHttpHeaders)
}

/** Fastify adds to the array that `Set-Cookie` is. */
function copyLists (fields: Record<string, unknown>): Record<string, unknown> {
  for (const name in fields) {
    const value = fields[name]
    if (Array.isArray(value)) fields[name] = [...value]
  }
  return fields
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
