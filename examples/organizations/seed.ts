import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** The seeded organizations, by what they are good for. */
export const seeded = {
  managed: '5b1f9a52-7c1e-4d0a-9a57-0c3a6c1d2e01',
  plain: '8e0c2d64-1f3b-4c7d-8f20-6b5d9e7a4c02',
  doomed: 'c7a4e810-92d5-4b6f-b3e1-2f8d0a6b5c03',
  /** An import broke off while its address was written: reading it is the unexpected condition of a 500. */
  damaged: 'f29d6b37-0e4a-4f81-a6c9-7d1b3e5f8a04'
} as const

/** Who manages the organization `seeded.managed`. */
export const managerEmail = 'maija@managers.example'

const imported = '2025-03-01T08:00:00.000Z'

const organization = (id: string, name: string, businessId: string, address: string) =>
  ({ id, name, businessId, address, version: 1, createdAt: imported, updatedAt: imported })

const address = (street: string, postalCode: string, city: string) =>
  JSON.stringify({ street, postalCode, city, country: 'FI' })

/** Fills an empty database, all or nothing; leaves one with organizations alone. */
export async function seed (database: Kysely<Tables>): Promise<void> {
  await database.transaction().execute(async transaction => {
    if (await transaction.selectFrom('organization').select('id').limit(1).executeTakeFirst() !== undefined) return

    await transaction.insertInto('organization').values([
      organization(seeded.managed, 'Esimerkki Energia Oy', '1234567-1', address('Mannerheimintie 1', '00100', 'Helsinki')),
      organization(seeded.plain, 'Malli Rakennus Oy', '2345678-2', address('Hämeenkatu 12', '33100', 'Tampere')),
      organization(seeded.doomed, 'Entinen Kauppa Oy', '3456789-3', address('Torikatu 5', '90100', 'Oulu')),
      organization(seeded.damaged, 'Vioittunut Satama Oy', '4567890-4', address('Linnankatu 88', '20100', 'Turku').slice(0, 40))
    ]).execute()

    await transaction.insertInto('manager').values({
      id: '1d3c5b7a-9e8f-4a6b-8c2d-4e6f8a0b2c05',
      organizationId: seeded.managed,
      name: 'Maija Mallikas',
      email: managerEmail,
      createdAt: imported
    }).execute()
  })
}
