import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Settings } from '../contract/options.ts'

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

/** Remembers that a reply has failed, and with what. */
export function remember (reply: FastifyReply, thrown: unknown, settings: Settings): Failure {
  const failing = reply as Failing
  failing[failure] ??= { thrown, settings }
  return failing[failure]
}

/** What a reply remembers, if it is the answer to an error. */
export function failureOf (reply: FastifyReply): Failure | undefined {
  return (reply as Failing)[failure]
}

/** Who answers an error, if the reply is the answer to one. */
export function answererOf (reply: FastifyReply): 'plugin' | 'user' | undefined {
  const failed = failureOf(reply)
  if (!failed) return undefined
  return failed.body === undefined ? 'user' : 'plugin'
}

/** The header fields that a failing reply had before it was answered. */
export function fieldsBefore (failed: Failure, reply: FastifyReply): Readonly<Record<string, unknown>> {
  failed.fields ??= copyLists(reply.getHeaders())
  return failed.fields
}

/** Gives a failing reply the header fields again that it had before. */
export function restoreFields (reply: FastifyReply, { fields = reply.getHeaders() }: Failure): void {
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
