import { STATUS_CODES } from 'node:http'
import { readFileSync } from 'node:fs'
import t from 'tap'
import * as index from '../../lib/index.ts'
import { canAnswer, constantOf, isRefusalStatus, refusals, rowOf, statuses } from '../../lib/contract/status.ts'

const guideline = [200, 201, 204, 304, 400, 401, 403, 404, 500, 503]

t.test('the table has the ten codes of the guideline, in order, with their phrases', async t => {
  t.same(statuses.map(({ code }) => code), guideline)
  for (const { code, phrase } of statuses) t.equal(phrase, STATUS_CODES[code])
})

t.test('README has the same table, row by row', async t => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| (\d{3}) \| ([^|]+) \| ([^|]+) \| §([\d.]+) \|/gm)].map(([, code, phrase, carries, section]) => ({
    code: Number(code), phrase, carries, section
  }))
  t.same(rows, statuses.map(row => ({
    code: row.code,
    phrase: row.phrase,
    carries: 'header' in row ? `${row.carries} + \`${row.header}\`` : row.carries,
    section: row.section
  })))
})

t.test('each refusal has its constructor, exported under its phrase', async t => {
  const exported = index as unknown as Record<string, (detail?: string) => index.StatusError>
  for (const { code, phrase } of refusals) {
    const name = phrase.replaceAll(' ', '').replace(/^./, letter => letter.toLowerCase())
    t.equal(exported[name]!().status, code, name)
    t.equal(exported[name]!().code, constantOf(phrase))
  }
  t.same(refusals.map(({ code }) => code), guideline.filter(code => code >= 400))
})

t.test('isRefusalStatus() tells the codes that refuse from everything else', async t => {
  for (const status of [400, 401, 403, 404, 500, 503]) t.ok(isRefusalStatus(status))
  for (const other of [200, 304, 402, 599, 99, NaN, '404', null, undefined, {}]) t.notOk(isRefusalStatus(other), String(other))
})

t.test('201 answers POST and PUT, 304 GET and HEAD, the others all methods', async t => {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  const of = (status: Parameters<typeof rowOf>[0]) => methods.filter(method => canAnswer(rowOf(status), method))
  t.same(of(201), ['POST', 'PUT'])
  t.same(of(304), ['GET', 'HEAD'])
  for (const status of [200, 204, 400, 401, 403, 404, 500, 503] as const) t.same(of(status), methods)
})
