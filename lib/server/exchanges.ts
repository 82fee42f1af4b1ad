import type { EventEmitter } from 'node:events'
import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** What a connection waits for: its last request, the response to it, and the one before, as far as they are still open. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  previous: ServerResponse | undefined
}

// On the connection itself: a WeakMap costs each request more, and each collection of garbage
const lastOf = Symbol('fastify-pt-status.exchange')

type Connection = Socket & { [lastOf]?: Exchange | undefined }

// A request may lose its socket: undici takes it from one that it has passed on
const connectionOf = Symbol('fastify-pt-status.connection')

type Tracked = ServerResponse & { [connectionOf]: Connection }

/**
 * The last exchange of a connection. There is none while the connection is idle: once the response has been sent and the
 * request has been read, the connection forgets both.
 */
export function lastExchange (socket: Socket): Exchange | undefined {
  return (socket as Connection)[lastOf]
}

// On the prototype of the responses that are tracked as they are made
const isTracked = Symbol('fastify-pt-status.tracked')

/**
 * Tracks the exchanges of a server, by a second listener to its requests where its responses aren't those of
 * `trackedResponse()`.
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

/**
 * The class of a server's responses: each is tracked as it is made, and so in the order of arrival.
 *
 * `statusServerOptions()` needs it where no plugin is registered: it has no server then to listen to, and the `ServerResponse`
 * of `http.createServer()` is all that Node and Fastify document for it. It costs what the second listener costs: no
 * difference can be measured.
 *
 * @param Base the class that the user has given
 */
export function trackedResponse (Base: typeof ServerResponse = ServerResponse): typeof ServerResponse {
  return class TrackedResponse<Request extends IncomingMessage> extends Base<Request> {
    constructor (...args: [request: Request]) {
      super(...args)
      track(this.req, this)
    }

    get [isTracked] (): true { return true }
  }
}

function track (request: IncomingMessage, response: ServerResponse): void {
  // Streams of HTTP/2 have no order
  if (request.httpVersionMajor > 1) return
  const connection: Connection = request.socket
  const last = connection[lastOf]
  // Responses that still wait for their turn then never close
  if (!(lastOf in connection)) connection.on('close', forget)
  connection[lastOf] = { request, response, previous: last?.response.writableFinished === false ? last.response : undefined }
  const tracked = response as Tracked
  tracked[connectionOf] = connection
  tracked.on('close', release)
}

/** Lets go of a response that has been sent, and of its request once that has been read. */
function release (this: ServerResponse): void {
  if (!this.writableFinished) {
    // Destroyed before its turn: Node 24 keeps the connection open, and what follows waits for ever. Node 22 does as this
    this.once('socket', (socket: Socket) => socket.destroy())
    return
  }
  const { req: request, [connectionOf]: connection } = this as Tracked
  const last = connection[lastOf]
  if (last?.previous === this) last.previous = undefined
  if (last?.response !== this) return
  if (request.complete) connection[lastOf] = undefined
  // Answered before its body has come: what can't be read of it is still this request's
  else request.once('close', () => { if (connection[lastOf] === last) connection[lastOf] = undefined })
}

function forget (this: Connection): void {
  this[lastOf] = undefined
}
