import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { FastifyInstance } from 'fastify'

/** Starts an app on a free port of loopback, and closes it after the test. Returns its origin. */
export async function listen (t: { teardown (close: () => unknown): void }, app: FastifyInstance<any, any, any, any, any>): Promise<string> {
  t.teardown(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/**
 * How long nothing may come before an exchange counts as hung, in milliseconds. It ends no exchange that is right:
 * it is less than Fastify's keepAliveTimeout of 72 seconds, and more than a busy machine needs.
 */
const hung = 60_000

/**
 * Sends bytes as they are, and returns all bytes that come back until the server closes. Of an array the first part is
 * sent at once, and another each time that something comes back.
 *
 * @throws {Error} if the server neither sends anything nor closes for a minute
 */
export async function exchange (origin: string, request: string | Buffer | readonly string[]): Promise<string> {
  const { protocol, hostname: host, port } = new URL(origin)
  const socket = protocol === 'https:' ? connectTls({ host, port: Number(port), rejectUnauthorized: false }) : connect(Number(port), host)
  const [first, ...others] = [request].flat()
  const chunks: Buffer[] = []
  let isHung = false
  socket.setTimeout(hung, () => { isHung = true; socket.destroy() })
  socket.on('data', chunk => {
    chunks.push(chunk)
    if (others.length > 0) socket.write(others.shift()!)
  })
  // A connection that is reset has said what it had to say
  socket.on('error', () => {})
  socket.write(first!)
  await new Promise(resolve => { socket.once('close', resolve) })
  const text = Buffer.concat(chunks).toString('latin1')
  if (isHung) throw new Error(`Cannot end the exchange: the server is silent, and keeps the connection, after ${JSON.stringify(text)}`)
  return text
}

/** A response in its parts; the names of its header fields in lower case, one line each. */
export interface Response {
  status: number
  headers: Record<string, string>
  body: string
}

/** Sends one request on a connection of its own, and reads the response. */
export async function send (origin: string, method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Response> {
  const fields = Object.entries({ host: 'localhost', connection: 'close', ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }), ...headers })
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return parse(await exchange(origin, `${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`))
}

/** Parses a response whose content isn't chunked. */
export function parse (text: string): Response {
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })),
    body: text.slice(end + 4)
  }
}
