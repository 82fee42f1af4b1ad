import t from 'tap'
import { evaluate, isConditional } from '../../lib/http/conditional.ts'
import { cases } from '../cases/conditional.ts'

for (const { section, says, method, headers, etag, lastModified, evaluation } of cases) {
  t.test(`RFC 9110 §${section}: ${says} → ${evaluation}`, async t => {
    t.equal(evaluate(method, headers, { etag, lastModified: lastModified === undefined ? undefined : Date.parse(lastModified) }), evaluation)
    t.equal(isConditional(headers), Object.keys(headers).length > 0)
  })
}
