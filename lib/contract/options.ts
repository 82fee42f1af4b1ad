import { validateHeaderValue } from 'node:http'
import type { Authenticate, EtagOptions, PtStatusOptions, ValidationOptions } from '../../types/index.ts'
import { formatOf, styles, type Format } from './bodies.ts'
import { contractWith, phraseOf, type Contract } from './status.ts'

/** The options, checked, with their defaults. */
export interface Settings {
  /** The options that they were made from. */
  readonly options: PtStatusOptions
  readonly authenticate: Authenticate | undefined
  readonly access: PtStatusOptions['access']
  readonly outside: PtStatusOptions['outside']
  readonly mapError: PtStatusOptions['mapError']
  readonly unavailable: PtStatusOptions['unavailable']
  /** The codes that the scope answers. */
  readonly contract: Contract
  readonly format: Format
  readonly undeclared: 'error' | 'warn'
  readonly check: 'error' | 'warn'
  /** The header fields of a refusal that brings none of its own, by the name that the table has. */
  readonly defaults: Readonly<Record<string, string>>
  /** In milliseconds. */
  readonly drainDelay: number
  readonly securityScheme: string | undefined
  readonly etag: EtagOptions | false
  readonly validation: ValidationOptions | false
}

/** What each option must be; the last three are Fastify's own, of `register()`. */
const checks: Readonly<Record<string, readonly [is: (value: any) => boolean, must: string]>> = {
  authenticate: [isFunction, 'a function'],
  access: [isFunction, 'a function'],
  outside: [isFunction, 'a function'],
  mapError: [isFunction, 'a function'],
  unavailable: [isFunction, 'a function'],
  format: [isFormat, "'problem', 'envelope' or { contentType, schema, body }, its schema with an $id"],
  codes: [value => Array.isArray(value) && value.every(isOpenable), 'status codes outside the ten, 200 to 599'],
  undeclared: [isMode, "'error' or 'warn'"],
  check: [isMode, "'error' or 'warn'"],
  challenge: [isFieldValue, 'a value of the WWW-Authenticate header field'],
  retryAfter: [value => Number.isInteger(value) && value >= 0, 'a number of seconds'],
  drainDelay: [value => Number.isInteger(value) && value >= 0 && value < 2 ** 31, 'a number of milliseconds'],
  securityScheme: [isText, 'the name of a security scheme'],
  etag: [value => typeof value === 'boolean' || has(value, ['algorithm', 'hashFn', 'weak']), 'a boolean or { algorithm, hashFn, weak }'],
  validation: [value => value === false || has(value, ['coerceBody', 'removeAdditional']), 'false or { coerceBody, removeAdditional }'],
  prefix: [isFastifys, ''],
  logLevel: [isFastifys, ''],
  logSerializers: [isFastifys, '']
}

/**
 * Checks the plugin's options and completes them. One that is `undefined` is one that was left out.
 *
 * @param inherited the settings of the scope above
 * @throws {TypeError} with every option that is unknown or isn't what it must be
 */
export function settingsOf (options: PtStatusOptions, inherited?: Settings): Settings {
  // Those that it inherits count, too: what is overlooked is what a scope is open by
  const names = [...new Set([...Object.keys(options), ...Object.keys(checks)])] as Array<keyof PtStatusOptions>
  const stated = names.map(name => [name, options[name]] as const).filter(([, value]) => value !== undefined)
  const wrong = stated
    .filter(([name, value]) => !checks[name]?.[0](value))
    .map(([name]) => checks[name] === undefined ? `there is no option '${name}'` : `${name} must be ${checks[name][1]}`)
  if (wrong.length > 0) throw new TypeError(`Cannot register fastify-pt-status: ${wrong.join('; ')}`)

  const given: PtStatusOptions = { ...inherited?.options, ...Object.fromEntries(stated) }
  const {
    authenticate, access, outside, mapError, unavailable, format = 'problem', codes = [], undeclared = 'error', check = 'error',
    challenge = 'Bearer', retryAfter = 30, drainDelay = 0, securityScheme, etag = true, validation = {}
  } = given
  const contract = contractWith(codes)
  return Object.freeze({
    options: given,
    authenticate,
    access,
    outside,
    mapError,
    unavailable,
    contract,
    format: formatOf(format, contract),
    undeclared,
    check,
    defaults: { 'WWW-Authenticate': challenge, 'Retry-After': String(retryAfter) },
    drainDelay,
    securityScheme,
    etag: etag === true ? {} : etag,
    validation
  })
}

let defaults: Settings | undefined

/** The settings of no options. */
export function defaultSettings (): Settings {
  defaults ??= settingsOf({})
  return defaults
}

function isFastifys (): boolean {
  return true
}

function isMode (value: unknown): boolean {
  return value === 'error' || value === 'warn'
}

function isOpenable (code: unknown): boolean {
  return typeof code === 'number' && code >= 200 && phraseOf(code) !== undefined && !contractWith([]).has(code)
}

function isFunction (value: unknown): boolean {
  return typeof value === 'function'
}

function isText (value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

/** Whether something is an object without other properties. */
function has (value: unknown, names: readonly string[]): boolean {
  return isObject(value) && Object.keys(value as object).every(name => names.includes(name))
}

function isObject (value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function isFormat (value: any): boolean {
  return typeof value === 'string'
    ? Object.hasOwn(styles, value)
    : isObject(value) && isFieldValue(value.contentType) && isText(value.schema?.$id) && isFunction(value.body)
}

function isFieldValue (value: unknown): boolean {
  try {
    validateHeaderValue('value', value as string)
    return isText(value)
  } catch {
    return false
  }
}
