import type { EventEmitter } from 'node:events'
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

// On the prototype of the responses that are tracked as they are made
const isTracked = Symbol('fastify-pt-status.tracked')

/**
 * Tracks the exchanges of a server. Where its responses aren't those of `trackedResponse()`, it takes a second listener,
 * which costs every request more.
 */
export function trackExchanges (server: EventEmitter): void {
  server.prependOnceListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isTracked in response) return
    track(request, response)
    server.prependListener('request', track)
  })
  server.prependListener('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (!(isTracked in response)) track(request, response)
  })
}

/** The class of a server's responses: each is tracked as it is made, and so in the order of arrival. */
export function trackedResponse (Base: typeof ServerResponse = ServerResponse): typeof ServerResponse {
  return class TrackedResponse<Request extends IncomingMessage> extends Base<Request> {
    constructor (...args: [request: Request]) {
      super(...args)
      track(args[0], this)
    }

    get [isTracked] (): true { return true }
  }
}

function track (request: IncomingMessage, response: ServerResponse): void {
  // Streams of HTTP/2 have no order
  if (request.httpVersionMajor > 1) return
  const connection: Connection = request.socket
  const last = connection[lastOf]
  if (last === undefined) {
    connection[lastOf] = { request, response, previous: undefined }
  } else {
    last.previous = last.response
    last.request = request
    last.response = response
  }
}
