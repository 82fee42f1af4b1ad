import type { Readable } from 'node:stream'
import type { FastifyReply, onSendHookHandler } from 'fastify'

const noted = Symbol('fastify-pt-status.content')

type NotingReply = FastifyReply & { [noted]?: string | Buffer }

/** The `onSend` hook that notes content before others code it: a stream can't be hashed, and coded bytes can't be read for a message. */
export const noteContent: onSendHookHandler = (request, reply, payload, done) => {
  if (isText(payload)) (reply as NotingReply)[noted] = payload
  done()
}

/** The content of an answer before others coded it, if it was noted. */
export function notedContent (reply: FastifyReply): string | Buffer | undefined {
  return (reply as NotingReply)[noted]
}

/** A payload as it will be sent. Of a web Response, whoever made it, the status and the header fields become the reply's, as Fastify does it later. */
export function unwrap (payload: unknown, reply: FastifyReply): unknown {
  if (!isResponse(payload) || payload.bodyUsed) return payload
  reply.code(payload.status)
  for (const [name, value] of payload.headers) reply.header(name, value)
  return payload.body
}

function isResponse (payload: unknown): payload is Response {
  return typeof payload === 'object' && Object.prototype.toString.call(payload) === '[object Response]'
}

/**
 * Ends a payload that won't be sent.
 *
 * @param failed told what it fails with, but for that it was ended, which some streams tell as an error
 */
export function discard (payload: unknown, failed: (error: unknown) => void = () => {}): void {
  if (payload instanceof ReadableStream) {
    payload.cancel().catch(failed)
  } else {
    const stream = payload as Partial<Readable> | null | undefined
    stream?.on?.('error', error => {
      if (error?.name !== 'AbortError') failed(error)
    })
    stream?.destroy?.()
  }
}

/** Whether a payload is content whose bytes are there already. */
export function isText (payload: unknown): payload is string | Buffer {
  return typeof payload === 'string' || Buffer.isBuffer(payload)
}
