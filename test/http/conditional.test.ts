import t from 'tap'
import { evaluate, isConditional } from '../../lib/http/conditional.ts'
import { cases } from '../cases/conditional.ts'

for (const { section, says, method, headers, state, evaluation } of cases) {
  t.test(`RFC 9110 §${section}: ${says} → ${evaluation}`, async t => {
    const lastModified = state?.lastModified === undefined ? undefined : Date.parse(state.lastModified)
    t.equal(evaluate(method, headers, state && { ...state, lastModified }), evaluation)
    t.equal(isConditional(headers), Object.keys(headers).length > 0)
  })
}
