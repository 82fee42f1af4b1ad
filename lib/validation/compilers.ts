import AjvCompiler, { type BuildCompilerFromPool, type RouteDefinition } from '@fastify/ajv-compiler'
import { SerializerSelector, type SerializerFactory } from '@fastify/fast-json-stringify-compiler'
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction, preValidationHookHandler } from 'fastify'
import type { ValidationOptions } from '../../types/index.ts'
import { boundFindings, escapeOnce, findAll, forgetMisses } from './bounds.ts'
import { badRequest } from '../contract/errors.ts'
import { bodyUnvalidated } from './findings.ts'
import type { Scope } from '../contract/scope.ts'

/** The schemas of refusals' bodies, as Fastify keeps them. */
const refusalSchemas = new WeakSet<object>()

/** The instances of each server that have the schemas, by the name of one. */
const holders = new WeakMap<object, Map<string, FastifyInstance[]>>()

/**
 * Sets a scope's compilers of validators and serializers. One that the user has set is left alone.
 */
export function setCompilers ({ instance, settings: { format, validation } }: Scope): void {
  for (const schema of format.schemas.values()) addSchema(instance, schema)
  // Fastify adds to the error what failed; a StatusError is the cheapest to carry it
  if (validation !== false) instance.setSchemaErrorFormatter(() => badRequest())

  instance.setSchemaController({
    compilersFactory: {
      ...(validation !== false && instance.validatorCompiler === undefined && { buildValidator: validatorBuilder(validation) }),
      ...(instance.serializerCompiler === undefined && { buildSerializer: serializerBuilder() })
    }
  })
}

/** Adds the schema of a refusal's body, unless a scope above has it, or one below: Fastify hands a schema down, and a scope has one of a name. */
function addSchema (instance: FastifyInstance, schema: { readonly $id?: string }): void {
  const $id = schema.$id!
  const ofServer = holders.get(instance.server) ?? new Map<string, FastifyInstance[]>()
  holders.set(instance.server, ofServer)
  const having = ofServer.get($id) ?? []
  // The document has the schemas of all scopes, and needs each once
  if (instance.getSchema($id) !== undefined || having.some(other => Object.prototype.isPrototypeOf.call(instance, other))) return
  instance.addSchema(schema)
  refusalSchemas.add(instance.getSchema($id) as object)
  ofServer.set($id, [...having, instance])
}

/** The `preValidation` hook of a route that has a schema of the body for each media type. */
export function mediaTypeCheck ({ body }: { body?: unknown } = {}, { settings }: Scope): preValidationHookHandler | undefined {
  return settings.validation !== false && (body as { content?: unknown } | undefined)?.content !== undefined ? checkMediaType : undefined
}

function checkMediaType (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void {
  done(bodyUnvalidated(request))
}

/**
 * Ajv decides, as Fastify runs it: up to the first error. Where it refuses, a second one, which decides nothing,
 * is asked for all of them. Only what the wire has no types for is coerced.
 */
function validatorBuilder ({ coerceBody = false, removeAdditional = false }: ValidationOptions): BuildCompilerFromPool {
  const buildDeciding = AjvCompiler()
  const buildFinding = AjvCompiler()
  const policies: Partial<Record<string, object>> = {
    body: coerceBody ? {} : { coerceTypes: false },
    // Every request has fields that no schema names
    headers: { removeAdditional: true }
  }

  return function buildValidator (externalSchemas, options: BuilderOptions = {}) {
    const { customOptions, mode, onCreate } = options
    const processCode = customOptions?.code?.process ?? (source => source)
    const build = (builder: BuildCompilerFromPool, bound: (ajv: Ajv) => void, policy: object) => builder(
      mode === 'JTD' ? withoutRefusals(externalSchemas) : externalSchemas,
      {
        ...options,
        customOptions: {
          ...customOptions,
          code: { ...customOptions?.code, process: (source, schema) => processCode(escapeOnce(source), schema) },
          removeAdditional,
          ...policy
        },
        onCreate: ajv => { bound(ajv); onCreate?.(ajv) }
      } as BuilderOptions
    )

    const deciders = new Map<string, ReturnType<typeof build>>()

    return function compile (route) {
      const { httpPart } = route as RouteDefinition
      const policy = policies[httpPart]
      if (!deciders.has(httpPart)) deciders.set(httpPart, build(buildDeciding, forgetMisses, { ...policy }))
      const decide = deciders.get(httpPart)!(route) as ValidateFunction
      // Of JSON Type Definition the first finding is enough
      if (mode === 'JTD') return withAllFindings(decide, () => decide)
      return withAllFindings(decide, () =>
        // What there is to log of the schema has been logged
        build(buildFinding, boundFindings, { ...policy, allErrors: true, logger: false })(route) as ValidateFunction
      )
    }
  }
}

type BuilderOptions = NonNullable<Parameters<BuildCompilerFromPool>[1]>

const tooDeep: ErrorObject = { instancePath: '', schemaPath: '', keyword: 'nesting', params: {}, message: 'must not be nested so deeply' }

/**
 * A validator that tells all that is wrong. Most schemas never refuse anything: what finds it is compiled when
 * it is needed.
 */
function withAllFindings (decide: ValidateFunction, compile: () => ValidateFunction): ValidateFunction {
  let find: ValidateFunction | undefined

  function validate (...data: Parameters<ValidateFunction>): unknown {
    try {
      const valid: unknown = decide(...data)
      if (valid === false) validate.errors = findAll(() => (find ??= compile()), ...data) ?? decide.errors
      return valid
    } catch (error) {
      // Where a schema refers to itself, data can be nested deeper than the stack is
      if (!(error instanceof RangeError)) throw error
      validate.errors = [tooDeep]
      return false
    }
  }
  validate.errors = null as ValidateFunction['errors']
  // By this Fastify knows a validator of Ajv, which it tells where to put what it coerces
  validate.schemaEnv = decide.schemaEnv
  return validate as ValidateFunction
}

/**
 * Fastify's compiler takes in all shared schemas anew for each response schema, which for the refusals' alone
 * nearly doubles the start of an app. It is given those only where a schema needs them, and none where it has
 * no `$ref`.
 */
function serializerBuilder (): SerializerFactory {
  const build = SerializerSelector()

  return function buildSerializer (externalSchemas, options) {
    const [none, others, all] = [{}, withoutRefusals(externalSchemas as object), externalSchemas].map(schemas => build(schemas, options)) as [Compile, Compile, Compile]

    return route => {
      if (!JSON.stringify(route.schema).includes('"$ref"')) return none(route)
      try {
        return others(route)
      } catch {
        return all(route)
      }
    }
  }
}

type Compile = ReturnType<SerializerFactory>

function withoutRefusals (externalSchemas: object): Record<string, object> {
  return Object.fromEntries(Object.entries(externalSchemas).filter(([, schema]) => !refusalSchemas.has(schema)))
}
