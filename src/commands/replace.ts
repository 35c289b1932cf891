import { renameSync, rmSync } from 'node:fs'

/** Writes a file beside its place and puts it there when it is whole: nobody reads half of one. */
export function replaceFile(path: string, write: (path: string) => void): void {
  try {
    write(`${path}.new`)
    renameSync(`${path}.new`, path)
  } finally {
    rmSync(`${path}.new`, { force: true })
  }
}
