import t from 'tap'
import { linesOf } from '../../lib/http/field-lines.ts'

t.test('it counts the lines of a field, whatever the case of its name', async t => {
  const rawHeaders = ['Host', 'a', 'X-Host', 'host', 'hOST', 'b', 'Accept', 'Host']
  t.equal(linesOf(rawHeaders, 'host'), 2)
  t.equal(linesOf(rawHeaders, 'accept'), 1)
  t.equal(linesOf(rawHeaders, 'cookie'), 0)
})

t.test('a request that was read from no connection has none', async t => {
  t.equal(linesOf(undefined, 'host'), 0)
})
