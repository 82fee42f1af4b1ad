import type { Kysely } from 'kysely'

/** The tables: dates are ISO 8601 in UTC, `address` is JSON, both kept as text so that every database stores them alike. */
export interface Tables {
  organization: OrganizationRow
  manager: ManagerRow
}

export interface OrganizationRow {
  id: string
  name: string
  businessId: string
  address: string
  version: number
  createdAt: string
  updatedAt: string
}

export interface ManagerRow {
  id: string
  organizationId: string
  name: string
  email: string
  createdAt: string
}

/** Creates the tables that are missing. */
export async function createTables (database: Kysely<Tables>): Promise<void> {
  await database.schema.createTable('organization').ifNotExists()
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('businessId', 'text', column => column.notNull())
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('version', 'integer', column => column.notNull())
    .addColumn('createdAt', 'text', column => column.notNull())
    .addColumn('updatedAt', 'text', column => column.notNull())
    .execute()

  await database.schema.createTable('manager').ifNotExists()
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('organizationId', 'text', column => column.notNull().references('organization.id').onDelete('cascade'))
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('email', 'text', column => column.notNull())
    .addColumn('createdAt', 'text', column => column.notNull())
    .execute()

  await database.schema.createIndex('managerOrganization').ifNotExists()
    .on('manager').column('organizationId')
    .execute()
}
