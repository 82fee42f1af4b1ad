import { CamelCasePlugin, Kysely, SqliteDialect } from 'kysely'
import Database from 'libsql'
import { postgresql } from './postgresql.ts'
import type { Tables } from './tables.ts'

/**
 * Opens the database at `location`: a `postgres://` URL, or the file of an embedded libSQL database, created if missing.
 * The rest of the example knows Kysely only.
 */
export function openDatabase (location: string): Kysely<Tables> {
  const dialect = /^postgres(ql)?:\/\//.test(location) ? postgresql(location) : libsql(location)
  return new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] })
}

function libsql (file: string): SqliteDialect {
  const database = new Database(file)
  database.exec('PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL')
  return new SqliteDialect({ database })
}
