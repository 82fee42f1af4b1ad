import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Starts a TCP server, and returns its port. */
async function serve (t: Test, answer: (socket: Socket) => unknown): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    answer(socket)
  }).listen(0, '127.0.0.1')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that accepts connections, reads, and says nothing. */
export const startStalled = async (t: Test): Promise<number> => await serve(t, socket => socket.resume())

/** A server that breaks off in the middle of its answer, and keeps the connection. */
export const startHalting = async (t: Test): Promise<number> =>
  await serve(t, socket => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')))

/** A server that ends the connection when it is asked anything. */
export const startHangingUp = async (t: Test): Promise<number> => await serve(t, socket => socket.once('data', () => socket.destroy()))

/** A server that resets the connection when it is asked anything. */
export const startResetting = async (t: Test): Promise<number> => await serve(t, socket => socket.once('data', () => socket.resetAndDestroy()))

/** A port that is assigned to nobody. */
export const closed = 4
