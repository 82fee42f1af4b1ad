import type { FastifyBaseLogger } from 'fastify'
import { fold } from '../contract/folding.ts'
import type { Settings } from '../contract/options.ts'
import type { Route } from './routes.ts'
import { canAnswer, type Contract } from '../contract/status.ts'

/** What a declaration can have wrong, and how to mend it. */
const findings = {
  unknown: (code: number) => `${code} is not in the contract: declare ${code < 400 ? 'a success of the ten' : fold(code).status} instead, or open it by codes: [${code}]`,
  content: (code: number) => `${code} has no content: declare Type.Null()`,
  method: (code: number, method: string) => `${code} is no answer to ${method}: remove it`
}

/**
 * Finds what routes declare that can't be.
 *
 * @throws {Error} with every finding, unless `check` is `'warn'`
 */
export function checkRoutes (routes: readonly Route[], { contract, check }: Settings, log: FastifyBaseLogger): void {
  const found = routes.flatMap(route => route.methods.flatMap(method =>
    wrongIn(route, method, contract).map(finding => `${method} ${route.url}: ${finding}`)
  ))
  if (found.length === 0) return
  const message = `Cannot keep the contract:\n${found.map(finding => `- ${finding}`).join('\n')}`
  if (check === 'error') throw new Error(message)
  log.warn(message)
}

function wrongIn ({ schema }: Route, method: string, contract: Contract): string[] {
  return Object.entries<any>(schema?.response ?? {}).filter(([key]) => /^\d{3}$/.test(key)).flatMap(([key, declared]) => {
    const code = Number(key)
    const row = contract.get(code)
    if (row === undefined) return [findings.unknown(code)]
    return [
      ...(row.carries === 'nothing' && hasContent(declared) ? [findings.content(code)] : []),
      ...(!canAnswer(row, method) ? [findings.method(code, method)] : [])
    ]
  })
}

function hasContent (schema: Record<string, unknown>): boolean {
  return schema['type'] !== 'null' && ['type', '$ref', 'properties', 'content', 'anyOf', 'oneOf', 'allOf', 'const', 'enum'].some(keyword => keyword in schema)
}
