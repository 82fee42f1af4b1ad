import { connect } from 'node:net'
import { paths, phases } from './gate.ts'

/** Draws numbers below a bound: the same ones for the same seed (mulberry32). */
export function drawing (seed: number): (bound: number) => number {
  let state = seed >>> 0
  return bound => {
    state = (state + 0x6D2B79F5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'OPTIONS', 'GET', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE']
/** Those that the parser or the server refuses, and with them what comes behind on the connection. */
const oddMethods = ['QUERY', 'PROPFIND', 'CONNECT', 'get']
const others = ['/deep/a/b', '/version', '/socket', '/preflight', '/preflight', '/none', '*']

/** A path as it may be written: each names the same resource, nearly the same one, or none. */
const spellings: ReadonlyArray<(path: string) => string> = [
  ...Array(12).fill((path: string) => path),
  path => `${path}?a=1&a=2`,
  path => `http://a.example${path}`,
  path => `http://user@a.example:80${path}#a`,
  path => `/${path}`,
  path => `${path}/`,
  path => path.replace(/[a-z]/, letter => `%${letter.charCodeAt(0).toString(16)}`),
  path => path.toUpperCase(),
  path => `/x/..${path}`,
  path => `${path};a=b`,
  path => path.replaceAll('/', '%2f')
]

/** Header fields without credentials; the same one may be drawn twice. */
const fields = [
  'Origin: https://a.example', 'Origin: null', 'Origin:', 'Access-Control-Request-Method: GET', 'Access-Control-Request-Method:',
  'access-control-request-method: POST', 'Access-Control-Request-Headers: authorization', 'Expect: 100-continue', 'Expect: 200-ok',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Upgrade: h2c',
  'Connection: close', 'Connection: authorization', 'Authorization: no', 'Authorization:', 'Proxy-Authorization: yes', 'Cookie: authorization=yes',
  'X-HTTP-Method-Override: OPTIONS', 'X-Forwarded-For: 127.0.0.1', 'X-Original-URL: /open', 'Accept-Version: 1.0.0', 'Host: b.example',
  'Content-Type: application/json', 'Content-Type: text/plain', 'Content-Type: nonsense', 'If-None-Match: *', 'Range: bytes=0-1',
  ...phases.map(phase => `X-Throw: ${phase}`), `X-Throw: ${phases.join()}`, `X-Twice: ${phases.join()}`
]

const bodies = [
  ...Array(12).fill('\r\n'), 'Content-Length: 2\r\n\r\n{}', 'Content-Length: 9\r\n\r\n{}', 'Content-Length: 1\r\n\r\n{',
  'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n', 'Transfer-Encoding: chunked\r\n\r\nz\r\n', 'Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'
]

/** What is sent on one connection: some requests, one behind the other. */
export function attack (draw: (bound: number) => number): string[] {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!
  return Array.from({ length: 1 + draw(4) }, () => {
    const target = pick(spellings)(pick([...paths, ...others]))
    const lines = Array.from({ length: draw(6) }, () => `${pick(fields)}\r\n`)
    const preflight = draw(4) === 0 ? `${fields[0]}\r\n${fields[3]}\r\n` : ''
    return `${pick(draw(40) === 0 ? oddMethods : methods)} ${target} HTTP/1.${draw(20) === 0 ? 0 : 1}\r\n${draw(40) === 0 ? '' : 'Host: a.example\r\n'}${preflight}${lines.join('')}${pick(bodies)}`
  })
}

/** How long a connection stays where nothing comes, in milliseconds: what comes later isn't waited for. */
const silence = 100

/** Sends bytes, and returns what comes back until the server closes or is silent. */
export async function strike (port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setTimeout(silence, () => { socket.destroy() })
  socket.setEncoding('latin1').on('data', chunk => { text += chunk }).on('error', () => {})
  socket.write(bytes)
  await new Promise(resolve => { socket.once('close', resolve) })
  return text
}
