import t from 'tap'
import { buildApp } from '../../fuzz/app.ts'
import { exchange, fuzz } from '../../fuzz/fuzz.ts'
import { judge } from '../../fuzz/judge.ts'
import { failed } from '../cases/fuzz.ts'
import { listen } from '../wire.ts'

t.test('whatever the bytes are, each answer is one of the ten, shaped, and leaks nothing', async t => {
  const port = Number(new URL(await listen(t, await buildApp())).port)
  t.equal(await fuzz(port, 20261122, 2000), undefined)
})

for (const { title, bytes } of failed) {
  t.test(`what was answered wrongly once: ${title}`, async t => {
    const port = Number(new URL(await listen(t, await buildApp())).port)
    const sent = Buffer.from(bytes, 'latin1')
    const answer = await exchange(port, sent)
    t.equal(judge(sent, answer), undefined, JSON.stringify(answer))
    t.match(await exchange(port, Buffer.from('GET /things HTTP/1.0\r\n\r\n')), /^HTTP\/1\.1 200 /, 'the server goes on answering')
  })
}

t.test('the judge sees what is wrong', async t => {
  const problem = (status: number, fields: string, body: object) => {
    const text = JSON.stringify({ title: 'A', status, code: 'A', detail: 'A.', ...body })
    return `HTTP/1.1 ${status} A\r\nContent-Type: application/problem+json\r\n${fields}Content-Length: ${text.length}\r\n\r\n${text}`
  }
  for (const [text, wrong] of [
    ['', 'no answer'],
    ['HTTP/1.1 409 Conflict\r\n\r\n', '409 is not one of the ten'],
    ['HTTP/1.1 200 OK\r\n\r\nplanted-secret', 'it leaks what the server planted'],
    ['HTTP/1.1 200 OK\r\n\r\nreceived-secret', 'it echoes what was received'],
    ['HTTP/1.1 404 A\r\nContent-Length: 0\r\n\r\n', '404 without the type of a problem'],
    [problem(401, '', {}), '401 without a challenge'],
    [problem(503, '', {}), '503 without Retry-After'],
    [`${problem(404, '', {})}more`, /^404 has/],
    [problem(404, '', { status: 400 }), 'the problem of a 404 has another status'],
    [problem(404, '', { detail: '' }), 'the problem of a 404 lacks a field'],
    [problem(500, '', { instance: '/a' }), '500 at /a'],
    [problem(404, '', {}) + problem(500, '', { instance: '/a' }), '500 at /a']
  ] as const) t.match(judge(Buffer.from('GET / HTTP/1.1\r\n\r\n'), text), wrong)
  t.equal(judge(Buffer.from('\r\n'), ''), undefined)
  t.equal(judge(Buffer.from('GET /'), `HTTP/1.1 100 Continue\r\n\r\n${problem(500, '', { instance: '/broken' })}`), undefined)
})
