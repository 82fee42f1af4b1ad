import t from 'tap'
import { httpDate, parseHttpDate } from '../../lib/http/http-date.ts'

const example = Date.UTC(1994, 10, 6, 8, 49, 37)

t.test('the three forms of RFC 9110 §5.6.7 are the same date', async t => {
  for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    t.equal(parseHttpDate(text, Date.UTC(2026, 0)), example, text)
  }
})

t.test('a year of two digits that seems more than 50 years ahead is in the past', async t => {
  const year = (digits: string, now: number) => new Date(parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, Date.UTC(now, 0))!).getUTCFullYear()
  t.equal(year('94', 2026), 1994)
  t.equal(year('26', 2026), 2026)
  t.equal(year('76', 2026), 2076)
  t.equal(year('77', 2026), 1977)
  t.equal(year('00', 2099), 2000)
})

t.test('what is no HTTP-date is none', async t => {
  for (const text of [
    '', '0', '-1', 'now', '1994-11-06T08:49:37Z', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 08:49:37 UTC', 'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt', 'Sun, 6 Nov 1994 08:49:37 GMT', ' Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:37 GMT, x',
    'Sun, 31 Feb 1994 08:49:37 GMT', 'Sun, 00 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT', 'Sun, 06 Nov 1994 08:60:00 GMT', 'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT', 'Sunday, 06-Nov-1994 08:49:37 GMT', 'Sun Nov 06 08:49:37 1994 GMT', 'x'.repeat(16_384)
  ]) {
    t.equal(parseHttpDate(text), undefined, text.slice(0, 40))
  }
})

t.test('a leap second and a leap day are dates', async t => {
  t.equal(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT'), Date.UTC(2016, 11, 31, 23, 59, 59))
  t.equal(parseHttpDate('Thu, 29 Feb 2024 00:00:00 GMT'), Date.UTC(2024, 1, 29))
  t.equal(parseHttpDate('Wed, 29 Feb 2023 00:00:00 GMT'), undefined)
  t.equal(parseHttpDate('Thu, 01 Jan 0070 00:00:00 GMT'), new Date('0070-01-01T00:00:00Z').getTime())
})

t.test('httpDate() writes an IMF-fixdate, and refuses what is no date', async t => {
  t.equal(httpDate(new Date(example)), 'Sun, 06 Nov 1994 08:49:37 GMT')
  t.throws(() => httpDate(new Date(NaN)), { name: 'TypeError', message: 'Cannot write an HTTP-date: Invalid Date' })
  t.throws(() => httpDate(new Date('+012345-01-01T00:00:00Z')), TypeError)
})
