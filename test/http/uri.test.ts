import t from 'tap'
import { encodeUri } from '../../lib/http/uri.ts'

t.test('encodeUri() encodes what can\'t stand in a URI (RFC 3986 §2)', async t => {
  const cases: Record<string, string> = {
    '/organizations/1': '/organizations/1',
    'https://example.com:8443/a/b?c=d&e=%20f#g': 'https://example.com:8443/a/b?c=d&e=%20f#g',
    "/!$&'()*+,;=:@-._~[]": "/!$&'()*+,;=:@-._~[]",
    '/a b': '/a%20b',
    '/å': '/%C3%A5',
    '/😀': '/%F0%9F%98%80',
    '/a\r\nSet-Cookie: b': '/a%0D%0ASet-Cookie:%20b',
    '/\0': '/%00',
    '/"<>\\^`{|}': '/%22%3C%3E%5C%5E%60%7B%7C%7D',
    '/100%': '/100%25',
    '/%zz%4': '/%25zz%254',
    '/\uD800': '/%EF%BF%BD',
    '/\uDC00\uD800x': '/%EF%BF%BD%EF%BF%BDx',
    'javascript:alert(1)': 'javascript:alert(1)',
    '': ''
  }
  for (const [text, uri] of Object.entries(cases)) t.equal(encodeUri(text), uri, JSON.stringify(text))
})
