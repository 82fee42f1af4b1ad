import { setTimeout as sleep } from 'node:timers/promises'
import type { Tokens } from '../examples/organizations/users.ts'
import { Caller, type Call, type Exchange } from './client.ts'
import { draftOf, type Ledger, type State } from './ledger.ts'

export interface TrafficOptions {
  origin: string
  tokens: Tokens
  ledger: Ledger
  observe: (exchange: Exchange) => void
  connections: number
  /** How long a client waits after a 503 or no answer, in milliseconds: less than it is asked to. */
  pause?: number
  /** Of how many organizations one is kept; the others are deleted in the end. */
  keepOneOf?: number
}

const organizations = '/v1/organizations'

/** Starts mixed traffic at full load; returns how to stop it, once all requests are answered. */
export function startTraffic ({ origin, tokens, ledger, observe, connections, pause = 20, keepOneOf = 5 }: TrafficOptions): () => Promise<void> {
  const stopping = new AbortController()
  const lanes = Array.from({ length: connections }, async () => {
    const caller = new Caller(origin, observe)
    while (!stopping.signal.aborted) {
      if (!await live(caller)) await sleep(pause)
    }
    await caller.close()
  })
  return async () => {
    stopping.abort()
    await Promise.all(lanes)
  }

  /** The life of an organization, with what else comes along; false where it was cut short. */
  async function live (caller: Caller): Promise<boolean> {
    const entry = ledger.open()
    const path = () => `${organizations}/${entry.id}`

    const ask = async (call: Omit<Call, 'method'> & Partial<Call>) => {
      const answer = await caller.call({ method: 'GET', token: tokens.reader, ...call })
      if (answer?.status !== call.expected && !stopping.signal.aborted) await sleep(pause)
      return answer
    }
    /** Whether it was acknowledged. What wasn't may have been done all the same. */
    const write = async (state: State | undefined, call: Omit<Call, 'token' | 'need'>) => {
      const answer = await caller.call({ token: tokens.admin, need: 'writing', ...call })
      const isAcknowledged = answer?.status === call.expected
      ledger.record(entry, state, isAcknowledged)
      if (isAcknowledged && answer.status === 201 && entry.id === '') entry.id = JSON.parse(answer.content).id
      return isAcknowledged
    }

    await ask({ title: 'live', need: 'nothing', path: '/health/live', expected: 200 })
    await ask({ title: 'list', need: 'reading', path: `${organizations}?page=1&pageSize=10`, expected: 200 })
    if (!await write({ version: 1, managers: 0 }, { title: 'create', method: 'POST', path: organizations, body: draftOf(entry.businessId, 1), expected: 201 })) return false
    await ask({ title: 'bad paging', need: 'nothing', path: `${organizations}?page=1`, expected: 400 })
    await ask({ title: 'no token', need: 'nothing', path: path(), token: undefined, expected: 401 })
    await ask({ title: 'get', need: 'reading', path: path(), expected: 200 })
    if (!await write({ version: 2, managers: 0 }, { title: 'replace', method: 'PUT', path: path(), headers: { 'if-match': '"1"' }, body: draftOf(entry.businessId, 2), expected: 200 })) return false
    await ask({ title: 'not allowed', need: 'nothing', method: 'DELETE', path: path(), expected: 403 })
    await ask({ title: 'revalidate', need: 'reading', path: path(), headers: { 'if-none-match': '"2"' }, expected: 304 })
    await ask({ title: 'replace another version', need: 'reading', method: 'PUT', path: path(), token: tokens.admin, headers: { 'if-match': '"1"' }, body: draftOf(entry.businessId, 3), expected: 400 })
    if (!await write({ version: 2, managers: 1 }, { title: 'add a manager', method: 'POST', path: `${path()}/managers`, body: { name: 'Kaisa Kaaos', email: 'kaisa@managers.example' }, expected: 201 })) return false
    await ask({ title: 'managers', need: 'reading', path: `${path()}/managers`, expected: 200 })
    await ask({ title: 'no route', need: 'nothing', path: '/nowhere', expected: 404 })
    if (Number(entry.businessId.replace('-', '')) % keepOneOf === 0) return true
    return await write(undefined, { title: 'delete', method: 'DELETE', path: path(), expected: 204 })
  }
}
