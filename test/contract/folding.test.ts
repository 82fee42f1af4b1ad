import { STATUS_CODES } from 'node:http'
import t from 'tap'
import { fold } from '../../lib/contract/folding.ts'
import { isRefusalStatus, type RefusalStatus } from '../../lib/contract/status.ts'

// design.md, Closed by default: where each status goes, and the name it keeps (the reason phrases of RFC 9110 §15)
const folds: Readonly<Record<number, readonly [status: RefusalStatus, code: string]>> = {
  402: [400, 'PAYMENT_REQUIRED'],
  405: [404, 'METHOD_NOT_ALLOWED'],
  406: [400, 'NOT_ACCEPTABLE'],
  407: [401, 'PROXY_AUTHENTICATION_REQUIRED'],
  408: [400, 'REQUEST_TIMEOUT'],
  409: [400, 'CONFLICT'],
  410: [404, 'GONE'],
  411: [400, 'LENGTH_REQUIRED'],
  412: [400, 'PRECONDITION_FAILED'],
  413: [400, 'CONTENT_TOO_LARGE'],
  414: [400, 'URI_TOO_LONG'],
  415: [400, 'UNSUPPORTED_MEDIA_TYPE'],
  416: [400, 'RANGE_NOT_SATISFIABLE'],
  417: [400, 'EXPECTATION_FAILED'],
  418: [400, 'I_M_A_TEAPOT'],
  421: [400, 'MISDIRECTED_REQUEST'],
  422: [400, 'UNPROCESSABLE_CONTENT'],
  423: [403, 'LOCKED'],
  424: [400, 'FAILED_DEPENDENCY'],
  426: [400, 'UPGRADE_REQUIRED'],
  428: [400, 'PRECONDITION_REQUIRED'],
  429: [503, 'TOO_MANY_REQUESTS'],
  431: [400, 'REQUEST_HEADER_FIELDS_TOO_LARGE'],
  451: [403, 'UNAVAILABLE_FOR_LEGAL_REASONS'],
  501: [500, 'NOT_IMPLEMENTED'],
  502: [503, 'BAD_GATEWAY'],
  504: [503, 'GATEWAY_TIMEOUT'],
  505: [500, 'HTTP_VERSION_NOT_SUPPORTED'],
  507: [503, 'INSUFFICIENT_STORAGE'],
  511: [500, 'NETWORK_AUTHENTICATION_REQUIRED']
}

t.test('a status outside the ten is folded into them and keeps its own name', async t => {
  for (const [from, [status, code]] of Object.entries(folds)) t.same(fold(Number(from)), { status, code }, from)
})

t.test('a refusal of the ten stays what it is, and needs no other name', async t => {
  for (const status of [400, 401, 403, 404, 500, 503]) t.same(fold(status), { status, code: undefined })
})

t.test('every error status becomes one of the ten, in its own class or as design.md says', async t => {
  for (let from = 400; from <= 599; from++) {
    const { status, code } = fold(from)
    t.ok(isRefusalStatus(status), String(from))
    if (folds[from] === undefined && !isRefusalStatus(from)) t.equal(status, from < 500 ? 400 : 500, `other ${from < 500 ? '4xx' : '5xx'}: ${from}`)
    t.equal(code === undefined, isRefusalStatus(from) || STATUS_CODES[from] === undefined, 'it has a name if it has a phrase')
    if (code !== undefined) t.match(code, /^[A-Z_]+$/)
  }
})

t.test('anything else is a 500 without a name', async t => {
  for (const status of [100, 200, 304, 399, 600, 1e9, 0, -404, 404.5, NaN, Infinity, '404', '4xx', 404n, true, null, undefined, [], [404], {}, Symbol('a'), () => 404, { valueOf: () => 404 }]) {
    t.same(fold(status), { status: 500, code: undefined }, String(status?.toString()))
  }
})
