import { Ajv, type Options, type ValidateFunction } from 'ajv'
import Fastify from 'fastify'
import t from 'tap'
import { boundFindings, escapeOnce, findAll, forgetMisses } from '../../lib/validation/bounds.ts'
import ptStatus from '../../lib/index.ts'
import { attacks, expression, shared } from '../cases/requests.ts'
import { listen } from '../wire.ts'

const common: Options = { strict: false, meta: false, validateSchema: false, code: { process: escapeOnce } }

/** Decides as Fastify's Ajv does. */
function plain (): Ajv {
  return new Ajv({ ...common, code: {} })
}

/** Decides for the plugin. */
function deciding (): Ajv {
  const ajv = new Ajv(common)
  forgetMisses(ajv)
  return ajv
}

/** Finds all for the plugin. */
function finding (): Ajv {
  const ajv = new Ajv({ ...common, allErrors: true })
  boundFindings(ajv)
  return ajv
}

function find (schema: object, data: unknown) {
  const validate = finding().compile(schema)
  return findAll(() => validate, data)
}

/** A generator of random numbers that is the same in each run (mulberry32). */
function randomOf (seed: number) {
  let state = seed
  function below (limit: number): number {
    state = (state + 0x6D2B79F5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) % limit
  }
  return { below, pick: <T>(list: readonly T[]): T => list[below(list.length)]!, chance: (one: number) => below(one) === 0 }
}

type Random = ReturnType<typeof randomOf>

const names = ['a', 'b', 'c', 'aa', 'a/b', '~', 'd']
const scalars = ['', 'a', 'b', 'aa', 'abc', '😀😀', 0, 1, 2, 3, 1.5, 40, true, false, null]

/** A value of few kinds, so that schemas accept about as many as they refuse; some arrays are longer than the limit. */
function randomValue (random: Random, depth = 3): unknown {
  if (depth === 0 || random.chance(3)) return random.pick(scalars)
  if (random.chance(2)) {
    if (random.chance(4)) {
      const items = [randomValue(random, depth - 1), randomValue(random, depth - 1)]
      return Array.from({ length: 19 + random.below(30) }, () => items[random.chance(12) ? 1 : 0])
    }
    return Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1))
  }
  const count = random.chance(6) ? 30 : random.below(4)
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [count === 30 ? `${random.pick(names)}${index}` : random.pick(names), randomValue(random, depth - 1)]))
}

/**
 * A schema of draft 7. A reference only stands where the data is a level deeper than at the start of
 * the definition: others would never end.
 */
