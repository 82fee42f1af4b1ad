import { once } from 'node:events'
import { createServer, ServerResponse, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import t from 'tap'
import { lastExchange, trackedResponse, trackExchanges } from '../../lib/server/exchanges.ts'

class Own extends ServerResponse {
  readonly own = true
}

const servers: Record<string, (listener: RequestListener) => Server> = {
  "Node's own responses": listener => createServer(listener),
  'tracked responses': listener => createServer({ ServerResponse: trackedResponse() }, listener),
  'tracked responses of a class of one\'s own': listener => createServer({ ServerResponse: trackedResponse(Own as typeof ServerResponse) as never }, listener)
}

for (const [title, make] of Object.entries(servers)) {
  t.test(`the last exchange of a connection is the last that came, and it knows the one before: ${title}`, async t => {
    const seen: Array<[url: string | undefined, previous: string | undefined]> = []
    const answer: RequestListener = ({ url, socket }, response) => {
      response.setHeader('x-url', url!)
      const { request, response: last, previous } = lastExchange(socket)!
      t.equal(last, response)
      t.equal('own' in response, title.includes("one's own"))
      seen.push([request.url, previous?.getHeader('x-url') as string | undefined])
      // The second is answered first
      setTimeout(() => response.end(), url === '/a' ? 50 : 0)
    }
    const server = make(answer)
    trackExchanges(server)
    server.on('checkExpectation', answer)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.teardown(() => server.close())

    for (let connection = 0; connection < 2; connection++) {
      seen.length = 0
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.end(['/a', '/b', '/c'].map(path => `GET ${path} HTTP/1.1\r\nHost: a\r\n${path === '/c' ? 'Expect: tea\r\n' : ''}\r\n`).join('')).resume()
      await once(socket, 'end')
      t.same(seen, [['/a', undefined], ['/b', '/a'], ['/c', '/b']])
    }
  })
}
