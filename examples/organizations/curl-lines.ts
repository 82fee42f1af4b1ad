import { STATUS_CODES } from 'node:http'
import { seeded } from './seed.ts'
import type { Tokens } from './users.ts'

const draft = JSON.stringify({
  name: 'Uusi Hissi Oy',
  businessId: '5678901-5',
  address: { street: 'Keilaranta 3', postalCode: '02150', city: 'Espoo', country: 'FI' }
})

/** One `curl` line for each of the ten codes, below a comment that says which and why. */
export function curlLines (url: string, { admin, reader }: Tokens): string {
  const as = (token: string) => `-H "Authorization: Bearer ${token}"`
  const line = (status: number, why: string, ...rest: string[]) =>
    [`# ${status} ${STATUS_CODES[status]}: ${why}`, ['curl -i -s', ...rest].join(' ')].join('\n')

  return [
    line(200, 'a page of organizations', as(reader), `'${url}?page=1&pageSize=3'`),
    line(201, 'a new organization, and where it is', as(admin), "-H 'Content-Type: application/json'", `-d '${draft}'`, `'${url}'`),
    line(204, 'deleted, nothing more to say', '-X DELETE', as(admin), `'${url}/${seeded.doomed}'`),
    line(304, 'the copy that the client has is current', as(reader), "-H 'If-None-Match: \"1\"'", `'${url}/${seeded.plain}'`),
    line(400, 'pageSize is missing', as(reader), `'${url}?page=1'`),
    line(401, 'no credentials', `'${url}?page=1&pageSize=3'`),
    line(403, 'a reader may not delete', '-X DELETE', as(reader), `'${url}/${seeded.plain}'`),
    line(404, 'no such organization', as(reader), `'${url}/00000000-0000-4000-8000-000000000000'`),
    line(500, 'its stored address is damaged, as only the log says', as(reader), `'${url}/${seeded.damaged}'`),
    line(503, 'the company registry is away', as(reader), `'${url}/${seeded.plain}/registry-entry'`)
  ].join('\n\n')
}
