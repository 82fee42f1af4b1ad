import { isRefusalStatus, statuses } from '../lib/status.ts'
import { planted } from './app.ts'
import { received } from './grammar.ts'

const ten: ReadonlySet<number> = new Set(statuses.map(({ code }) => code))

/**
 * A server ignores empty lines before a request (RFC 9112 §2.2), and has nothing to say to no request. Node tells nobody
 * of a body that it can't read where the request asks for an upgrade: without the end of the connection, it times out.
 */
const maySilence = [/^[\r\n]*$/, /^Upgrade:/im]

/** What is wrong with all that a connection has answered, or nothing. */
export function judge (sent: Buffer, text: string): string | undefined {
  const answers = text.split(/(?=HTTP\/1\.1 \d{3} )/).filter(answer => !answer.startsWith('HTTP/1.1 100 '))
  if (text === '') return maySilence.some(form => form.test(String(sent))) ? undefined : 'no answer'
  if (text.includes(planted)) return 'it leaks what the server planted'
  if (text.includes(received)) return 'it echoes what was received'
  for (const answer of answers) {
    const wrong = judgeOne(answer)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function judgeOne (answer: string): string | undefined {
  const [head = '', content = ''] = answer.split(/\r\n\r\n(.*)/s)
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
  if (!ten.has(status)) return `${status} is not one of the ten`
  if (!isRefusalStatus(status)) return undefined
  if (!/^content-type: application\/problem\+json$/im.test(head)) return `${status} without the type of a problem`
  if (status === 401 && !/^www-authenticate: Bearer/im.test(head)) return '401 without a challenge'
  if (status === 503 && !/^retry-after: \d+$/im.test(head)) return '503 without Retry-After'
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1])
  // The answer to a HEAD has no content
  if (content === '' && length > 0) return undefined
  return Buffer.byteLength(content) === length ? judgeProblem(status, JSON.parse(content)) : `${status} has ${content.length} of ${length} bytes`
}

function judgeProblem (status: number, problem: Record<string, unknown>): string | undefined {
  const { title, code, detail, instance = '' } = problem
  if (problem['status'] !== status) return `the problem of a ${status} has another status`
  if (![title, code, detail].every(value => typeof value === 'string' && value !== '')) return `the problem of a ${status} lacks a field`
  if (status === 500 && !String(instance).startsWith('/broken')) return `500 at ${instance}`
  if (status === 503 && !String(instance).startsWith('/away')) return `503 at ${instance}`
  return undefined
}
