import { Client } from 'undici'
import { judgeAnswer, type Answer } from '../fuzz/answer.ts'

/** What a request needs of the database: nothing, that it can be read, or that it takes writes. */
export type Need = 'nothing' | 'reading' | 'writing'

/** A request and what became of it. */
export interface Exchange {
  title: string
  need: Need
  /** When it was sent and answered, as `performance.now()` counts. */
  begun: number
  ended: number
  /** Zero where no answer came: the connection was refused or lost. */
  status: number
  code: string | undefined
  /** What is wrong with the answer, whatever else happens at the time. */
  wrong: string | undefined
}

export interface Call {
  title: string
  need: Need
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  token?: string | undefined
  headers?: Record<string, string>
  body?: object
  /** The status that it has where nothing is amiss. */
  expected: number
}

/** Longer than this, in milliseconds, nobody may wait: it hangs. */
export const patience = 15_000

/** A client with one connection, which is made anew where it was lost. */
export class Caller {
  readonly #client: Client
  readonly #observe: (exchange: Exchange) => void

  constructor (origin: string, observe: (exchange: Exchange) => void) {
    this.#client = new Client(origin, { connectTimeout: 5000, headersTimeout: patience, bodyTimeout: patience })
    this.#observe = observe
  }

  /** Its answer, or nothing where none came. Only what was expected or a 503 is right. */
  async call ({ title, need, method, path, token, headers = {}, body, expected }: Call): Promise<Answer | undefined> {
    const begun = performance.now()
    let answer: Answer | undefined
    let failure: unknown
    try {
      const response = await this.#client.request({
        method,
        path,
        headers: {
          ...headers,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' })
        },
        ...(body !== undefined && { body: JSON.stringify(body) })
      })
      const content = await response.body.text()
      answer = { status: response.statusCode, headers: response.headers as Answer['headers'], content }
    } catch (error) {
      failure = error
    }
    const ended = performance.now()
    const hangs = ended - begun > patience ? 'it hangs' : undefined
    const wrong = hangs ?? (answer === undefined ? undefined : judgeAnswer(answer) ?? unexpected(answer.status, expected))
    const code = answer?.status === 503 && wrong === undefined ? codeOf(answer.content) : (failure as { code?: string } | undefined)?.code
    this.#observe({ title, need, begun, ended, status: answer?.status ?? 0, code, wrong: wrong && `${title}: ${wrong}` })
    return answer
  }

  async close (): Promise<void> {
    await this.#client.destroy()
  }
}

function unexpected (status: number, expected: number): string | undefined {
  return status === expected || status === 503 ? undefined : `${status}, and not ${expected}`
}

function codeOf (content: string): string {
  return JSON.parse(content).code
}
