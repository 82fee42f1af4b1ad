import { judgeAnswer } from './answer.ts'
import { planted } from './app.ts'
import { received } from './grammar.ts'

/**
 * A server ignores empty lines before a request (RFC 9112 §2.2), and has nothing to say to no request. Node tells nobody
 * of a body that it can't read where the request asks for an upgrade: without the end of the connection, it times out.
 */
const maySilence = [/^[\r\n]*$/, /^Upgrade:/im]

/** What is wrong with all that a connection has answered, or nothing. */
export function judge (sent: Buffer, text: string): string | undefined {
  const answers = text.split(/(?=HTTP\/1\.1 \d{3} )/).filter(answer => !answer.startsWith('HTTP/1.1 100 '))
  if (text === '') return maySilence.some(form => form.test(String(sent))) ? undefined : 'no answer'
  if (text.includes(planted)) return 'it leaks what the server planted'
  if (text.includes(received)) return 'it echoes what was received'
  for (const answer of answers) {
    const wrong = judgeOne(answer)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

function judgeOne (text: string): string | undefined {
  const [head = '', content = ''] = text.split(/\r\n\r\n(.*)/s)
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1])
  const headers = Object.fromEntries(head.split('\r\n').slice(1).map(line => {
    const [name = '', value] = line.split(/: (.*)/s)
    return [name.toLowerCase(), value]
  }))
  return judgeAnswer({ status, headers, content }) ?? (content === '' ? undefined : judgePlace(status, content))
}

/** Only what is broken or away by purpose may say so. */
function judgePlace (status: number, content: string): string | undefined {
  if (status !== 500 && status !== 503) return undefined
  const { instance = '' } = JSON.parse(content)
  return String(instance).startsWith(status === 500 ? '/broken' : '/away') ? undefined : `${status} at ${instance}`
}
