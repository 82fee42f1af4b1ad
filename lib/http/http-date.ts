const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** RFC 9110 §5.6.7: IMF-fixdate, and the two obsolete forms that "recipients […] MUST accept". */
const forms = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[\\d ]\\d) ${time} (?<year>\\d{4})$`)
]

/**
 * Parses an HTTP-date to milliseconds since the epoch; `undefined` if it is none, or no day of the calendar.
 *
 * @param now milliseconds since the epoch, for years of two digits
 * @see RFC 9110 §5.6.7
 */
export function parseHttpDate (text: string, now = Date.now()): number | undefined {
  const fields = fieldsOf(text)
  if (fields === undefined) return undefined
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map(name => Number(fields[name])) as [number, number, number, number]
  const date = new Date(0)
  date.setUTCFullYear(fullYear(fields['year']!, now), months.indexOf(fields['month']!), day)
  date.setUTCHours(hour, minute, Math.min(second, 59)) // `60` is a leap second
  const exists = date.getUTCDate() === day && date.getUTCHours() === hour && date.getUTCMinutes() === minute && second <= 60
  return exists ? date.getTime() : undefined
}

function fieldsOf (text: string): Record<string, string> | undefined {
  for (const form of forms) {
    const match = form.exec(text)
    if (match !== null) return match.groups
  }
  return undefined
}

/** "MUST interpret a timestamp that appears to be more than 50 years in the future as representing the most recent year in the past that had the same last two digits" */
function fullYear (digits: string, now: number): number {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - thisYear % 100 + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}

/**
 * Writes a date as an IMF-fixdate.
 *
 * @throws {TypeError} if it is no date, or of a year that has not four digits
 * @see RFC 9110 §5.6.7
 */
export function httpDate (date: Date): string {
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new TypeError(`Cannot write an HTTP-date: ${date.toUTCString()}`)
  return date.toUTCString()
}
