import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Writes an answer past all hooks, with the header fields of the reply that can be written; without a body, it has no content. */
export function writePastHooks (reply: FastifyReply, body?: string): void {
  const { raw } = reply.hijack()
  // Another answer has left whole
  if (raw.writableEnded) return
  try {
    const fields = Object.fromEntries(Object.entries(reply.getHeaders()).filter(isWritable))
    raw.writeHead(raw.statusCode, { ...fields, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) })
    raw.end(body)
  } catch {
    // The head is sent, or the response is broken: all that can be told is that there is no more
    raw.destroy()
  }
}

/** Whether a header field can be written. */
export function isWritable ([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name)
    for (const line of [value].flat()) validateHeaderValue(name, line as string)
    return true
  } catch {
    return false
  }
}
