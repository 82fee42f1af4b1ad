import fc, { type Arbitrary } from 'fast-check'

/** What the client sends where nothing may echo it: in the query, in header fields, in the body. */
export const received = 'received-secret'

const { constant, constantFrom, integer, oneof, option, record, string, tuple } = fc

/** Mostly the first, which is what a right request has. */
function mostly<T> (right: Arbitrary<T>, wrong: Arbitrary<T>, weight = 6): Arbitrary<T> {
  return oneof({ arbitrary: right, weight }, { arbitrary: wrong, weight: 1 })
}

const method = mostly(
  constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  oneof(constantFrom('TRACE', 'CONNECT', 'PROPFIND', 'SEARCH', 'QUERY', 'get', 'PRI', 'G\0T', ''), string({ maxLength: 8 }))
)

const segment = oneof(
  integer({ min: 0, max: 99 }).map(String),
  constantFrom('a', '..', '.', '%2e%2e', '%2F', '%00', '%zz', '%ff', '%', '%C3%A5', '\u00e5', '\0', ';a=b', '~', '*', 'x'.repeat(150), '__proto__', 'constructor', '%0d%0aX:1', '\\'),
  string({ maxLength: 6 }).map(encodeURIComponent)
)
const path = mostly(
  oneof(constantFrom('/', '/things', '/closed', '/broken', '/away', '/stream', '/teapot', '/nowhere'), integer({ min: 0, max: 9 }).map(id => `/things/${id}`)),
  fc.array(segment, { maxLength: 4 }).map(segments => `/${segments.join('/')}`), 2
)
const query = option(oneof(
  constantFrom('page=1', 'page=a', 'page=', 'page=1&page=2', 'page[]=1', '__proto__[a]=1', `page=${received}`, '%', '&&==', 'a=%00', '?'.repeat(9)),
  string({ maxLength: 12 })
), { nil: undefined, freq: 2 })
const target = mostly(
  tuple(path, query).map(([path, query]) => query === undefined ? path : `${path}?${query}`),
  oneof(constantFrom('*', '', 'http://localhost/things', 'https://a:b@c/things/1?d', 'localhost:80', '//things', '/things#a', '\\things', `/${'x'.repeat(9000)}`), string({ maxLength: 9 }))
)
const version = mostly(constant('HTTP/1.1'), constantFrom('HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/9.9', 'HTTP/1.1 ', 'HTTP/1.12', 'HTP/1.1', ''), 12)

const json = oneof(
  constantFrom('{"name":"a"}', '{"name":1}', '{}', '[]', 'null', '"a"', '{"name":"a","more":1}', '{"__proto__":{"a":1}}', '{"constructor":{"prototype":1}}', '{"name":"a"',
    `{"name":["${received}"],"more":"${received}"}`, `${'['.repeat(400)}`, '\ufeff{"name":"a"}', '{"name":"\\ud800"}', ''),
  fc.json({ maxDepth: 3 }), string({ maxLength: 30 })
)

