import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import type { Tables } from './tables.ts'

/** Opens the embedded libSQL database in `file`, created if missing. The rest of the example knows Kysely only. */
export function openDatabase (file: string): Kysely<Tables> {
  const database = new Database(file)
  database.exec('PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL')
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database }), plugins: [new CamelCasePlugin()] })
}
