import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { badRequest, StatusError } from '../contract/errors.ts'
import { lastExchange, trackExchanges } from './exchanges.ts'
import type { Settings } from '../contract/options.ts'
import { settingsIn } from '../contract/scope.ts'
import { problemOf, rowIn } from '../contract/problem.ts'

/** What Node can't read, by the code of its error. */
const unreadable: Readonly<Record<string, StatusError>> = {
  HPE_HEADER_OVERFLOW: new StatusError(431, 'The header is too large.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: new StatusError(413, 'The chunk extensions are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new StatusError(408, 'The request came too slowly.')
}
const malformed = badRequest('The request is not HTTP that can be read.', { code: 'MALFORMED_REQUEST' })
const noExpectation = new StatusError(417, 'The server meets no expectation but 100-continue.')
const noTunnel = new StatusError(405, 'The server opens no tunnels.')

/** How long a connection stays open for its client to read why it is refused, in milliseconds. */
const linger = 1000

/** The connections that are ending. */
const refused = new WeakSet<Socket>()

/** The servers that are watched. */
const watched = new WeakSet<object>()

/** Answers what reaches the server, but no route: expectations and tunnels. */
export function watchConnections ({ server }: FastifyInstance, settings: Settings): void {
  if (watched.has(server)) return
  watched.add(server)
  trackExchanges(server)
  // Node does the same by itself, in its own words, where nobody listens
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    refuseMessage(noExpectation, settings, response)
  })
  server.on('connect', (request: IncomingMessage, socket: Socket | ServerResponse) => {
    if ('writeHead' in socket) return refuseMessage(noTunnel, settings, socket)
    // Node no longer listens to what goes wrong with it, which would end the process
    socket.on('error', () => {})
    after(lastExchange(socket)?.response, () => { end(socket, textOf(noTunnel, settings)) })
  })
}

/** Answers a connection whose request can't be read, and ends it. */
export function refuseConnection (instance: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  if (refused.has(socket)) return
  refused.add(socket)
  const refusal = unreadable[String(error.code)] ?? malformed
  instance.log.info({ statusCode: refusal.status, code: refusal.code, reason: error.code }, refusal.message)
  if (error.code === 'ECONNRESET' || !socket.writable) {
    // A client that has gone hears nothing
    socket.destroy()
    return
  }
  const { request, response, previous } = lastExchange(socket) ?? {}
  const text = textOf(refusal, settingsIn(instance))
  // What lies behind a request that was read
  if (request?.complete !== false) {
    after(response, () => { end(socket, text) })
    return
  }
  // What can't be read is of the last request: it has one answer, this or that which it has got already
  after(previous, () => {
    if (response?.headersSent !== true) end(socket, text)
    else if (response.writableEnded) after(response, () => { end(socket, '') })
    else socket.destroy()
  })
}

/**
 * Acts once an answer has been sent, if there is one.
 * "a server MUST send its responses in the same order that it received the requests" (RFC 9112 §9.3.2)
 */
function after (response: ServerResponse | undefined, act: () => void): void {
  if (response === undefined || response.writableFinished) act()
  else response.once('finish', act)
}

/** Ends a connection gently: destroyed at once, with bytes unread, it would take the answer with it (RFC 9112 §9.6). */
function end (socket: Socket, text: string): void {
  if (socket.writable) socket.end(text)
  setTimeout(() => socket.destroy(), linger).unref()
}

function refuseMessage (refusal: StatusError, settings: Settings, response: ServerResponse): void {
  const { status, fields, body } = messageOf(refusal, settings)
  response.writeHead(status, fields).end(body)
}

function textOf (refusal: StatusError, settings: Settings): string {
  const { status, phrase, fields, body } = messageOf(refusal, settings)
  const head = Object.entries({ ...fields, Date: new Date().toUTCString(), Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${phrase}\r\n${head.join('')}\r\n${body}`
}

function messageOf (refusal: StatusError, { contract, format }: Settings) {
  const { code: status, phrase } = rowIn(contract, refusal)
  const body = format.serialize(problemOf(refusal, contract))
  const fields = { 'Content-Type': format.contentType, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' }
  return { status, phrase, fields, body }
}
