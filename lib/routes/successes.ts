import type { FastifyRequest } from 'fastify'
import type { AccessRoute } from '../../types/index.ts'
import type { Scope } from '../contract/scope.ts'
import { isHidden, isOutside, successesOf, type Route } from './routes.ts'

/** The successes that may leave, of a request; nothing where it is no part of the contract. */
export type Successes = (request: FastifyRequest) => ReadonlySet<number> | undefined

/** A route may answer the successes that it declares for a method. */
export function successesOfRoute ({ settings }: Scope, { options, methods, isOutside }: Route): Successes {
  if (isHidden(options) || isOutside) return () => undefined
  const successes = new Map(methods.map(method => [method, new Set(successesOf(options, method, settings))]))
  return ({ method }) => successes.get(method)
}

/** Unknown routes, and those that the scope hasn't seen, may answer any success of the contract. */
export function successesOfUnseen ({ settings }: Scope): Successes {
  const successes = new Set([...settings.contract.keys()].filter(code => code < 400))
  const outside = new WeakMap<object, boolean>()

  return ({ routeOptions, is404 }) => {
    if (isHidden(routeOptions)) return undefined
    if (settings.outside === undefined || is404) return successes
    const { config } = routeOptions
    if (!outside.has(config)) outside.set(config, isOutside(routeOptions as AccessRoute, settings))
    return outside.get(config) === true ? undefined : successes
  }
}
