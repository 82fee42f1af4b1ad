import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { seeded } from '../../examples/organizations/seed.ts'
import { patience } from '../patience.ts'
import { answers, countOf, draft, type Origin } from './example.ts'
import { run } from './program.ts'

/** The organization that the referees read. */
export const path = `/${seeded.plain}`

/** For how many seconds they keep an answer: on a busy machine for longer, since it has to be read five times in these. */
export const lifetime = Math.ceil(await patience(2000, async () => await run([process.execPath, '--eval', '0'])) / 1000)

/** What a cache answers. */
export interface Answer {
  status: number
  etag: string | null
  version: number | undefined
  /** Where it has it from, in nginx's words (`$upstream_cache_status`), if it tells. */
  source: string | null
}

interface Readable {
  status: number
  headers: { get: (name: string) => string | null }
  json: () => Promise<unknown>
}

/** Takes apart the response that came through a cache. */
export async function answerOf (response: Readable): Promise<Answer> {
  const { version } = await response.json() as { version?: number }
  return { status: response.status, version, etag: response.headers.get('etag'), source: response.headers.get('x-cache') }
}

/** What a cache says of its source, by what the origin answered it. */
const sources = { 200: /^(MISS|EXPIRED)$/, 304: /^REVALIDATED$/, 404: /^(MISS|EXPIRED)$/, nothing: /^HIT$/ }

/** Waits as many seconds, and until one of the clock begins: caches count in whole ones. */
async function secondsPass (count: number): Promise<void> {
  await sleep(count * 1000 + 1020 - Date.now() % 1000)
}

/**
 * Has a cache read one organization while it is fresh, stale, replaced and removed, and compares what it answers and
 * what the origin answered it.
 *
 * @param forgets that it loses what it has revalidated, and reads all of it the next time
 */
export async function judge (t: Test, origin: Origin, read: () => Promise<Answer>, { forgets = false } = {}): Promise<void> {
  let reads = 0
  const expected: number[] = []

  /** Reads a version, or that there is none any more. */
  const reading = async (atOrigin: keyof typeof sources, version?: number): Promise<void> => {
    reads++
    if (atOrigin !== 'nothing') expected.push(atOrigin)
    const { source, ...answer } = await read()
    t.same(answer, version === undefined ? { status: 404, version, etag: null } : { status: 200, version, etag: `"${version}"` },
      version === undefined ? 'it is gone' : `version ${version}, and ${atOrigin} from the origin`)
    if (source !== null) t.match(source, sources[atOrigin], 'as the cache says')
  }
  const readingFresh = async (version: number): Promise<void> => {
    for (let time = 0; time < 5; time++) await reading('nothing', version)
  }
  const write = async (method: string, body: string | null = null): Promise<void> => {
    const headers = { authorization: `Bearer ${origin.tokens.admin}`, ...body !== null && { 'content-type': 'application/json' } }
    t.ok((await fetch(origin.url + path, { method, headers, body })).ok, `${method} at the origin`)
  }

  await secondsPass(0)
  await reading(200, 1)
  await readingFresh(1)

  for (let time = 0; time < 2; time++) {
    await secondsPass(lifetime)
    await reading(304, 1)
    if (forgets) await reading(200, 1)
    await readingFresh(1)
  }

  await secondsPass(lifetime)
  await write('PUT', JSON.stringify(draft))
  await reading(200, 2)
  // In the same second: Last-Modified stays what it is, the tag alone tells this state from the one in the cache
  await write('PUT', JSON.stringify(draft))
  await readingFresh(2)

  await secondsPass(lifetime)
  await reading(200, 3)
  await write('DELETE')

  await secondsPass(lifetime)
  await reading(404)

  const answered = await answers(origin, 'GET', path)
  t.same(answered, expected, 'the origin answered nothing else')
  t.comment(`${reads} reads, at the origin ${countOf(answered)}`)
}
