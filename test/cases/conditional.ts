import type { Evaluation } from '../../lib/http/conditional.ts'

/** A request for a resource, and what RFC 9110 says of its preconditions. */
export interface Case {
  section: string
  says: string
  method: string
  headers: Record<string, string>
  /** Its validators; `null` if it doesn't exist. */
  state: State | null
  evaluation: Evaluation
}

interface State {
  etag?: string
  lastModified?: string
}

const date = 'Sun, 06 Nov 1994 08:49:37 GMT'
const before = 'Sun, 06 Nov 1994 08:49:36 GMT'
const after = 'Sun, 06 Nov 1994 08:49:38 GMT'
const rfc850 = 'Sunday, 06-Nov-94 08:49:37 GMT'
const asctime = 'Sun Nov  6 08:49:37 1994'

type Row = [says: string, method: string, headers: Record<string, string>, evaluation: Evaluation, state?: State | null]

const strong = { etag: '"a"', lastModified: date }
const weak = { etag: 'W/"a"', lastModified: date }

const rows: Record<string, Row[]> = {
  '13.1.1': [
    ['If-Match holds the tag', 'PUT', { 'if-match': '"a"' }, 'perform'],
    ['If-Match holds it among others', 'PUT', { 'if-match': '"b", "a"' }, 'perform'],
    ['If-Match does not hold it', 'PUT', { 'if-match': '"b"' }, 'precondition failed'],
    ['If-Match * is true where there is a representation', 'DELETE', { 'if-match': '*' }, 'perform'],
    ['If-Match compares strongly: a weak tag of the resource', 'PUT', { 'if-match': 'W/"a"' }, 'precondition failed', weak],
    ['If-Match compares strongly: a weak tag of the client', 'PUT', { 'if-match': 'W/"a"' }, 'precondition failed'],
    ['If-Match holds nothing where the resource has no tag', 'PUT', { 'if-match': '"a"' }, 'precondition failed', { lastModified: date }],
    ['If-Match * without a tag', 'PUT', { 'if-match': '*' }, 'perform', {}],
    ['If-Match of a GET', 'GET', { 'if-match': '"b"' }, 'precondition failed'],
    ['If-Match that is malformed matches nothing', 'PUT', { 'if-match': 'a' }, 'precondition failed'],
    ['If-Match * is false where there is no representation', 'PUT', { 'if-match': '*' }, 'precondition failed', null],
    ['If-Match * is false for any method', 'PATCH', { 'if-match': ' * ' }, 'precondition failed', null],
    ['If-Match holds no tag of what does not exist', 'PUT', { 'if-match': '"a", ""' }, 'precondition failed', null],
    ['If-Match of a GET of what does not exist', 'GET', { 'if-match': '*' }, 'precondition failed', null]
  ],
  '13.1.2': [
    ['If-None-Match holds the tag: GET', 'GET', { 'if-none-match': '"a"' }, 'not modified'],
    ['If-None-Match holds the tag: HEAD', 'HEAD', { 'if-none-match': '"a"' }, 'not modified'],
    ['If-None-Match holds the tag: other methods', 'PUT', { 'if-none-match': '"a"' }, 'precondition failed'],
    ['If-None-Match does not hold it', 'GET', { 'if-none-match': '"b"' }, 'perform'],
    ['If-None-Match holds it among others', 'GET', { 'if-none-match': '"b", W/"c", "a"' }, 'not modified'],
    ['If-None-Match holds a tag with a comma', 'GET', { 'if-none-match': '"x,y", "b,c"' }, 'not modified', { etag: '"b,c"' }],
    ['If-None-Match compares weakly: the client', 'GET', { 'if-none-match': 'W/"a"' }, 'not modified'],
    ['If-None-Match compares weakly: the resource', 'GET', { 'if-none-match': '"a"' }, 'not modified', weak],
    ['If-None-Match compares weakly: both', 'GET', { 'if-none-match': 'W/"a"' }, 'not modified', weak],
    ['If-None-Match *: GET', 'GET', { 'if-none-match': '*' }, 'not modified'],
    ['If-None-Match *: PUT of what exists', 'PUT', { 'if-none-match': '*' }, 'precondition failed'],
    ['If-None-Match * without a tag', 'GET', { 'if-none-match': '*' }, 'not modified', {}],
    ['If-None-Match where the resource has no tag', 'GET', { 'if-none-match': '"a"' }, 'perform', { lastModified: date }],
    ['If-None-Match that is malformed matches nothing', 'GET', { 'if-none-match': 'a, "a' }, 'perform'],
    ['If-None-Match with something malformed beside the tag', 'GET', { 'if-none-match': 'a, "a"' }, 'not modified'],
    ['If-None-Match * is true where there is no representation', 'PUT', { 'if-none-match': '*' }, 'perform', null],
    ['If-None-Match * is true for any method', 'GET', { 'if-none-match': '*' }, 'perform', null],
    ['If-None-Match holds no tag of what does not exist', 'PUT', { 'if-none-match': '"a", ""' }, 'perform', null]
  ],
  '13.1.3': [
    ['If-Modified-Since: not since', 'GET', { 'if-modified-since': date }, 'not modified'],
    ['If-Modified-Since: not since then either', 'GET', { 'if-modified-since': after }, 'not modified'],
    ['If-Modified-Since: modified', 'GET', { 'if-modified-since': before }, 'perform'],
    ['If-Modified-Since of a HEAD', 'HEAD', { 'if-modified-since': date }, 'not modified'],
    ['If-Modified-Since is ignored for other methods', 'PUT', { 'if-modified-since': date }, 'perform'],
    ['If-Modified-Since is ignored beside If-None-Match', 'GET', { 'if-modified-since': date, 'if-none-match': '"b"' }, 'perform'],
    ['If-Modified-Since is ignored beside If-None-Match, malformed or not', 'GET', { 'if-modified-since': date, 'if-none-match': 'b' }, 'perform'],
    ['If-Modified-Since is ignored if it is no HTTP-date', 'GET', { 'if-modified-since': '1994-11-06T08:49:37Z' }, 'perform'],
    ['If-Modified-Since is ignored if it has more than one member', 'GET', { 'if-modified-since': `${date}, ${date}` }, 'perform'],
    ['If-Modified-Since is ignored if there is no modification date', 'GET', { 'if-modified-since': date }, 'perform', { etag: '"a"' }],
    ['If-Modified-Since has a granularity of one second', 'GET', { 'if-modified-since': date }, 'not modified', { lastModified: '1994-11-06T08:49:37.999Z' }],
    ['If-Modified-Since is ignored where there is no representation', 'GET', { 'if-modified-since': date }, 'perform', null]
  ],
  '13.1.4': [
    ['If-Unmodified-Since: unmodified', 'PUT', { 'if-unmodified-since': date }, 'perform'],
    ['If-Unmodified-Since: unmodified since long', 'PUT', { 'if-unmodified-since': after }, 'perform'],
    ['If-Unmodified-Since: modified', 'PUT', { 'if-unmodified-since': before }, 'precondition failed'],
    ['If-Unmodified-Since of a GET', 'GET', { 'if-unmodified-since': before }, 'precondition failed'],
    ['If-Unmodified-Since is ignored beside If-Match', 'PUT', { 'if-unmodified-since': before, 'if-match': '"a"' }, 'perform'],
    ['If-Unmodified-Since is ignored if it is no HTTP-date', 'PUT', { 'if-unmodified-since': 'yesterday' }, 'perform'],
    ['If-Unmodified-Since is ignored if there is no modification date', 'PUT', { 'if-unmodified-since': before }, 'perform', { etag: '"a"' }],
    ['If-Unmodified-Since has a granularity of one second', 'PUT', { 'if-unmodified-since': date }, 'perform', { lastModified: '1994-11-06T08:49:37.999Z' }],
    ['If-Unmodified-Since is ignored where there is no representation', 'PUT', { 'if-unmodified-since': before }, 'perform', null]
  ],
  '13.2.1': [
    ['conditions are ignored with OPTIONS', 'OPTIONS', { 'if-match': '"b"', 'if-none-match': '"a"' }, 'perform'],
    ['conditions are ignored with TRACE', 'TRACE', { 'if-match': '"b"' }, 'perform'],
    ['conditions of OPTIONS are ignored where there is no representation', 'OPTIONS', { 'if-match': '*' }, 'perform', null]
  ],
  '13.2.2': [
    ['without a condition', 'GET', {}, 'perform'],
    ['without a condition and a representation', 'PUT', {}, 'perform', null],
    ['If-Match goes before If-None-Match', 'GET', { 'if-match': '"b"', 'if-none-match': '"a"' }, 'precondition failed'],
    ['If-Match that holds goes on to If-None-Match', 'GET', { 'if-match': '"a"', 'if-none-match': '"a"' }, 'not modified'],
    ['If-Match that holds goes on to If-Modified-Since', 'GET', { 'if-match': '"a"', 'if-modified-since': date }, 'not modified'],
    ['If-Match goes before If-None-Match where there is no representation', 'PUT', { 'if-match': '*', 'if-none-match': '*' }, 'precondition failed', null],
    ['If-Unmodified-Since that is ignored goes on to If-None-Match', 'PUT', { 'if-unmodified-since': before, 'if-none-match': '*' }, 'perform', null],
    ['If-Unmodified-Since goes before If-None-Match', 'GET', { 'if-unmodified-since': before, 'if-none-match': '"a"' }, 'precondition failed'],
    ['If-Unmodified-Since that holds goes on to If-None-Match', 'PUT', { 'if-unmodified-since': date, 'if-none-match': '"a"' }, 'precondition failed']
  ],
  '5.6.7': [
    ['an RFC 850 date', 'GET', { 'if-modified-since': rfc850 }, 'not modified'],
    ['an asctime date', 'GET', { 'if-modified-since': asctime }, 'not modified'],
    ['an RFC 850 date of If-Unmodified-Since', 'PUT', { 'if-unmodified-since': rfc850 }, 'perform']
  ],
  '8.8.3.2': [
    ['W/"1" and W/"1", strong', 'PUT', { 'if-match': 'W/"1"' }, 'precondition failed', { etag: 'W/"1"' }],
    ['W/"1" and W/"1", weak', 'GET', { 'if-none-match': 'W/"1"' }, 'not modified', { etag: 'W/"1"' }],
    ['W/"1" and W/"2", strong', 'PUT', { 'if-match': 'W/"1"' }, 'precondition failed', { etag: 'W/"2"' }],
    ['W/"1" and W/"2", weak', 'GET', { 'if-none-match': 'W/"1"' }, 'perform', { etag: 'W/"2"' }],
    ['W/"1" and "1", strong', 'PUT', { 'if-match': 'W/"1"' }, 'precondition failed', { etag: '"1"' }],
    ['W/"1" and "1", weak', 'GET', { 'if-none-match': 'W/"1"' }, 'not modified', { etag: '"1"' }],
    ['"1" and "1", strong', 'PUT', { 'if-match': '"1"' }, 'perform', { etag: '"1"' }],
    ['"1" and "1", weak', 'GET', { 'if-none-match': '"1"' }, 'not modified', { etag: '"1"' }]
  ]
}

export const cases: Case[] = Object.entries(rows).flatMap(([section, of]) => of.map(([says, method, headers, evaluation, state = strong]) => ({
  section, says, method, headers, evaluation, state
})))
