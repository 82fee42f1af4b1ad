import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Manager, ManagerDraft } from './models.ts'
import type { Tables } from './tables.ts'

/** The managers of organizations in the database. */
export function managerStore (database: Kysely<Tables>) {
  return {
    async list (organizationId: string): Promise<Manager[]> {
      return await database.selectFrom('manager')
        .select(['id', 'name', 'email', 'createdAt'])
        .where('organizationId', '=', organizationId)
        .orderBy('name').orderBy('id')
        .execute()
    },

    async manages (organizationId: string, email: string): Promise<boolean> {
      return await database.selectFrom('manager').select('id')
        .where('organizationId', '=', organizationId).where('email', '=', email)
        .executeTakeFirst() !== undefined
    },

    /** Nothing is added, and nothing returned, where there is no such organization. */
    async add (organizationId: string, { name, email }: ManagerDraft): Promise<Manager | undefined> {
      // Inserted from the organization's row: no moment between the check and the write
      return await database.insertInto('manager')
        .columns(['id', 'organizationId', 'name', 'email', 'createdAt'])
        .expression(({ selectFrom, val }) => selectFrom('organization')
          .select([
            val(randomUUID()).as('id'), 'organization.id as organizationId',
            val(name).as('name'), val(email).as('email'), val(new Date().toISOString()).as('createdAt')
          ])
          .where('organization.id', '=', organizationId))
        .returning(['id', 'name', 'email', 'createdAt'])
        .executeTakeFirst()
    },

    async remove (organizationId: string, id: string): Promise<boolean> {
      const { numDeletedRows } = await database.deleteFrom('manager')
        .where('organizationId', '=', organizationId).where('id', '=', id)
        .executeTakeFirst()
      return numDeletedRows > 0n
    }
  }
}

export type ManagerStore = ReturnType<typeof managerStore>
