import t, { type Test } from 'tap'
import { Client } from 'undici'
import { seeded } from '../../examples/organizations/seed.ts'
import { countOf, draft, startExample, type Origin } from './example.ts'
import { startPostgresql } from './postgresql.ts'
import { needs, temporaryFolder } from './program.ts'

// They wait for the disk, most of the time
t.jobs = 2

const rounds = 1000
const quiet = { LOG_LEVEL: 'error' }
const path = `/${seeded.plain}`

/** A writer with a connection of its own, who replaces the organization if it is still in the state of the tag. */
function writerAt (t: Test, { url, tokens }: Origin, name: string) {
  const { origin, pathname } = new URL(url)
  const client = new Client(origin)
  t.teardown(async () => await client.close())
  return async (etag: string) => {
    const { statusCode, body } = await client.request({
      method: 'PUT',
      path: pathname + path,
      headers: { authorization: `Bearer ${tokens.admin}`, 'content-type': 'application/json', 'if-match': etag },
      body: JSON.stringify({ ...draft, name: `${name}, on ${etag}` })
    })
    const { version, code } = await body.json() as { version?: number, code?: string }
    return { name, version, outcome: code === undefined ? `${statusCode}` : `${statusCode} ${code}` }
  }
}

/** Has two writers replace each state of the organization at the same time. */
async function compete (t: Test, first: Origin, second: Origin): Promise<void> {
  const writers = [writerAt(t, first, 'first'), writerAt(t, second, 'second')]
  const outcomes: string[] = []
  const winners: string[] = []
  for (let version = 1; version <= rounds; version++) {
    // Each sends before the other every second time
    const results = await Promise.all(writers.reverse().map(async write => await write(`"${version}"`)))
    outcomes.push(results.map(({ outcome }) => outcome).sort().join(' and '))
    winners.push(...results.filter(result => result.version === version + 1).map(({ name }) => name))
  }

  for (const { url, tokens } of new Set([first, second])) {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${tokens.reader}` } })
    t.match(await response.json(), { version: rounds + 1, name: `${winners.at(-1)}, on "${rounds}"` }, 'what the last winner wrote stands')
  }
  t.equal(countOf(outcomes), `${rounds} × 200 and 400 PRECONDITION_FAILED`, 'one wins, the other is refused')
  t.equal(winners.length, rounds, 'each time one of them made the next version')
  t.comment(`${rounds} rounds: ${countOf(outcomes)}; the winner: ${countOf(winners)}`)
}

t.test('of two concurrent writers with the same If-Match exactly one wins', { buffered: true }, async t => {
  const origin = await startExample(t, quiet)
  await compete(t, origin, origin)
})

// One instance answers them in turn, since libSQL blocks: only here a write can come between
t.test('of two concurrent writers at two instances with one database exactly one wins', { buffered: true }, async t => {
  const variables = { ...quiet, DATABASE_FILE: `${await temporaryFolder(t)}/organizations.db` }
  await compete(t, await startExample(t, variables), await startExample(t, variables))
})

t.test('of two concurrent writers at two instances with one PostgreSQL exactly one wins', { buffered: true, ...needs('postgres') }, async t => {
  const { url } = await startPostgresql(t)
  const variables = { ...quiet, DATABASE_URL: url }
  await compete(t, await startExample(t, variables), await startExample(t, variables))
})
