import t from 'tap'
import { entityTag, matchesStrongly, matchesWeakly } from '../../lib/http/etag.ts'

t.test('entityTag() quotes what isn\'t an entity tag yet', async t => {
  const cases: Array<[string | number | bigint, string]> = [
    ['abc', '"abc"'], [3, '"3"'], [3n, '"3"'], ['"abc"', '"abc"'], ['W/"abc"', 'W/"abc"'], ['""', '""'], ['', '""'],
    ['W/abc', '"W/abc"'], ['a"b', '"a%22b"'], ['a b', '"a%20b"'], ['a%22', '"a%2522"'], ['ä', '"%C3%A4"'], ['a\r\nb: c', '"a%0D%0Ab:%20c"'],
    ['"', '"%22"'], ['w/"a"', '"w/%22a%22"'], ['\uD800', '"%EF%BF%BD"']
  ]
  for (const [value, tag] of cases) {
    t.equal(entityTag(value), tag)
    t.equal(entityTag(tag), tag, 'a tag stays as it is')
  }
})

t.test('strong and weak comparison are those of the table in RFC 9110 §8.8.3.2', async t => {
  const table: Array<[string, string, strong: boolean, weak: boolean]> = [
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', 'W/"1"', false, true],
    ['"1"', '"1"', true, true]
  ]
  for (const [a, b, strong, weak] of table) {
    t.equal(matchesStrongly(a, b), strong, `${a} ${b} strong`)
    t.equal(matchesWeakly(a, b), weak, `${a} ${b} weak`)
  }
})

const lists: Array<[field: string, holds: boolean, why: string]> = [
  ['"a"', true, 'one tag'],
  ['"b", "a"', true, 'a list'],
  ['"b","a"', true, 'without a space'],
  ['"b" , \t"a"', true, 'white space around the comma'],
  [', ,"a",,', true, 'empty elements (RFC 9110 §5.6.1.2)'],
  ['"x,y", "a"', true, 'a comma inside a tag'],
  ['"b, a"', false, 'one tag that holds the other'],
  ['"a, b"', false, 'as its beginning'],
  ['a', false, 'not quoted'],
  ['nonsense, "a"', true, 'malformed before'],
  ['"a", nonsense', true, 'malformed behind'],
  ['"b, "a"', true, 'quotes that do not close end at the comma'],
  ['"A"', false, 'another case'],
  ['w/"a"', false, 'W is case-sensitive'],
  ['"a" "b"', false, 'no comma between'],
  ['*', true, 'any'],
  [' * ', true, 'any, with white space'],
  ['"b", *', false, 'no member of a list'],
  ['"*"', false, 'a quoted star'],
  ['', false, 'empty'],
  [',', false, 'a comma']
]

t.test('a list holds a tag, and what is malformed in it is passed over', async t => {
  for (const [field, holds, why] of lists) {
    t.equal(matchesWeakly(field, '"a"'), holds, why)
    t.equal(matchesStrongly(field, '"a"'), holds, why)
  }
  t.ok(matchesWeakly('W/"b", W/"a"', 'W/"a"'))
  t.notOk(matchesStrongly('W/"a"', '"a"'))
})

t.test('only the star holds a resource without a tag', async t => {
  for (const holds of [matchesStrongly, matchesWeakly]) {
    t.ok(holds('*', undefined))
    t.notOk(holds('"a"', undefined))
  }
  t.ok(matchesStrongly('*', 'W/"a"'))
})

t.test('a hostile header of 16 KiB takes linear time', async t => {
  for (const unit of [',', '"', '"a,', '",', 'W/', 'W/"', '"a" ', 'a,', '\t', ' ,"']) {
    const field = unit.repeat(16 * 1024 / unit.length)
    const start = process.cpuUsage()
    for (let i = 0; i < 20; i++) matchesWeakly(field, '"never"')
    const { user } = process.cpuUsage(start)
    t.ok(user < 500_000, `${JSON.stringify(unit)}: ${user / 20} µs each; in quadratic time it would be a hundred times as much`)
  }
})
