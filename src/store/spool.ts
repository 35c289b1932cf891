import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Blocks of bytes, all of one size, that wait outside of memory to be read any number of times, in the order in which they came. */
export type Spool = {
  add(block: Uint8Array): void
  /** Fills `block` with one after the other and calls `take` for each. */
  read(block: Uint8Array, take: () => void): void
  close(): void
}

/** Begins an empty one: a file that has no name, so that it is gone with the program however that ends. */
export function openSpool(): Spool {
  const path = join(tmpdir(), `shoptool-${randomUUID()}`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path)
  let end = 0
  return {
    add(block) {
      for (let done = 0; done < block.length; ) done += writeSync(file, block, done)
      end += block.length
    },
    read(block, take) {
      for (let at = 0; at < end; at += block.length) {
        for (let done = 0; done < block.length; ) done += readSync(file, block, done, block.length - done, at + done)
        take()
      }
    },
    close: () => closeSync(file),
  }
}
