import t from 'tap'
import { bearerChallenge } from '../../lib/http/challenge.ts'

t.test('a challenge has its params in quotes, in the order given', async t => {
  t.equal(bearerChallenge({ realm: 'a', error: 'invalid_token', error_description: 'b c.', scope: 'd e' }),
    'Bearer realm="a", error="invalid_token", error_description="b c.", scope="d e"')
})

t.test('a challenge leaves out what is undefined', async t => {
  t.equal(bearerChallenge({ realm: undefined, scope: 'a' }), 'Bearer scope="a"')
  t.equal(bearerChallenge({}), 'Bearer')
})

t.test('a value ends neither its quotes nor the field (RFC 9110 §5.6.4)', async t => {
  t.equal(bearerChallenge({ realm: 'a"b\\c' }), 'Bearer realm="a\\"b\\\\c"')
  t.equal(bearerChallenge({ realm: 'a\r\nSet-Cookie: b\0ä' }), 'Bearer realm="a  Set-Cookie: b  "')
})
