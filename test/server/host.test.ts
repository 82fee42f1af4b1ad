import t from 'tap'
import { wrongHost } from '../../lib/server/host.ts'

const asked = (httpVersion: string, ...hosts: string[]) => wrongHost({
  httpVersion,
  headers: hosts.length > 0 ? { host: hosts[0] } : {},
  rawHeaders: hosts.flatMap(host => ['Host', host])
} as Parameters<typeof wrongHost>[0])

t.test('a host and port by RFC 3986 §3.2.2 and §3.2.3 is right, and so is an empty one (RFC 9112 §3.2)', async t => {
  for (const host of ['example.com', 'EXAMPLE.com:8080', 'a:', '127.0.0.1:80', '[::1]', '[2001:db8::1]:443', '[::ffff:127.0.0.1]', 'caf%C3%A9.example', "a!$&'()*+,;=b", '_x~y-z', '']) {
    t.equal(asked('1.1', host), undefined, host)
  }
})

t.test('anything else is a 400', async t => {
  for (const host of ['a b', 'user@example.com', 'example.com/path', 'example.com:http', 'http://example.com', '[::1', '::1', '[v1]x', '%zz', 'é', 'a,b c', '"a"']) {
    t.match(asked('1.1', host), { status: 400, code: 'HOST_INVALID' }, host)
  }
})

t.test('HTTP/1.1 has exactly one; HTTP/1.0 and HTTP/2 may have none', async t => {
  t.match(asked('1.1'), { status: 400, code: 'HOST_REQUIRED' })
  t.equal(asked('1.0'), undefined)
  t.equal(asked('2.0'), undefined)
  t.match(asked('1.1', 'a', 'a'), { status: 400, code: 'HOST_INVALID' })
  t.match(asked('1.0', 'a', 'b'), { status: 400, code: 'HOST_INVALID' })
})

t.test('a request that was read from no connection has no raw header fields, and needs no Host', async t => {
  const made = { httpVersion: '1.1', headers: {}, rawHeaders: undefined }
  t.equal(wrongHost(made), undefined)
  t.match(wrongHost({ ...made, rawHeaders: [] }), { status: 400, code: 'HOST_REQUIRED' }, 'one that was read has them, be it none')
})
