import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { exchange, fuzz } from './fuzz.ts'

// npm run fuzz [-- seed [connections]]
const [seed = Date.now() % 2 ** 26, connections = 200_000] = process.argv.slice(2).map(Number)
const rounds = 20
const perRound = Math.ceil(connections / rounds)

const server = fork(new URL('server.js', import.meta.url), { execArgv: ['--expose-gc'] })
const { port } = await told<{ port: number }>(server)
console.log(`seed ${seed}: ${rounds} rounds of ${perRound} connections`)

const begun = Date.now()
const heaps: number[] = []
for (let round = 0; round < rounds; round++) {
  const roundSeed = seed * rounds + round
  const failure = await fuzz(port, roundSeed, perRound)
  if (failure !== undefined) {
    console.error(`seed ${roundSeed}: ${failure.wrong}\nsent ${JSON.stringify(failure.sent)}\ngot ${JSON.stringify(failure.answer)}`)
    process.exit(1)
  }
  server.send('memory')
  const { heap } = await told<{ heap: number }>(server)
  heaps.push(heap / 2 ** 20)
  console.log(`round ${round + 1}: heap ${heaps.at(-1)!.toFixed(1)} MB, ${Math.round((Date.now() - begun) / 1000)} s`)
}
const last = await exchange(port, Buffer.from('GET /things HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'))
const growth = mean(heaps.slice(-5)) - mean(heaps.slice(1, 6))
console.log(`${rounds * perRound} connections answered rightly; heap grew by ${growth.toFixed(2)} MB from rounds 2 to 6 to the last five; the server ${last.startsWith('HTTP/1.1 200 ') ? 'goes on answering' : 'answers no more'}`)
server.disconnect()
process.exitCode = growth < 2 && last.startsWith('HTTP/1.1 200 ') ? 0 : 1

async function told<T> (child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message')
  return message
}

function mean (numbers: number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
