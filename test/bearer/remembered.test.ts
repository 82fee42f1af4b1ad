import t from 'tap'
import { rememberSecrets } from '../../lib/bearer/remembered.ts'

const future = Date.now() / 1000 + 60

t.test('what is remembered of a secret is given for that secret alone', async t => {
  const remembered = rememberSecrets<string>(2)
  remembered.set('a', 1, future, 'value of a')
  t.equal(remembered.get('a', 1), 'value of a')
  t.equal(remembered.get('a', 1), 'value of a', 'again')
  t.equal(remembered.get('b', 1), undefined)
})

t.test('who was not asked for the longest is forgotten when it gets too many', async t => {
  const remembered = rememberSecrets<string>(2)
  remembered.set('a', 1, future, 'a')
  remembered.set('b', 1, future, 'b')
  remembered.get('a', 1)
  remembered.set('c', 1, future, 'c')
  t.same(['a', 'b', 'c'].map(secret => remembered.get(secret, 1)), ['a', undefined, 'c'])
})

t.test('nothing is remembered past its end, to the millisecond', async t => {
  const remembered = rememberSecrets<string>(2)
  const { now } = Date
  t.teardown(() => { Date.now = now })
  remembered.set('a', 1, 1000, 'a')
  Date.now = () => 999_999
  t.equal(remembered.get('a', 1), 'a')
  Date.now = () => 1_000_000
  t.equal(remembered.get('a', 1), undefined)
  Date.now = () => 999_999
  t.equal(remembered.get('a', 1), undefined, 'it is gone')
})

t.test('what was learnt in another version is forgotten', async t => {
  const remembered = rememberSecrets<string>(2)
  remembered.set('a', 1, future, 'a')
  t.equal(remembered.get('a', 2), undefined)
  t.equal(remembered.get('a', 1), undefined)
})
