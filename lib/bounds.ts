import { _, Name, type Ajv, type CodeKeywordDefinition, type KeywordCxt } from 'ajv'
import { limit } from './findings.ts'

/**
 * Ajv's keywords whose cost grows with the data:
 *
 * - `unless`: the keyword whose failure makes it pointless, and by what a JavaScript length may exceed it
 *   (`maxLength` counts code points)
 * - `loop`: `findings` if each turn may add some, `match` if each turn looks for a match
 */
const costly: Readonly<Record<string, { unless?: readonly [keyword: string, factor: number], loop?: 'findings' | 'match' }>> = {
  items: { unless: ['maxItems', 1], loop: 'findings' },
  additionalItems: { unless: ['maxItems', 1], loop: 'findings' },
  uniqueItems: { unless: ['maxItems', 1] },
  contains: { unless: ['maxItems', 1], loop: 'match' },
  additionalProperties: { loop: 'findings' },
  patternProperties: { loop: 'findings' },
  propertyNames: { loop: 'findings' },
  pattern: { unless: ['maxLength', 2] },
  format: { unless: ['maxLength', 2] }
}

const errors = new Name('errors')

/**
 * Makes `allErrors` safe. By itself it has an error made for each invalid item of a hostile body, copies them
 * all at each `$ref`, and runs `pattern` and `uniqueItems` on what `maxLength` and `maxItems` have refused.
 * Here each loop ends at its twentieth finding, and what is too long is only that.
 *
 * @param ajv an instance that hasn't compiled anything yet
 * @see https://ajv.js.org/security.html#untrusted-schemas
 */
export function boundFindings (ajv: Ajv): void {
  for (const [keyword, { unless, loop }] of Object.entries(costly)) {
    const definition = ajv.getKeyword(keyword) as CodeKeywordDefinition
    ajv.removeKeyword(keyword)
    ajv.addKeyword({
      ...definition,
      code (cxt, ruleType) {
        const code = () => definition.code(cxt, ruleType)
        // Where Ajv stops at the first error anyway, as below `not` and `if`, there is nothing to bound
        if (!cxt.allErrors) return code()
        if (loop === 'findings') endAtLimit(cxt)
        if (loop === 'match') forgetMisses(cxt)
        const maximum: unknown = unless && cxt.parentSchema[unless[0]]
        if (typeof maximum !== 'number') return code()
        cxt.gen.if(_`${cxt.data}.length <= ${maximum * unless![1]}`, code)
      }
    })
  }
}

/**
 * Ends a loop at its twentieth finding. It counts from its own start: in a branch of `anyOf`, findings of
 * the branches before must not end it while it is still valid.
 */
function endAtLimit (cxt: KeywordCxt): void {
  if (Array.isArray(cxt.schema)) return // a tuple: no loop
  const { gen } = cxt
  const start = gen.const('start', errors)
  const endLoop = () => { gen.if(_`${errors} - ${start} >= ${limit}`, () => gen.break()) }

  const { subschema, error } = cxt
  cxt.subschema = (...args) => {
    const context = subschema.apply(cxt, args)
    endLoop()
    return context
  }
  cxt.error = (...args) => {
    error.apply(cxt, args)
    endLoop()
  }
}

/** Drops what each item that doesn't match has added: that there is no match is the finding. */
function forgetMisses (cxt: KeywordCxt): void {
  const { subschema } = cxt
  cxt.subschema = (...args) => {
    const context = subschema.apply(cxt, args)
    cxt.reset()
    return context
  }
}
