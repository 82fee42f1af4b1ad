import t from 'tap'
import { evaluate, isConditional, weakTagOf } from '../../lib/http/conditional.ts'
import { cases } from '../cases/conditional.ts'

for (const { section, says, method, headers, state, evaluation } of cases) {
  t.test(`RFC 9110 §${section}: ${says} → ${evaluation}`, async t => {
    const lastModified = state?.lastModified === undefined ? undefined : Date.parse(state.lastModified)
    t.equal(evaluate(method, headers, state && { ...state, lastModified }), evaluation)
    t.equal(isConditional(headers), Object.keys(headers).length > 0)
  })
}

const weak: Array<[says: string, field: string | undefined, etag: string | null | undefined, whose: ReturnType<typeof weakTagOf>]> = [
  ["the client's tag is weak", 'W/"a"', '"a"', 'client'],
  ["the client's tag is weak, among others", '"b", W/"a"', '"a"', 'client'],
  ["the resource's tag is weak", '"a"', 'W/"a"', 'resource'],
  ['both are', 'W/"a"', 'W/"a"', 'resource'],
  ['the tag is there as a strong one too', 'W/"a", "a"', '"a"', undefined],
  ['both are strong', '"a"', '"a"', undefined],
  ['it is another tag', 'W/"b"', '"a"', undefined],
  ['it is another tag, and the resource has a weak one', '"b"', 'W/"a"', undefined],
  ['If-Match is *', '*', 'W/"a"', undefined],
  ['there is no If-Match', undefined, 'W/"a"', undefined],
  ['the resource has no tag', 'W/"a"', undefined, undefined],
  ['the resource does not exist', 'W/"a"', null, undefined]
]

t.test('If-Match fails for a weak tag alone where the weak comparison would match (RFC 9110 §13.1.1)', async t => {
  for (const [says, field, etag, whose] of weak) {
    const headers = { 'if-match': field, 'if-none-match': 'W/"a"' }
    t.equal(weakTagOf(headers, etag === null ? null : { etag }), whose, says)
    if (whose !== undefined) t.equal(evaluate('PUT', headers, { etag: etag! }), 'precondition failed')
  }
})