const tag = constantFrom('"1"', 'W/"1"', '*', '"1", "2"', '1', '"', 'W/', '"a"b"', `"${'x'.repeat(300)}"`, ',,,', '')
const date = constantFrom('Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'Fri, 31 Dec 9999 23:59:59 GMT', '0', 'never', '-1', '')
const field = oneof(
  tuple(constantFrom('If-Match', 'If-None-Match'), tag),
  tuple(constantFrom('If-Modified-Since', 'If-Unmodified-Since', 'If-Range'), date),
  tuple(constant('Authorization'), constantFrom('Bearer yes', 'Bearer no', `Bearer ${received}`, 'Basic YTpi', 'Bearer', 'bearer yes', 'Bearer yes, Bearer no', '')),
  tuple(constant('Expect'), constantFrom('100-continue', 'tea', '')),
  tuple(constant('Content-Encoding'), constantFrom('gzip', 'identity', 'br')),
  tuple(constant('Connection'), constantFrom('close', 'keep-alive', 'upgrade', 'close, upgrade', 'Host')),
  tuple(constant('Upgrade'), constantFrom('websocket', 'h2c', 'tea')),
  tuple(constant('Range'), constantFrom('bytes=0-1', 'bytes=9-1', 'tea=1')),
  tuple(constantFrom('Origin', 'Access-Control-Request-Method', 'Accept', 'Accept-Encoding', 'Cookie', 'X-HTTP-Method-Override', 'X-Forwarded-For', 'X-Request-Id', 'Trailer', 'TE'),
    oneof(constantFrom('GET', 'https://a.example', 'text/html;q=0', received, '\u00ff', '127.0.0.1'), string({ maxLength: 20 }))),
  tuple(string({ minLength: 1, maxLength: 10 }), string({ maxLength: 30 })),
  tuple(constant('X-Large'), integer({ min: 0, max: 20_000 }).map(length => 'x'.repeat(length)))
)

const type = mostly(constant('application/json'), constantFrom('application/json; charset=latin1', 'text/plain', 'text/xml', ';;', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/JSON;a', ''))
const host = mostly(constant<string | undefined>('localhost'), constantFrom(undefined, '', 'a b', 'localhost:99999', '[::1'), 12)

/** How the body is framed: what is declared, and what is sent. */
const framing = mostly(
  constantFrom<(body: string) => [fields: string[], sent: string]>(
    body => [[`Content-Length: ${Buffer.byteLength(body)}`], body],
  body => [['Transfer-Encoding: chunked'], `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`]
  ),
  constantFrom<(body: string) => [fields: string[], sent: string]>(
    body => [[], body],
  body => [[`Content-Length: ${Buffer.byteLength(body) + 5}`], body],
  body => [['Content-Length: -1'], body],
  body => [['Content-Length: 1', 'Content-Length: 2'], body],
  body => [[`Content-Length: ${'9'.repeat(30)}`], body],
  body => [['Content-Length: 99999999'], body],
  body => [[`Content-Length: ${Buffer.byteLength(body)}`, 'Transfer-Encoding: chunked'], body],
  body => [['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`],
  body => [['Transfer-Encoding: chunked'], `${Buffer.byteLength(body).toString(16)};a=b\r\n${body}\r\n0\r\nX-Trailer: ${received}\r\n\r\n`],
  body => [['Transfer-Encoding: gzip, chunked'], `0\r\n\r\n${body}`],
  body => [['Transfer-Encoding: tea'], body],
  body => [['Transfer-Encoding: chunked'], `ffffffff\r\n${body}`]
  ), 3
)

const message = record({ method, target, version, host, fields: fc.array(field, { maxLength: 5 }), body: option(tuple(json, type, framing), { nil: undefined }), end: mostly(constant('\r\n'), constantFrom('\n', '\r', '\r\n ', '\n\r'), 20) })
  .map(({ method, target, version, host, fields, body, end }) => {
    const [framed, sent] = body === undefined ? [[], ''] : body[2](body[0])
    const lines = [
      `${method} ${target} ${version}`,
      ...(host === undefined ? [] : [`Host: ${host}`]),
      ...(body === undefined ? [] : [`Content-Type: ${body[1]}`]), ...framed,
      ...fields.map(([name, value]) => `${name}: ${value}`), '', ''
    ]
    return lines.join(end) + sent
  })

/** A change of some bytes at a place between 0, the start, and 1. */
const mutation = tuple(fc.double({ min: 0, max: 1, noNaN: true }), constantFrom<(bytes: Buffer, at: number) => Buffer>(
  (bytes, at) => bytes.subarray(0, at),
(bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
(bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes]),
(bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n'), bytes.subarray(at)]),
(bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from([0]), bytes.subarray(at)]),
(bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from([bytes[at]! ^ 0x80]), bytes.subarray(at + 1)])
))

/** The bytes of one connection: valid, mutated or hostile HTTP, one to three requests. */
export const bytes: Arbitrary<Buffer> = tuple(
  fc.array(message, { minLength: 1, maxLength: 3 }),
  option(mutation, { nil: undefined, freq: 1 })
).map(([messages, change]) => {
  const whole = Buffer.from(messages.join(''))
  if (change === undefined) return whole
  const [place, mutate] = change
  return mutate(whole, Math.floor(place * (whole.length - 1)))
})