function randomSchema (random: Random, depth: number, below: boolean): object | boolean {
  if (random.chance(15)) return random.chance(2)
  if (below && random.chance(4)) return { $ref: random.pick(['#', '#/definitions/one', '#/definitions/two']), ...(random.chance(3) && { type: 'array' }) }

  const sub = (deeper: boolean) => randomSchema(random, depth - 1, below || deeper)
  const list = (deeper: boolean) => Array.from({ length: 1 + random.below(3) }, () => sub(deeper))
  const map = (keys: readonly string[]) => Object.fromEntries(Array.from({ length: 1 + random.below(2) }, () => [random.pick(keys), sub(true)]))
  const values: ReadonlyArray<() => object> = [
    () => ({ type: random.pick(['string', 'integer', 'number', 'array', 'object', 'boolean', 'null', ['array', 'object'], ['string', 'null'], ['number', 'array']]) }),
    () => ({ enum: [random.pick(scalars), random.pick(scalars), random.pick(scalars)] }),
    () => ({ const: random.pick(scalars) }),
    () => ({ maxLength: random.below(3), pattern: random.pick(['^a', 'b$', '^(a+)+$']) }),
    () => ({ format: random.pick(['short', 'small']), ...(random.chance(2) && { maxLength: random.below(3) }) }),
    () => ({ maximum: random.below(4) }),
    () => ({ minItems: random.below(3) }),
    () => ({ uniqueItems: true, ...(random.chance(2) && { maxItems: random.pick([1, 3, 19, 25]) }) }),
    () => ({ maxProperties: random.below(4) }),
    () => ({ required: [random.pick(names)] })
  ]
  const nested: ReadonlyArray<() => object> = [
    () => ({ items: sub(true), ...(random.chance(3) && { maxItems: random.pick([0, 3, 19, 25]) }) }),
    () => ({ items: sub(true) }),
    // Below a tuple, Ajv forgets other keywords of arrays that are shorter
    () => ({ allOf: [{ items: list(true), ...(random.chance(2) && { additionalItems: sub(true) }) }] }),
    () => ({ contains: sub(true), ...(random.chance(3) && { maxItems: random.pick([1, 19, 25]) }) }),
    () => ({ properties: map(names), ...(random.chance(2) && { additionalProperties: random.chance(2) ? false : sub(true) }) }),
    () => ({ patternProperties: map(['^a', 'a', '^b|c$', '.']), ...(random.chance(2) && { additionalProperties: sub(true) }) }),
    () => ({ propertyNames: random.chance(2) ? { maxLength: 1 + random.below(2), pattern: '^a' } : sub(true) }),
    () => ({ dependencies: { [random.pick(names)]: random.chance(2) ? [random.pick(names)] : sub(false) } }),
    () => ({ anyOf: list(false) }),
    () => ({ anyOf: list(false) }),
    () => ({ oneOf: list(false) }),
    () => ({ allOf: list(false) }),
    () => ({ not: sub(false) }),
    () => ({ if: sub(false), then: sub(false), else: sub(false) })
  ]
  const keywords = depth === 0 ? values : [...values, ...nested, ...nested]
  return Object.assign({}, ...Array.from({ length: 1 + random.below(3) }, () => random.pick(keywords)()))
}

t.test('what is bounded finds something exactly where a plain Ajv refuses, for thousands of random schemas and values', async t => {
  const random = randomOf(20260101)
  const instances = [plain(), deciding(), finding()]
  for (const ajv of instances) ajv.addFormat('short', /^.{0,2}$/u).addFormat('small', { type: 'number', validate: value => value < 3 })
  const counts = { valid: 0, invalid: 0, many: 0, stopped: 0 }

  for (let round = 0; round < 130; round++) {
    const schema = {
      definitions: { one: randomSchema(random, 2, false), two: randomSchema(random, 2, false) },
      ...randomSchema(random, 3, false) as object
    }
    const [refer, decide, search] = instances.map(ajv => ajv.compile(schema)) as [ValidateFunction, ValidateFunction, ValidateFunction]

    for (let index = 0; index < 24; index++) {
      const value = randomValue(random)
      const valid = refer(value)
      const found = findAll(() => search, value)
      counts[valid ? 'valid' : 'invalid']++
      if (found !== undefined && found.length > 20) counts.many++
      // Assertions are slow: only those that fail are made
      if (decide(value) !== valid) t.fail('what decides disagrees with a plain Ajv', { schema, value, valid })
      if (valid && found !== undefined) t.fail('something is found in what a plain Ajv accepts', { schema, value, found })
      if (!valid && found === undefined) {
        // The budget is used up
        t.throws(() => search(value), 'nothing is found in what a plain Ajv refuses', { schema, value })
        counts.stopped++
      }
    }
  }
  t.comment(counts)
  t.ok(counts.valid > 1000 && counts.invalid > 1000 && counts.many > 50 && counts.stopped < 50, 'there are many pairs of each kind')
})

t.test('what is bounded doesn\'t change other instances of Ajv', async t => {
  finding()
  deciding()
  const validate = new Ajv({ allErrors: true }).compile({ type: 'array', items: { type: 'integer' } })
  validate(Array(30).fill(''))
  t.equal(validate.errors?.length, 30)
})

