import type { FastifyReply } from 'fastify'
import { StatusError } from '../contract/errors.ts'

/** How long a sentence is at most, in UTF-16 code units. */
const longestDetail = 1000

/** The refusal that replaces an error status which was sent as an answer. */
export function refusalOfSent (reply: FastifyReply, content: unknown): StatusError {
  return new StatusError(reply.statusCode, detailOf(content, reply.statusCode, reply.getHeader('content-type')))
}

/** What a client error that was sent says of itself: its `message`, `detail` or `error`, or its text. */
function detailOf (content: unknown, status: number, type: unknown): string | undefined {
  if (status >= 500 || typeof content !== 'string' || content === '' || content.length > longestDetail) return undefined
  if (/^text\/plain/.test(String(type))) return content
  if (!/json/.test(String(type))) return undefined
  try {
    const { message, detail, error } = Object(JSON.parse(content))
    return [message, detail, error].find(text => typeof text === 'string')
  } catch {
    return undefined
  }
}
