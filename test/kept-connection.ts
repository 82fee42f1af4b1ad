import { connect, type Socket } from 'node:net'

/** An answer as it came: one value a field, names in lower case. */
export interface Answer {
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly trailers?: Readonly<Record<string, string>>
}

/** Asks a server. Rejects where there is no whole answer in time, or more than one. */
export type Ask = (method: string, path: string, fields: Readonly<Record<string, string>>, body?: string) => Promise<Answer>

/** How long an answer is waited for, in milliseconds: what takes longer hangs, on however slow a machine. */
export const patience = 20_000

/** Asks a server over one connection for as long as it lasts. Framing is held to the letter: an octet too few hangs, an octet too many fails. */
export function keptConnection (origin: string): { ask: Ask, close: () => void } {
  const { hostname: host, port } = new URL(origin)
  let socket: Socket | undefined
  let received: Buffer = Buffer.alloc(0)
  let look = (): void => {}

  return { ask, close: () => { socket?.destroy() } }

  async function ask (method: string, path: string, fields: Readonly<Record<string, string>>, body = ''): Promise<Answer> {
    const { promise, resolve, reject } = deferred<Answer>()
    const timer = setTimeout(() => reject(new Error('hangs')), patience)
    look = () => {
      try {
        const read = readResponse(received, method)
        if (read === undefined) {
          if (socket?.destroyed) reject(new Error(`cut off: ${received.toString('latin1', 0, 400)}`))
          return
        }
        received = read.rest
        if (received.length > 0) throw new Error(`octets that nobody asked for: ${received.toString('latin1', 0, 40)}`)
        if (read.answer.fields['connection'] === 'close') socket?.end()
        resolve(read.answer)
      } catch (error) {
        reject(error as Error)
      }
    }
    const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const lines = Object.entries({ host: 'localhost', ...length, ...fields }).map(([name, value]) => `${name}: ${value}\r\n`)
    try {
      opened().write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
      return await promise
    } catch (error) {
      socket?.destroy()
      socket = undefined
      received = Buffer.alloc(0)
      throw error
    } finally {
      clearTimeout(timer)
      look = () => {}
    }
  }

  function opened (): Socket {
    if (socket?.destroyed === false && socket.writable && !socket.readableEnded) return socket
    const made = connect(Number(port), host)
    made.on('data', chunk => { received = Buffer.concat([received, chunk]); look() })
    made.on('error', () => {}).on('close', () => look())
    socket = made
    return made
  }
}

/**
 * Reads the first response of what a server sent, by RFC 9112 §6.3; `undefined` where it isn't whole yet.
 *
 * @throws {Error} if it has a framing that RFC 9112 §6 forbids, or none
 */
export function readResponse (bytes: Buffer, method: string): { answer: Answer, rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const fields = fieldsOf(lines)
  const rest = bytes.subarray(end + 4)
  if (method === 'HEAD' || status === 204 || status === 304) return { answer: { status, fields, body: Buffer.alloc(0) }, rest }
  if (fields['transfer-encoding'] === 'chunked') {
    const read = readChunks(rest)
    return read && { answer: { status, fields, ...read.content }, rest: read.rest }
  }
  const length = Number(fields['content-length'])
  if (!Number.isInteger(length)) throw new Error(`no framing: ${lines.join(', ')}`)
  if (rest.length < length) return undefined
  return { answer: { status, fields, body: rest.subarray(0, length) }, rest: rest.subarray(length) }
}

function readChunks (bytes: Buffer): { content: Pick<Answer, 'body' | 'trailers'>, rest: Buffer } | undefined {
  const chunks: Buffer[] = []
  let at = 0
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[\da-f]+$/i.test(line)) throw new Error(`no size of a chunk: ${line.slice(0, 40)}`)
    const size = parseInt(line, 16)
    if (size === 0) {
      const end = bytes.indexOf('\r\n\r\n', lineEnd)
      if (end === -1) return undefined
      const trailers = fieldsOf(bytes.toString('latin1', lineEnd + 2, Math.max(end, lineEnd + 2)).split('\r\n').filter(Boolean))
      return { content: { body: Buffer.concat(chunks), trailers }, rest: bytes.subarray(end + 4) }
    }
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
    if (at > bytes.length) return undefined
  }
}

/** Several lines of a field are one list (RFC 9110 §5.3). */
function fieldsOf (lines: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    fields[name] = fields[name] === undefined ? value : `${fields[name]}, ${value}`
  }
  return fields
}

function deferred<T> () {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((_resolve, _reject) => { resolve = _resolve; reject = _reject })
  return { promise, resolve, reject }
}
