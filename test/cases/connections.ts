const head = (line: string, fields = '') => `${line} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`
const json = 'Content-Type: application/json\r\nContent-Length: 2\r\n'
export const [get, slow, destroyed, cut] = ['/', '/slow', '/destroyed', '/cut'].map(path => head(`GET ${path}`)) as [string, string, string, string]
const [post, refused, taken] = ['/', '/refused', '/taken'].map(path => head(`POST ${path}`, json)) as [string, string, string]
const tunnel = head('CONNECT example.com:443')
const garbage = 'garbage\r\n\r\n'

/** What a connection asks that stays open: parts, each with the number of answers to wait for, and the statuses of all. */
export const kept: ReadonlyArray<readonly [title: string, statuses: readonly number[], ...parts: ReadonlyArray<readonly [bytes: string, answers: number]>]> = [
  ['three requests', [200, 200, 200], [get, 1], [get, 1], [get, 1]],
  ['three requests at once', [200, 200, 200], [get + slow + get, 3]],
  ['a body', [201], [post, 0], ['{}', 1]],
  ['a body that somebody takes with its socket', [200, 200], [taken, 0], ['{}', 1], [get, 1]],
  ['an expectation', [400], [head('GET /', 'Expect: tea\r\n'), 1]],
  ['a body that comes after its answer', [404], [refused, 1], ['{}', 0]],
  ['a body that comes after its answer, and the next request with it', [404, 200], [refused, 1], [`{}${slow}`, 1]],
  ['an upgrade', [200, 101], [get, 1], [head('GET /', 'Connection: upgrade\r\nUpgrade: tea\r\n'), 1]]
]

/** What a connection sends that the server ends. */
export const ended: Readonly<Record<string, string>> = {
  'the response is destroyed': destroyed,
  'half of it is sent': cut,
  'with another request behind it': destroyed + get,
  'with garbage behind it': destroyed + garbage,
  'with a tunnel behind it': destroyed + tunnel,
  'while it waits for its turn': slow + destroyed,
  'while it waits, with garbage behind it': slow + destroyed + garbage,
  'while it waits, with a tunnel behind it': slow + destroyed + tunnel,
  'while it waits, behind a body that never comes': slow + refused + destroyed,
  'a tunnel': slow + tunnel
}

/** What a client has sent when it goes. */
export const aborted: Readonly<Record<string, string>> = {
  'half of a body': `${post}{`,
  'a head, and has been answered': refused,
  'half of a body behind others': `${slow}${slow}${post}{`
}