t.test('what is bounded finds as much as an Ajv with allErrors, up to twenty of each loop', async t => {
  const integer = { type: 'integer' }
  const wrong = (count: number) => Array(count).fill('')
  const properties = (count: number, name = 'k') => Object.fromEntries(wrong(count).map((value, index) => [`${name}${index}`, value]))
  const lists = { type: 'array', items: { type: 'array', items: integer } }
  const cases: Array<[title: string, schema: object, data: unknown, count: number | undefined]> = [
    ['no wrong item', { items: integer }, Array(100).fill(1), undefined],
    ['nineteen wrong items', { items: integer }, wrong(19), 19],
    ['twenty wrong items', { items: integer }, wrong(20), 20],
    ['many wrong items', { items: integer }, wrong(1000), 20],
    ['wrong items that are far apart', { items: integer }, Array.from({ length: 1000 }, (_, index) => index % 100 === 0 ? '' : 1), 10],
    ['items behind a tuple', { items: [integer, integer], additionalItems: integer }, wrong(100), 22],
    ['items that must not be', { items: false }, wrong(100), 20],
    ['a tuple that is longer than the limit', { items: Array(30).fill(integer) }, wrong(30), 30],
    ['items that are referred to', { definitions: { a: { items: integer } }, items: { $ref: '#/definitions/a' } }, Array(30).fill(wrong(7)), 21],
    ['items of items', lists, Array(100).fill(wrong(3)), 21],
    ['many items of many items', lists, Array(100).fill(wrong(100)), 20],
    ['two arrays', { properties: { a: { items: integer }, b: { items: integer } } }, { a: wrong(100), b: wrong(100) }, 40],
    ['unknown properties', { additionalProperties: false }, properties(100), 20],
    ['properties of the wrong type', { additionalProperties: integer }, properties(100), 20],
    ['properties that match a pattern', { patternProperties: { '^k': integer } }, properties(100), 20],
    ['names, each with two findings', { propertyNames: { maxLength: 1 } }, properties(100), 21],
    ['names with many mistakes', { propertyNames: { allOf: Array(15).fill({ maxLength: 1 }) } }, properties(100), 31],
    ['no match', { contains: integer }, wrong(1000), 1],
    ['no match among references', { definitions: { a: { contains: integer } }, contains: { $ref: '#/definitions/a' } }, Array(1000).fill(['']), 1],
    ['what is too long, and has other mistakes', { maxItems: 1, items: integer, uniqueItems: true, contains: integer }, wrong(100), 1],
    ['what is too long for a pattern', { maxLength: 4, pattern: '^b' }, 'aaaaa aaaaa', 1],
    ['what may be short enough for a pattern', { maxLength: 4, pattern: '^b' }, '😀😀😀😀', 1],
    ['what is short enough for a pattern, but wrong', { maxLength: 4, pattern: '^b' }, 'aaaaa', 2],
    // 20 of the first branch mustn't keep the second from its own
    ['a branch behind one that is full', { anyOf: [{ items: integer }, { items: { type: 'null' } }] }, wrong(100), 41],
    ['a branch that accepts, behind one that is full', { anyOf: [{ items: integer }, { items: { type: 'string' } }] }, wrong(100), undefined],
    ['a full branch, and then a mistake', { allOf: [{ anyOf: [{ items: integer }, { items: { type: 'string' } }] }, { items: { const: 1 } }] }, wrong(100), 20],
    ['what must not be', { not: { items: { type: 'string' } } }, wrong(100), 1],
    ['what must not be, and isn\'t', { not: { items: integer } }, wrong(100), undefined]
  ]
  for (const [title, schema, data, count] of cases) t.equal(find(schema, data)?.length, count, title)
})

t.test('a keyword that the user has removed or replaced is left alone', async t => {
  const ajv = new Ajv({ ...common, allErrors: true })
  ajv.removeKeyword('propertyNames')
  ajv.removeKeyword('items')
  ajv.addKeyword({ keyword: 'items', validate: (allowed: unknown[], data: unknown) => !Array.isArray(data) || data.every(item => allowed.includes(item)) })
  boundFindings(ajv)
  const validate = ajv.compile({ type: 'array', items: ['a', 'b'], propertyNames: { maxLength: 1 } })
  t.equal(findAll(() => validate, ['a', 'b']), undefined)
  t.match(findAll(() => validate, ['a', 'c']), [{ keyword: 'items' }])
})

