import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Organization, OrganizationDraft, OrganizationPage, Paging } from './models.ts'
import type { OrganizationRow, Tables } from './tables.ts'

export type OrganizationState = Pick<OrganizationRow, 'version' | 'updatedAt'>

const fromRow = (row: OrganizationRow): Organization => ({ ...row, address: JSON.parse(row.address) })

const toColumns = ({ name, businessId, address }: OrganizationDraft) =>
  ({ name, businessId, address: JSON.stringify(address) })

/** Organizations in the database; each write is one statement, so it happens whole or not at all. */
export function organizationStore (database: Kysely<Tables>) {
  return {
    async list ({ page, pageSize }: Paging): Promise<OrganizationPage> {
      const items = await database.selectFrom('organization')
        .select(['id', 'name', 'businessId', 'version', 'createdAt', 'updatedAt'])
        .orderBy('name').orderBy('id')
        .limit(pageSize).offset((page - 1) * pageSize)
        .execute()
      const { total } = await database.selectFrom('organization')
        .select(({ fn }) => fn.countAll().as('total'))
        .executeTakeFirstOrThrow()
      return { page, pageSize, total: Number(total), items }
    },

    async find (id: string): Promise<Organization | undefined> {
      const row = await database.selectFrom('organization').selectAll().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },

    /** What tells one state of an organization from another, without loading it. */
    async state (id: string): Promise<OrganizationState | undefined> {
      return await database.selectFrom('organization').select(['version', 'updatedAt']).where('id', '=', id).executeTakeFirst()
    },

    async create (draft: OrganizationDraft): Promise<Organization> {
      const now = new Date().toISOString()
      return fromRow(await database.insertInto('organization')
        .values({ id: randomUUID(), ...toColumns(draft), version: 1, createdAt: now, updatedAt: now })
        .returningAll().executeTakeFirstOrThrow())
    },

    /** Nothing if it has another version by now. */
    async replace (id: string, version: number, draft: OrganizationDraft): Promise<Organization | undefined> {
      const row = await database.updateTable('organization')
        .set({ ...toColumns(draft), version: version + 1, updatedAt: new Date().toISOString() })
        .where('id', '=', id).where('version', '=', version)
        .returningAll().executeTakeFirst()
      return row && fromRow(row)
    },

    /** Its managers go with it. False if it has another version by now. */
    async remove (id: string, version: number): Promise<boolean> {
      const { numDeletedRows } = await database.deleteFrom('organization')
        .where('id', '=', id).where('version', '=', version)
        .executeTakeFirst()
      return numDeletedRows > 0n
    }
  }
}

export type OrganizationStore = ReturnType<typeof organizationStore>
