import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { statusServerOptions } from 'fastify-pt-status'
import { bare, plugin, type Contender } from '../contenders.ts'
import { results, rounds, turns, type Contestant, type Goal, type Result } from '../compare.ts'

export const question = 'What does a connection keep in memory that has had three large requests, and is idle?'

const connections = 200
const fields = Array.from({ length: 700 }, (_, index) => `x-${index}: value\r\n`).join('')
const request = `GET / HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`

const serve = (contender: Contender): Contestant => ({
  status: 200,
  app: async options => {
    const app = await contender(options)
    app.get('/', async () => ({}))
    return app
  }
})

export const contestants: Record<string, Contestant> = {
  Fastify: serve(bare),
  'fastify-pt-status': serve(options => plugin()(statusServerOptions(options))),
  'fastify-pt-status without statusServerOptions()': serve(plugin())
}

export const goals: Goal[] = Object.keys(contestants).slice(1).map(of => ({ of, beside: 'Fastify', atMost: 1.3 }))

export async function measure (): Promise<Result[]> {
  const samples: Array<Map<string, Record<string, number>>> = []
  for (let round = 0; round < rounds; round++) {
    const heaps = new Map<string, number[]>()
    for (const name of Object.keys(contestants)) heaps.set(name, await heapsOf(name))
    for (let turn = 0; turn < turns; turn++) {
      samples.push(new Map([...heaps].map(([name, heaps]) => [name, { 'heap KiB a connection': heaps[turn]! }])))
    }
  }
  return results(samples)
}

/** The heap of a server with idle connections less that after they are closed, for each connection, in every turn. */
async function heapsOf (name: string): Promise<number[]> {
  const server = fork(new URL('../server.js', import.meta.url), [import.meta.url, name], { execArgv: ['--expose-gc'] })
  const heap = async () => {
    server.send('heap')
    return (await once(server, 'message') as [number])[0]
  }
  try {
    const { hostname, port } = new URL((await once(server, 'message') as [string])[0])
    const heaps: number[] = []
    for (let turn = 0; turn <= turns; turn++) {
      const sockets = await Promise.all(Array.from({ length: connections }, () => ask(Number(port), hostname)))
      const full = await heap()
      await Promise.all(sockets.map(socket => once(socket.end(), 'close')))
      heaps.push((full - await heap()) / connections / 1024)
    }
    // The first turn loads what is no connection's
    return heaps.slice(1)
  } finally {
    server.kill()
  }
}

/** Opens a connection and has three requests answered, one after the other. */
async function ask (port: number, hostname: string): Promise<Socket> {
  const socket = connect(port, hostname)
  for (let count = 0; count < 3; count++) {
    socket.write(request)
    const [answer] = await once(socket, 'data') as [Buffer]
    if (!answer.toString().startsWith('HTTP/1.1 200 ')) throw new Error(`Cannot measure: ${answer.toString()}`)
  }
  return socket
}
