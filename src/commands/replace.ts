import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Cell, csvText } from '../settle/table.ts'
import type { Call } from './command.ts'

/** Writes a file beside its place, whose folder is made, and puts it there when it is whole: nobody reads half of one. */
export function replaceFile(path: string, write: (path: string) => void): void {
  mkdirSync(dirname(path), { recursive: true })
  try {
    write(`${path}.new`)
    renameSync(`${path}.new`, path)
  } finally {
    rmSync(`${path}.new`, { force: true })
  }
}

/** Writes a table to where `--csv` says: a file, or stdout for `-`. */
export function writeCsv(
  { ctx, print }: Pick<Call, 'ctx' | 'print'>,
  file: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): void {
  const csv = csvText(columns, rows)
  if (file === '-') ctx.stdout.write(csv)
  else {
    const path = resolve(ctx.cwd, file)
    replaceFile(path, (unfinished) => writeFileSync(unfinished, csv))
    print.note(`Written: ${path}`)
  }
}
