import AjvCompiler, { type BuildCompilerFromPool, type RouteDefinition } from '@fastify/ajv-compiler'
import { SerializerSelector, type SerializerFactory } from '@fastify/fast-json-stringify-compiler'
import type { AnySchema } from 'ajv'
import type { FastifyInstance } from 'fastify'
import type { ValidationOptions } from '../types/index.ts'
import type { Format } from './bodies.ts'
import { boundFindings } from './bounds.ts'
import { badRequest } from './errors.ts'
import type { Settings } from './options.ts'

/**
 * Sets a scope's compilers of validators and serializers. One that the user has set is left alone.
 */
export function setCompilers (instance: FastifyInstance, { format, validation }: Settings): void {
  for (const schema of format.schemas.values()) {
    if (instance.getSchema(schema.$id!) === undefined) instance.addSchema(schema)
  }
  // Fastify adds to the error what failed; a StatusError is the cheapest to carry it
  if (validation !== false) instance.setSchemaErrorFormatter(() => badRequest())

  instance.setSchemaController({
    compilersFactory: {
      ...(validation !== false && instance.validatorCompiler === undefined && { buildValidator: validatorBuilder(validation) }),
      ...(instance.serializerCompiler === undefined && { buildSerializer: serializerBuilder(format) })
    }
  })
}

/** Everything is checked, at a bounded cost, and only what the wire has no types for is coerced. */
function validatorBuilder ({ coerceBody = false, removeAdditional = false }: ValidationOptions): BuildCompilerFromPool {
  const builders = { body: AjvCompiler(), headers: AjvCompiler(), rest: AjvCompiler() }

  return function buildValidator (externalSchemas, options) {
    // JSON Type Definition has neither coercion nor the keywords to bound
    if (options?.mode === 'JTD') return builders.rest(externalSchemas, options)

    const compilerOf = (builder: BuildCompilerFromPool, policy: object) => builder(externalSchemas, {
      ...options,
      customOptions: { coerceTypes: 'array', ...options?.customOptions, allErrors: true, removeAdditional, ...policy },
      onCreate: ajv => { boundFindings(ajv); options?.onCreate?.(ajv) }
    })
    const rest = compilerOf(builders.rest, {})
    const parts: Partial<Record<string, typeof rest>> = {
      body: compilerOf(builders.body, coerceBody ? {} : { coerceTypes: false }),
      // Every request has fields that no schema names
      headers: compilerOf(builders.headers, { removeAdditional: true })
    }
    // The compiler's types call what it is given a schema; it is a route definition
    return (route: AnySchema) => (parts[(route as RouteDefinition).httpPart] ?? rest)(route)
  }
}

/**
 * Fastify's compiler takes in all shared schemas anew for each response schema, which for the refusals' alone
 * nearly doubles the start of an app. Only the OpenAPI document refers to those, so it is given the others,
 * and none where a schema has no `$ref`.
 */
function serializerBuilder ({ schemas }: Format): SerializerFactory {
  const build = SerializerSelector()
  const ids = new Set([...schemas.values()].map(schema => schema.$id))

  return function buildSerializer (externalSchemas, options) {
    const others = Object.entries(externalSchemas as Record<string, object>).filter(([id]) => !ids.has(id))
    const compile = build({}, options)
    const compileReferring = build(Object.fromEntries(others), options)
    return route => (JSON.stringify(route.schema).includes('"$ref"') ? compileReferring : compile)(route)
  }
}
