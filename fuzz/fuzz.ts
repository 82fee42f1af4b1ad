import { connect } from 'node:net'
import fc from 'fast-check'
import { bytes } from './grammar.ts'
import { judge } from './judge.ts'

/** What a connection sent that the server answered wrongly. */
export interface Failure {
  wrong: string
  sent: string
  answer: string
}

const lanes = 32

/**
 * Sends seeded connections to a server on loopback, several at a time.
 *
 * @param seed the same seed makes the same bytes
 * @returns the first failure, or nothing
 */
export async function fuzz (port: number, seed: number, connections: number): Promise<Failure | undefined> {
  const samples = fc.sample(bytes, { seed, numRuns: connections })
  let failure: Failure | undefined
  await Promise.all(Array.from({ length: lanes }, async () => {
    for (let sent = samples.pop(); sent !== undefined && failure === undefined; sent = samples.pop()) {
      const answer = await exchange(port, sent)
      const wrong = judge(sent, answer)
      if (wrong !== undefined) failure ??= { wrong, sent: sent.toString('latin1'), answer }
    }
  }))
  return failure
}

/** Sends bytes, ends, and returns all that comes back. */
export async function exchange (port: number, sent: Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.setTimeout(10_000, () => socket.destroy())
  socket.end(sent)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of socket) chunks.push(chunk)
  } catch {
    // A connection that is reset has said what it had to say
  }
  return String(Buffer.concat(chunks))
}
