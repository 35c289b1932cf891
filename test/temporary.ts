import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Puts every temporary folder of a run into one, which goes when the run is over. */
export default function temporary(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'shoptool-tests-'))
  chmodSync(folder, 0o755) // some tests are run by another user
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
