/** Bytes that no route sees, and the answer that the contract has for them. */
export interface Case {
  title: string
  bytes: string | Buffer
  status: number
  code: string | RegExp
}

const get = (target: string, ...fields: string[]) => [`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...fields, '', ''].join('\r\n')
const post = (fields: string[], body: string | Buffer) => Buffer.concat([
  Buffer.from(['POST /things HTTP/1.1', 'Host: localhost', 'Connection: close', ...fields, '', ''].join('\r\n')), Buffer.from(body)
])
const json = 'Content-Type: application/json'
const malformed = { status: 400, code: 'MALFORMED_REQUEST' }

export const cases: Case[] = [
  { title: 'garbage', bytes: 'garbage\r\n\r\n', ...malformed },
  { title: 'a bad header line', bytes: get('/', 'no colon'), ...malformed },
  { title: 'header overflow', bytes: get('/', `X: ${'x'.repeat(20_000)}`), status: 400, code: 'REQUEST_HEADER_FIELDS_TOO_LARGE' },
  { title: 'no Host', bytes: 'GET /things/1 HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400, code: 'HOST_REQUIRED' },
  { title: 'no Host for an unknown route', bytes: 'GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400, code: 'HOST_REQUIRED' },
  { title: 'two Hosts', bytes: get('/things/1', 'Host: other'), status: 400, code: 'HOST_INVALID' },
  { title: 'a Host that is none', bytes: 'GET /things/1 HTTP/1.1\r\nHost: a b/c@\r\nConnection: close\r\n\r\n', status: 400, code: 'HOST_INVALID' },
  { title: 'an unknown Expect', bytes: get('/', 'Expect: tea'), status: 400, code: 'EXPECTATION_FAILED' },
  { title: 'bad percent-encoding', bytes: get('/%zz'), status: 400, code: 'BAD_URL' },
  { title: 'bad percent-encoding under a route', bytes: get('/things/%zz'), status: 400, code: 'BAD_URL' },
  { title: 'percent-encoding that is no UTF-8', bytes: get('/things/%ff'), status: 400, code: 'BAD_URL' },
  { title: 'a parameter that is too long', bytes: get(`/things/${'x'.repeat(200)}`), status: 400, code: 'URI_TOO_LONG' },
  { title: 'a method that HTTP has not', bytes: 'FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n', ...malformed },
  { title: 'TRACE', bytes: get('/').replace('GET', 'TRACE'), status: 404, code: 'NOT_FOUND' },
  { title: 'PROPFIND of a known path', bytes: get('/things/1').replace('GET', 'PROPFIND'), status: 404, code: 'METHOD_NOT_ALLOWED' },
  { title: 'CONNECT', bytes: 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', status: 404, code: 'METHOD_NOT_ALLOWED' },
  { title: 'OPTIONS *', bytes: get('*').replace('GET', 'OPTIONS'), status: 404, code: 'NOT_FOUND' },
  { title: 'an invalid chunk', bytes: post([json, 'Transfer-Encoding: chunked'], 'zz\r\n{}\r\n0\r\n\r\n'), ...malformed },
  { title: 'Content-Length beside Transfer-Encoding', bytes: post([json, 'Content-Length: 2', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'), ...malformed },
  { title: 'a bad Content-Length', bytes: post([json, 'Content-Length: two'], '{}'), ...malformed },
  { title: 'two Content-Lengths', bytes: post([json, 'Content-Length: 2', 'Content-Length: 3'], '{}'), ...malformed },
  { title: 'an HTTP/2 preface', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ...malformed },
  { title: 'HTTP/9.9', bytes: 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', ...malformed },
  { title: 'NUL in the target', bytes: get('/a\0b'), ...malformed },
  { title: 'raw UTF-8 in the target', bytes: get('/things/å'), ...malformed },
  { title: 'TLS on the plain port', bytes: Buffer.from('160301020001000001fc0303', 'hex'), ...malformed },
  { title: 'no media type', bytes: post(['Content-Length: 2'], '{}'), status: 400, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a wrong media type', bytes: post(['Content-Type: text/xml', 'Content-Length: 2'], '{}'), status: 400, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a broken media type', bytes: post(['Content-Type: ;;', 'Content-Length: 2'], '{}'), status: 400, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a body that is declared too large', bytes: post([json, 'Content-Length: 99999999'], '{}'), status: 400, code: 'CONTENT_TOO_LARGE' },
  { title: 'a chunked body that is too large', bytes: post([json, 'Transfer-Encoding: chunked'], `${(2000).toString(16)}\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`), status: 400, code: 'CONTENT_TOO_LARGE' },
  // Fastify 6.0.0-alpha.4 compares Content-Length with the text that it made of the bytes, Fastify 5 with the bytes
  { title: 'an unsupported Content-Encoding', bytes: post([json, 'Content-Encoding: gzip', 'Content-Length: 4'], Buffer.from([0x1f, 0x8b, 8, 0])), status: 400, code: /^INVALID_(JSON_BODY|CONTENT_LENGTH)$/ },
  { title: 'another method', bytes: get('/things').replace('GET', 'DELETE'), status: 404, code: 'METHOD_NOT_ALLOWED' }
]
