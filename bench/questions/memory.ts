import { fork } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { results, type Result } from '../compare.ts'

export const question = 'Is memory flat over a million errors?'

const rounds = 10
const perRound = Number(process.env['BENCH_ERRORS'] ?? 1_000_000) / rounds

/** The heap after each tenth of a million errors, of all kinds in turn. */
export async function measure (): Promise<Result[]> {
  const server = fork(new URL('../failing.js', import.meta.url), { execArgv: ['--expose-gc'] })
  try {
    const [url] = await once(server, 'message') as [string]
    const seen = new Map<string, Record<string, number>>()
    for (let round = 1; round <= rounds; round++) {
      const paths = ['/thrown', '/bug', '/away', '/closed', '/nowhere', '/invalid?size=a']
      const { duration } = await autocannon({ url, connections: 20, pipelining: 10, amount: perRound, requests: paths.map(path => ({ path })) })
      server.send('heap')
      const [heap] = await once(server, 'message') as [number]
      seen.set(`after ${(round * perRound).toLocaleString('en')} errors`, { 'heap MB': heap, seconds: duration })
    }
    return results([seen])
  } finally {
    server.kill()
  }
}
