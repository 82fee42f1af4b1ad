import { readFile } from 'node:fs/promises'
import t from 'tap'
import { facts } from '../../lib/refusal/signs.ts'

t.test('every fact names its package and source, and no sign stands twice', async t => {
  const signs = facts.flatMap(({ signs }) => signs)
  t.equal(new Set(signs).size, signs.length)
  for (const { package: name, source } of facts) t.ok(name !== '' && URL.canParse(source), name)
})

t.test('docs/unavailable.md lists the packages and signs of the table', async t => {
  const text = await readFile('docs/unavailable.md', 'utf8')
  const rows = [...text.matchAll(/^\| \[(.+?)\]\((.+?)\) \| (.+?) \|/gm)].map(([, name, source, signs]) => ({
    package: name, source, signs: [...signs!.matchAll(/`(.+?)`/g)].map(([, sign]) => sign)
  }))
  t.same(rows, facts)
})
