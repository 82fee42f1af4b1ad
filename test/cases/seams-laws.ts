import { gunzipSync } from 'node:zlib'
import type { Answer } from '../kept-connection.ts'
import { marker, type Kind, type Row } from './seams-answers.ts'
import type { Addition, Neighbour } from './seams.ts'

/** What differs from one answer to the next anyway. */
const volatile = ['date', 'connection', 'keep-alive', 'x-ratelimit-remaining', 'x-ratelimit-reset']
const framing = ['content-length', 'transfer-encoding', 'trailer']

/** What is wrong with an answer whoever made it: framing, and what isn't for the client. */
export function wrongByItself (method: string, { status, fields, body }: Answer): string[] {
  const found: string[] = []
  const has = (name: string) => name in fields
  // "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx (Informational) or 204 (No
  // Content)" (RFC 9110 §8.6), nor Transfer-Encoding (RFC 9112 §6.1); in a 304 they would be those of the 200, which the plugin drops
  if (status === 204 || status === 304) found.push(...[...framing, 'content-type', 'content-encoding'].filter(has).map(name => `has ${name}`))
  // "A sender MUST NOT send a Content-Length header field in any message that contains a Transfer-Encoding header field" (RFC 9112 §6.2)
  if (has('content-length') && has('transfer-encoding')) found.push('has Content-Length and Transfer-Encoding')
  const isEmpty = method === 'HEAD' || status === 204 || status === 304
  if (isEmpty && body.length > 0) found.push('has content')
  if (!isEmpty && has('content-length') && Number(fields['content-length']) !== body.length) found.push(`Content-Length: ${fields['content-length']} of ${body.length} octets`)
  if (status >= 400 && method !== 'HEAD' && !/^application\/problem\+json/.test(fields['content-type'] ?? '')) found.push(`a refusal of type ${fields['content-type']}`)
  if (status >= 400 && fields['cache-control'] !== 'no-store') found.push('a refusal that is stored')
  if ((JSON.stringify(fields) + textOf({ status, fields, body })).includes(marker)) found.push('tells what is not for the client')
  return found
}

/** "The server SHOULD send the same header fields in response to a HEAD request as it would have sent if the request method had been GET" (RFC 9110 §9.3.2). */
export function wrongHead (head: Answer, get: Answer, omissible: readonly string[]): string[] {
  const { 'content-length': length, ...fields } = kept(head.fields, [...volatile, 'transfer-encoding', 'trailer', ...omissible])
  const found = differences(fields, kept(get.fields, [...volatile, ...framing, ...omissible])).map(difference => `HEAD is not as GET: ${difference}`)
  if (head.status !== get.status) found.push(`HEAD is ${head.status}, GET ${get.status}`)
  // "unless its field value equals the decimal number of octets that would have been sent" (§8.6)
  if (length !== undefined && Number(length) !== get.body.length) found.push(`HEAD says Content-Length: ${length}, GET has ${get.body.length} octets`)
  return found
}

/** "The server generating a 304 response MUST generate any of the following header fields that would have been sent in a 200 (OK) response to the same request" (RFC 9110 §15.4.5). */
export function wrongNotModified (notModified: Answer, whole: Answer, unknowable: readonly Addition[]): string[] {
  const names = ['etag', 'vary', 'cache-control', 'expires', 'content-location']
  const of = ({ fields }: Answer, but: readonly Addition[]) => withoutAdditions(Object.fromEntries(names.flatMap(name => name in fields ? [[name, fields[name]!]] : [])), but)
  return differences(of(notModified, unknowable), of(whole, unknowable)).map(difference => `304 is not as its 200: ${difference}`)
}

/** The additions of a neighbour that an answer lacks, or has although it should not. */
export function wrongAdditions (kind: Kind, method: string, { fields }: Answer, { adds = [] }: Neighbour): string[] {
  return adds.flatMap(({ field, value, on, needsContent }) => {
    if (on[kind] === 'maybe' || (needsContent && method === 'HEAD' && kind === 'stream')) return []
    const isThere = membersOf(field, fields).some(member => value.test(member))
    if (isThere === (on[kind] === 'always')) return []
    return [on[kind] === 'always' ? `lacks the neighbour's ${field}` : `has the neighbour's ${field}`]
  })
}

/** Where an answer beside a neighbour isn't that of the plugin alone, once what the neighbour adds is taken away. */
export function wrongBeside (row: Row, answer: Answer, alone: Answer, neighbour: Neighbour): string[] {
  const { adds = [], content } = neighbour
  const isCoded = answer.fields['content-encoding'] !== undefined
  const isChanged = isCoded || (content !== undefined && row.status === 200)
  const loses = [...volatile, ...(isChanged ? framing : [])]
  const left = (fields: Answer['fields']) => {
    const { etag, ...others } = withoutAdditions(kept(fields, loses), adds)
    if (etag === undefined || (row.tag !== 'handler' && content === 'coded stream')) return others
    // Other content has another tag; the handler's own stays
    return { ...others, etag: isChanged && row.tag !== 'handler' ? 'some' : etag }
  }
  const found = differences(left(answer.fields), left(alone.fields)).map(difference => `not as alone: ${difference}`)
  if (answer.status !== alone.status) found.push(`${answer.status}, alone ${alone.status}`)
  const text = textOf(answer)
  if ((isChanged ? text.trimEnd() : text) !== textOf(alone)) found.push(`says ${JSON.stringify(text.slice(0, 60))}, alone ${JSON.stringify(textOf(alone).slice(0, 60))}`)
  return found
}

function textOf ({ fields, body }: Answer): string {
  if (fields['content-encoding'] !== 'gzip' || body.length === 0) return String(body)
  try {
    return String(gunzipSync(body))
  } catch {
    return 'no gzip'
  }
}

function kept (fields: Answer['fields'], but: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !but.includes(name)))
}

/** The members of `Vary`, or the one value of any other field. */
export function membersOf (field: string, { [field]: value }: Answer['fields']): string[] {
  if (value === undefined) return []
  return field === 'vary' ? value.split(',').map(member => member.trim()) : [value]
}

function withoutAdditions (fields: Answer['fields'], adds: readonly Addition[]): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).flatMap(name => {
    const members = membersOf(name, fields).filter(member => !adds.some(({ field, value }) => field === name && value.test(member)))
    return members.length > 0 ? [[name, members.sort().join(', ')]] : []
  }))
}

function differences (are: Readonly<Record<string, string>>, should: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(are), ...Object.keys(should)])].sort()
    .filter(name => are[name] !== should[name])
    .map(name => `${name}: ${are[name] ?? 'none'} for ${should[name] ?? 'none'}`)
}
