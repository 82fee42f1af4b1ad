import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import type { FastifyInstance } from 'fastify'

/** Starts an app on a free port of loopback, and closes it after the test. Returns its origin. */
export async function listen (t: { teardown (close: () => unknown): void }, app: FastifyInstance<any, any, any, any, any>): Promise<string> {
  t.teardown(() => app.close())
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/**
 * Sends bytes as they are, the parts of an array 150 ms apart, and returns all bytes that come back until the server closes
 * or says nothing for `milliseconds`.
 */
export async function exchange (origin: string, request: string | Buffer | readonly string[], milliseconds = 2000): Promise<string> {
  const { protocol, hostname: host, port } = new URL(origin)
  const socket = protocol === 'https:' ? connectTls({ host, port: Number(port), rejectUnauthorized: false }) : connect(Number(port), host)
  socket.setTimeout(milliseconds, () => socket.destroy())
  const sending = sendAll()
  const chunks: Buffer[] = []
  try {
    for await (const chunk of socket) chunks.push(chunk)
  } catch {
    // A connection that is reset has said what it had to say
  }
  await sending
  return Buffer.concat(chunks).toString('latin1')

  async function sendAll (): Promise<void> {
    const [first, ...others] = [request].flat()
    socket.write(first!)
    for (const part of others) {
      await sleep(150)
      socket.write(part)
    }
  }
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
