/**
 * How many lines of a field a request has. Of several Node keeps the first and drops the others; a proxy before it may
 * have read the last.
 *
 * @param rawHeaders names and values in turn, as Node gives them; a request that was read from no connection may have none
 * @param field its name in lower case
 */
export function linesOf (rawHeaders: readonly string[] = [], field: string): number {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length === field.length && name.toLowerCase() === field) count++
  }
  return count
}
