import type { OrganizationDraft } from '../examples/organizations/models.ts'

/** What a client knows of an organization: nothing of one that isn't there. */
export interface State {
  version: number
  managers: number
}

/** An organization as it stands in the database. */
export interface Row {
  id: string
  businessId: string
  name: string
  address: string
  version: number
  managers: number
}

/** One organization of the traffic, and the states that it may be in: two where a write had no answer, or a 503. */
export interface Entry {
  businessId: string
  id: string
  states: readonly (State | undefined)[]
}

const prefix = 'Kaaos'

/** Every field of a version tells which it is: a write that is half done shows. */
export const draftOf = (businessId: string, version: number): OrganizationDraft => ({
  name: `${prefix} ${businessId} ${version}`,
  businessId,
  address: { street: `Kaaoskuja ${version}`, postalCode: '00100', city: 'Helsinki', country: 'FI' }
})

/** What the traffic has written, by what it was told. */
export class Ledger {
  readonly entries: Entry[] = []
  acknowledged = 0
  uncertain = 0

  /** An organization that is about to be created. */
  open (): Entry {
    const digits = String(this.entries.length).padStart(8, '0')
    const entry = { businessId: `${digits.slice(0, 7)}-${digits[7]}`, id: '', states: [undefined] }
    this.entries.push(entry)
    return entry
  }

  /** A write that changed, or was to change, the state. */
  record (entry: Entry, state: State | undefined, isAcknowledged: boolean): void {
    entry.states = isAcknowledged ? [state] : [...entry.states, state]
    if (isAcknowledged) this.acknowledged++
    else this.uncertain++
  }

  /** What in the database isn't as the client was told: lost, done twice, done by half, or nobody's. */
  check (rows: readonly Row[]): string[] {
    const found = new Map<string, Row>()
    const wrong: string[] = []
    for (const row of rows) {
      if (found.has(row.businessId)) wrong.push(`${row.businessId} is there twice`)
      found.set(row.businessId, row)
      const { name, address } = draftOf(row.businessId, row.version)
      if (row.name !== name || row.address !== JSON.stringify(address)) wrong.push(`${row.businessId} is half written`)
    }
    for (const { businessId, states } of this.entries) {
      const row = found.get(businessId)
      found.delete(businessId)
      if (!states.some(state => state?.version === row?.version && state?.managers === row?.managers)) {
        wrong.push(`${businessId} is ${shown(row)}, and not ${states.map(shown).join(' or ')}`)
      }
    }
    return [...wrong, ...[...found.keys()].map(businessId => `${businessId} is nobody's`)]
  }
}

function shown (state: State | undefined): string {
  return state === undefined ? 'absent' : `version ${state.version} with ${state.managers} managers`
}
