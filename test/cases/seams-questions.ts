import type { Answer, Ask } from '../kept-connection.ts'
import { conditions, methods, pathOf, rows, type Condition, type Row } from './seams-answers.ts'
import { membersOf, wrongAdditions, wrongBeside, wrongByItself, wrongHead, wrongNotModified } from './seams-laws.ts'
import type { Neighbour } from './seams.ts'

/** What is asked beside what. */
export interface Setting {
  readonly neighbour: Neighbour
  /** Whether the plugin has seen the routes being declared, so that it tags what they say. */
  readonly isAwaited: boolean
  /** The answers of the plugin alone. */
  readonly answersAlone: ReadonlyMap<string, Answer> | undefined
}

/** Asks every question, and judges every answer. After one that hangs it asks no more. */
export async function question (ask: Ask, { neighbour, isAwaited, answersAlone }: Setting): Promise<{ answers: Map<string, Answer>, wrong: string[], asked: number }> {
  const answers = new Map<string, Answer>()
  const wrong: string[] = []
  const contentAdds = (neighbour.adds ?? []).filter(({ needsContent }) => needsContent)
  let asked = 0
  let isHanging = false

  for (const row of rows) {
    for (const method of methods) await ordinary(row, method)
    for (const condition of conditions) for (const method of condition.methods) await conditional(row, method, condition)
    await identity(row)
  }
  return { answers, wrong, asked }

  async function ordinary (row: Row, method: string): Promise<void> {
    const answer = await put(row, method)
    if (answer === undefined || judgeOwn(row, method, answer)) return
    judge(row, method, '', answer, row.status, row)
    if (method !== 'GET' && method !== 'HEAD') return
    if (row.tag && isAwaited && neighbour.content !== 'coded stream' && answer.fields['etag'] === undefined) report(method, row, '', ['has no tag'])
    const get = answers.get(`GET ${row.name}`)
    // HEAD may leave out what is known only while content is made, where that is a stream
    if (method === 'HEAD' && get && !isFastifysHead(method)) report(method, row, '', wrongHead(answer, get, row.kind === 'stream' ? contentAdds.map(({ field }) => field) : []))
  }

  async function conditional (row: Row, method: string, { name, status: statusOf, fields, isRare }: Condition): Promise<void> {
    const status = statusOf(row)
    const whole = answers.get(`${method} ${row.name}`)
    if (status === undefined || whole === undefined || neighbour.answers?.methods.includes(method)) return
    const { etag } = whole.fields
    // A stream has no tag to compare, and who doesn't await the plugin has what others make
    if (row.tag === 'plugin' && (etag === undefined || (isRare && !isAwaited))) return
    const answer = await put(row, method, ` ${name}`, fields(etag))
    if (answer === undefined) return
    judge(row, method, ` ${name}`, answer, status, { ...row, kind: status === 304 ? 'nothing' : status === row.status ? row.kind : 'held' })
    if (answer.status === 304) report(method, row, ` ${name}`, wrongNotModified(answer, whole, row.tag === 'handler' ? contentAdds : []))
  }

  /** Fastify drops the content of HEAD before hooks that an onRoute hook appends; where the plugin comes after the route, nobody can change that. */
  function isFastifysHead (method: string): boolean {
    return method === 'HEAD' && !isAwaited && neighbour.content !== undefined
  }

  /** "A strong entity tag for a content-encoded representation has to be distinct from the entity tag of an unencoded representation" (RFC 9110 §8.8.3.3). */
  async function identity (row: Row): Promise<void> {
    const coded = answers.get(`GET ${row.name}`)
    if (!neighbour.content?.startsWith('coded') || row.tag !== 'plugin' || coded?.fields['etag'] === undefined) return
    const plain = await put(row, 'GET', ' identity', { 'accept-encoding': 'identity' })
    const { etag } = plain?.fields ?? {}
    if (etag === undefined || etag === coded.fields['etag']) report('GET', row, ' identity', [`tag ${etag}, that of gzip is ${coded.fields['etag']}`])
    const answer = await put(row, 'GET', ' gzip with the tag of identity', { 'if-none-match': etag ?? '"none"' })
    if (answer?.status !== 200) report('GET', row, ' gzip with the tag of identity', [`${answer?.status} for 200`])
  }

  async function put (row: Row, method: string, condition = '', fields: Record<string, string> = {}): Promise<Answer | undefined> {
    if (isHanging) return undefined
    asked++
    try {
      const content = method === 'POST' ? { 'content-type': 'application/json' } : {}
      const answer = await ask(method, pathOf(row.name), { ...content, ...neighbour.asks, ...fields }, method === 'POST' ? '{"a":1}' : undefined)
      answers.set(`${method} ${row.name}${condition}`, answer)
      return answer
    } catch (error) {
      isHanging = (error as Error).message === 'hangs'
      report(method, row, condition, [(error as Error).message])
    }
  }

  function judge (row: Row, method: string, condition: string, answer: Answer, status: number, { kind }: Pick<Row, 'kind'>): void {
    const answerAlone = answersAlone?.get(`${method} ${row.name}${condition}`)
    report(method, row, condition, [
      ...(answer.status === status ? [] : [`${answer.status} for ${status}`]),
      ...wrongByItself(method, answer),
      ...(isFastifysHead(method) ? [] : wrongAdditions(kind, method, answer, neighbour)),
      ...(answerAlone === undefined ? [] : wrongBeside(row, answer, answerAlone, neighbour))
    ])
  }

  /** Judges what a neighbour answers by itself. Returns whether it does, to such a request. */
  function judgeOwn (row: Row, method: string, answer: Answer): boolean {
    if (!neighbour.answers?.methods.includes(method)) return false
    const { behindGuards, status, fields = {}, says = /(?:)/ } = neighbour.answers
    if (behindGuards && row.kind === 'closed' && answer.status === row.status) return true
    const lacks = Object.entries(fields).filter(([name, value]) => !membersOf(name, answer.fields).some(member => value.test(member)))
    report(method, row, '', [
      ...(answer.status === status ? [] : [`${answer.status} for the neighbour's ${status}`]),
      ...wrongByItself(method, answer),
      ...lacks.map(([name]) => `lacks ${name}`),
      ...(method === 'HEAD' || says.test(String(answer.body)) ? [] : [`doesn't say what the neighbour says: ${String(answer.body).slice(0, 60)}`])
    ])
    return true
  }

  function report (method: string, { name }: Row, condition: string, found: readonly string[]): void {
    wrong.push(...found.map(finding => `${method} ${name}${condition}: ${finding}`))
  }
}
