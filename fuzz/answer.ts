import { isRefusalStatus, statuses } from '../lib/contract/status.ts'

const ten: ReadonlySet<number> = new Set(statuses.map(({ code }) => code))

/** A response, its field names in lower case. */
export interface Answer {
  status: number
  headers: Readonly<Record<string, string | undefined>>
  content: string
}

/** What is wrong with an answer, whatever was asked, or nothing. The content of an answer to a HEAD is empty. */
export function judgeAnswer ({ status, headers, content }: Answer): string | undefined {
  if (!ten.has(status)) return `${status} is not one of the ten`
  if (!isRefusalStatus(status)) return undefined
  if (headers['content-type'] !== 'application/problem+json') return `${status} without the type of a problem`
  if (status === 401 && !/^Bearer/.test(headers['www-authenticate'] ?? '')) return '401 without a challenge'
  if (status === 503 && !/^\d+$/.test(headers['retry-after'] ?? '')) return '503 without Retry-After'
  const length = Number(headers['content-length'])
  if (content === '' && length > 0) return undefined
  return Buffer.byteLength(content) === length ? judgeProblem(status, JSON.parse(content)) : `${status} has ${content.length} of ${length} bytes`
}

function judgeProblem (status: number, problem: Record<string, unknown>): string | undefined {
  const { title, code, detail } = problem
  if (problem['status'] !== status) return `the problem of a ${status} has another status`
  if (![title, code, detail].every(value => typeof value === 'string' && value !== '')) return `the problem of a ${status} lacks a field`
  return undefined
}
