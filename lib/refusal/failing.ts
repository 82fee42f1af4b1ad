import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'

type Fields = Readonly<Record<string, unknown>>

/**
 * The life of a reply that has failed, stage by stage. A reply that has none of these has not failed.
 *
 * - `failed`: an error has come, and an error handler is about to answer it
 * - `refused`: the plugin has answered, and its body is on the way through the hooks; what fails now is that answer
 * - `gaveUp`: the plugin has answered past the hooks, and nothing comes after that
 *
 * `status` and `fields` are what the reply had before the answer: Fastify's own error handler sets those of the error.
 */
export type Failing =
  | { readonly stage: 'failed', readonly thrown: unknown, readonly status: number, readonly fields: Fields }
  | { readonly stage: 'refused', readonly status: number, readonly body: string, readonly fields: Fields }
  | { readonly stage: 'gaveUp' }

const failing = Symbol('fastify-pt-status.failing')

/** Marks a reply whose answer has been passed on to hooks that come behind the last one of the plugin. */
const passedOn = Symbol('fastify-pt-status.passedOn')

type FailingReply = FastifyReply & { [failing]?: Failing, [passedOn]?: true }

/** The stage that a reply has come to, if it has failed. */
export function failingOf (reply: FastifyReply): Failing | undefined {
  return (reply as FailingReply)[failing]
}

/** Notes what a reply has failed with, unless it has failed already. */
export function fail (reply: FastifyReply, thrown: unknown): Failing {
  const failed = reply as FailingReply
  failed[failing] ??= { stage: 'failed', thrown, status: reply.statusCode, fields: copyLists(reply.getHeaders()) }
  return failed[failing]
}

/** Takes a reply to its next stage. */
export function go (reply: FastifyReply, next: Failing): void {
  (reply as FailingReply)[failing] = next
}

/** Notes that an answer is passed on to hooks behind the last one of the plugin. */
export function passOn (reply: FastifyReply): void {
  (reply as FailingReply)[passedOn] = true
}

/** Whether an answer has gone on to later hooks: a second one would collide with it. */
export function isPassedOn (reply: FastifyReply): boolean {
  return (reply as FailingReply)[passedOn] === true
}

/** Gives a failing reply the header fields again that it had before. */
export function restoreFields (reply: FastifyReply, fields: Fields): void {
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
