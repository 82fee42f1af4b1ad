import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** What a connection has had last: a request, the response to it, and the one before. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  previous: ServerResponse | undefined
}

// On the connection itself: a WeakMap costs each request more, and each collection of garbage
const lastOf = Symbol('fastify-pt-status.exchange')

type Connection = Socket & { [lastOf]?: Exchange }

/** The last exchange of a connection, if it has had one. */
export function lastExchange (socket: Socket): Exchange | undefined {
  return (socket as Connection)[lastOf]
}

/** Takes note of a request as the last of its connection. */
export function track (request: IncomingMessage, response: ServerResponse): void {
  // Streams of HTTP/2 have no order
  if (request.httpVersionMajor > 1) return
  const connection: Connection = request.socket
  const last = connection[lastOf]
  if (last === undefined) {
    connection[lastOf] = { request, response, previous: undefined }
  } else if (last.response !== response) {
    last.previous = last.response
    last.request = request
    last.response = response
  }
}

/** The class of a server's responses, each of which is tracked from its start: a hook may see it later, or never. */
export function trackedResponse (Base: typeof ServerResponse = ServerResponse): typeof ServerResponse {
  return class TrackedResponse<Request extends IncomingMessage> extends Base<Request> {
    constructor (...args: [request: Request]) {
      super(...args)
      track(args[0], this)
    }
  }
}
