import { _, Name, type Ajv, type Code, type ErrorObject, type KeywordCxt, type ValidateFunction } from 'ajv'
import { mostFindings } from '../contract/problem.ts'
import { longest } from './findings.ts'

/**
 * Ajv's keywords whose cost grows with the data:
 *
 * - `unless`: the keyword whose failure makes it pointless, and by what a JavaScript length may exceed it
 *   (`maxLength` counts code points)
 * - `loops`: by what each of its turns may add findings
 */
const costly: Readonly<Record<string, { unless?: readonly [keyword: string, factor: number], loops?: ReadonlyArray<'subschema' | 'error'> }>> = {
  items: { unless: ['maxItems', 1], loops: ['subschema'] },
  additionalItems: { unless: ['maxItems', 1], loops: ['subschema'] },
  uniqueItems: { unless: ['maxItems', 1] },
  contains: { unless: ['maxItems', 1] },
  additionalProperties: { loops: ['subschema', 'error'] },
  patternProperties: { loops: ['subschema'] },
  propertyNames: { loops: ['subschema'] },
  pattern: { unless: ['maxLength', 2] },
  format: { unless: ['maxLength', 2] }
}

/** How many `$ref`s, and findings that they hand on, one search for all findings may follow. */
const effort = 20_000
const budget = { left: effort }

const errors = new Name('errors')

/**
 * Makes what an Ajv with `allErrors` compiles cheap enough for `findAll`. By itself it has an error made for each
 * invalid item of a hostile body, copies them all at each `$ref`, tries every branch of every `anyOf` to its end,
 * which takes exponential time where a schema refers to itself, and runs `pattern` and `uniqueItems` on what
 * `maxLength` and `maxItems` have refused. Here each loop ends at its twentieth finding, what is too long is only
 * that, and `$ref`s have a budget.
 *
 * @param ajv an instance that hasn't compiled anything yet
 * @see https://ajv.js.org/security.html#untrusted-schemas
 */
export function boundFindings (ajv: Ajv): void {
  forgetMisses(ajv)
  wrap(ajv, '$ref', spend)
  for (const [keyword, { unless, loops }] of Object.entries(costly)) {
    wrap(ajv, keyword, (cxt, code) => {
      // Below `not` and `if` Ajv stops at the first error anyway
      if (!cxt.allErrors) return code()
      if (loops !== undefined) endAtLimit(cxt, loops)
      const maximum: unknown = unless && cxt.parentSchema[unless[0]]
      if (typeof maximum !== 'number') return code()
      cxt.gen.if(_`${cxt.data}.length <= ${maximum * unless![1]}`, code)
    })
  }
}

/**
 * Has `contains` drop what each item that doesn't match has added: that there is no match is the finding.
 * Ajv keeps it to the end, and where the schema is a `$ref` copies all of it for each item.
 */
export function forgetMisses (ajv: Ajv): void {
  wrap(ajv, 'contains', (cxt, code) => {
    afterEach(cxt, ['subschema'], () => cxt.reset())
    code()
  })
}

/**
 * Has a validator escape the name of a property once, and no more of it than fits into a pointer. Ajv does it anew
 * for each error and each `$ref` below that property, and a name that the client chose can be as long as the body.
 *
 * @param source as Ajv's option `code.process` is given it
 */
export function escapeOnce (source: string): string {
  const names = new Set<string>()
  const code = source.replaceAll(/(\w+)\.replace\(\/~\/g, "~0"\)\.replace\(\/\\\/\/g, "~1"\)/g, (_escape, name: string) => {
    names.add(name)
    return `escape_${name}(${name})`
  })
  return [...names].map(name => `const escape_${name} = (${escaper})();`).join('') + code
}

const escaper = `() => {
  let last, token
  return name => name === last ? token : token = (last = name).slice(0, ${longest}).replace(/~/g, "~0").replace(/\\//g, "~1")
}`

/**
 * All that a validator has against `data`.
 *
 * @param compile gives the validator, of an Ajv with `boundFindings`
 * @returns nothing where there is none, or where it would take too long
 */
export function findAll (compile: () => ValidateFunction, ...data: Parameters<ValidateFunction>): ErrorObject[] | undefined {
  budget.left = effort
  try {
    const validate = compile()
    return validate(...data) ? undefined : validate.errors!
  } catch {
    return undefined
  }
}

/** Has the findings that a `$ref` starts with and those that it hands on taken from the budget. */
function spend ({ gen }: KeywordCxt, code: () => void): void {
  const account = gen.scopeValue('obj', { ref: budget })
  const pay = (cost: Code) => gen.if(_`(${account}.left -= ${cost}) < 0`, () => gen.throw(account))
  const start = gen.const('start', errors)
  pay(_`1 + ${start}`)
  code()
  pay(_`${errors} - ${start}`)
}

/**
 * Ends a loop at its twentieth finding. It counts from its own start: in a branch of `anyOf`, findings of
 * the branches before must not end it while it is still valid.
 */
function endAtLimit (cxt: KeywordCxt, names: ReadonlyArray<'subschema' | 'error'>): void {
  if (Array.isArray(cxt.schema)) return // a tuple: no loop
  const { gen } = cxt
  const start = gen.const('start', errors)
  afterEach(cxt, names, () => gen.if(_`${errors} - ${start} >= ${mostFindings}`, () => gen.break()))
}

/** Has code follow what a keyword generates by methods of its context. */
function afterEach (cxt: KeywordCxt, names: ReadonlyArray<'subschema' | 'error'>, code: () => void): void {
  for (const name of names) {
    const generate = cxt[name] as (...args: unknown[]) => any
    cxt[name] = (...args: unknown[]) => {
      const generated = generate.apply(cxt, args)
      code()
      return generated
    }
  }
}

/** Changes the code that a keyword generates, in place: keywords keep their order. */
function wrap (ajv: Ajv, keyword: string, generate: (cxt: KeywordCxt, code: () => void) => void): void {
  const definition = ajv.getKeyword(keyword)
  // A plugin of the user may have removed the keyword, or put another in its place
  if (typeof definition !== 'object' || !('code' in definition)) return
  const { code } = definition
  definition.code = (cxt, ruleType) => generate(cxt, () => code(cxt, ruleType))
}