t.test('a search that would take too long finds nothing', async t => {
  const schema = { definitions: { a: { items: { type: 'integer' } } }, items: { $ref: '#/definitions/a' } }
  t.equal(find(schema, Array(15_000).fill([1]).concat([['']]))?.length, 1)
  t.equal(find(schema, Array(25_000).fill([1]).concat([['']])), undefined)
  t.equal(find(schema, [['']])?.length, 1, 'the next one has a budget of its own')

  const throws = Object.assign(() => { throw new Error('no') }) as unknown as ValidateFunction
  t.equal(findAll(() => throws, {}), undefined)
  t.equal(findAll(() => { throw new Error('no') }, {}), undefined)
})

t.test('the name of a property is cut where it is longer than a pointer', async t => {
  const long = '~'.repeat(1000)
  const validate = finding().compile({ additionalProperties: { items: { type: 'integer' } } })
  const paths = (name: string) => findAll(() => validate, { [name]: [1, ''] })?.map(({ instancePath }) => instancePath)
  t.strictSame(paths('a~/b'), ['/a~0~1b/1'])
  t.strictSame(paths('x'.repeat(256)), [`/${'x'.repeat(256)}/1`])
  t.strictSame(paths(long), [`/${'~0'.repeat(256)}/1`])

  const nested = finding().compile({ additionalProperties: { additionalProperties: { additionalProperties: { type: 'integer' } } } })
  t.strictSame(findAll(() => nested, { '~': { '/': { a: '', '~~': '' }, '~': { '/': '' } }, '/': { '~': { '/': '' } } })?.map(({ instancePath }) => instancePath),
    ['/~0/~1/a', '/~0/~1/~0~0', '/~0/~0/~1', '/~1/~0/~1'], 'each name has its own')
})

/** What `run` costs this process, in microseconds of its cores, whoever else has them in between: the median of `runs`. */
async function median (runs: number, run: () => unknown): Promise<number> {
  const costs: number[] = []
  for (let index = 0; index < runs; index++) {
    const start = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(start)
    costs.push(user + system)
  }
  return costs.sort((a, b) => a - b)[runs >> 1]!
}

/** `measure` again where what another run left to collect, or to optimise, may have been in its way. */
async function leastOf (attempts: number, enough: number, measure: () => Promise<number>): Promise<number> {
  let least = Infinity
  for (let attempt = 0; attempt < attempts && least > enough; attempt++) least = Math.min(least, await measure())
  return least
}

t.test('a request costs no more than a small multiple of a valid one', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  for (const schema of shared) app.addSchema(schema)
  attacks.forEach(({ schema }, index) => app.post(`/${index}`, { schema: { body: schema } }, async () => 'accepted'))
  app.post('/expression', { schema: { body: { $ref: 'Expression#' } } }, async () => 'accepted')
  const origin = await listen(t, app)

  async function send (path: string | number, body: string, status: number): Promise<void> {
    const answer = await fetch(`${origin}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const text = await answer.text()
    if (answer.status !== status || text.length > 10_000) t.fail('the answer isn\'t as it should be', { status: answer.status, text: text.slice(0, 1000) })
  }

  await t.test('with the largest body, whatever is in it', async t => {
    for (const [index, { title, valid, hostile }] of attacks.entries()) {
      const ratio = await leastOf(3, 5, async () => {
        const base = await median(3, () => send(index, valid, 200))
        return await median(3, () => send(index, hostile, 400)) / base
      })
      t.comment(`${ratio.toFixed(1)} × a valid body: ${title} (${valid.length}, ${hostile.length} bytes)`)
      t.ok(ratio <= 5, title)
    }
  })

  await t.test('with a union that refers to itself: twice the depth isn\'t a hundred times the cost', async t => {
    for (const [title, core, status] of [['valid', undefined, 200], ['invalid', '1', 400]] as const) {
      const ratio = await leastOf(3, 20, async () => {
        const base = await median(5, () => send('expression', expression(7, core), status))
        return await median(5, () => send('expression', expression(14, core), status)) / base
      })
      t.comment(`${ratio.toFixed(1)} × the cost: ${title}`)
      t.ok(ratio <= 20, title)
    }
    await send('expression', expression(100), 200)
    await send('expression', expression(100, '1'), 400)
  })
})
