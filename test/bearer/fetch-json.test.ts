import t from 'tap'
import { fetchJson } from '../../lib/bearer/fetch-json.ts'
import { startIssuer, type TestIssuer } from './issuer.ts'

const answers: Readonly<Record<string, [TestIssuer['answer'], RegExp]>> = {
  'another status': [(request, response) => response.writeHead(500).end('{}'), /^Cannot read http.*: the answer is 500$/],
  'no content': [(request, response) => response.writeHead(204).end(), /the answer is 204$/],
  'a redirect': [({ url }, response) => url === '/elsewhere' ? response.end('{}') : response.writeHead(302, { location: '/elsewhere' }).end(), /fetch failed/],
  'no JSON': [(request, response) => response.end('<html>'), /JSON/],
  'more than 256 KiB': [(request, response) => response.end(`"${' '.repeat(262_143)}"`), /larger than 262144 bytes$/],
  'an end before it is complete': [(request, response) => { response.writeHead(200, { 'content-length': '10' }).write('{', () => { setTimeout(() => response.destroy(), 50) }) }, /terminated/],
  'nothing in time': [() => {}, /timeout/],
  'an answer that stops in the middle, not in time': [(request, response) => response.write('{'), /timeout/]
}

for (const [name, [answer, message]] of Object.entries(answers)) {
  t.test(`a document isn't read from ${name}`, async t => {
    const issuer = await startIssuer(t)
    const controller = new AbortController()
    issuer.answer = (request, response) => {
      answer!(request, response)
      // Its time begins when the issuer has been asked
      if (name.endsWith('in time')) AbortSignal.timeout(100).onabort = ({ target }) => { controller.abort((target as AbortSignal).reason) }
    }
    await t.rejects(fetchJson(new URL(issuer.url), controller.signal), { message })
    t.same(issuer.asked, ['/'], 'and nothing else is asked for')
  })
}

t.test('a document of 256 KiB is read', async t => {
  const issuer = await startIssuer(t)
  issuer.answer = (request, response) => response.end(`"${' '.repeat(262_142)}"`)
  t.match(await fetchJson(new URL(issuer.url), AbortSignal.timeout(5000)), / {262142}/)
})
