import { readdirSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { Context } from '../context.ts'
import { pathsOf } from '../workspace.ts'
import type { Call } from './command.ts'

/** What commands in the sample's folder see: their workspace, whatever the surroundings say. */
export function contextIn(folder: string, ctx: Context, color: boolean): Context {
  const { SHOPTOOL_WORKSPACE: _, ...env } = ctx.env
  return { ...ctx, cwd: folder, env: color ? env : { ...env, NO_COLOR: '1' } }
}

/** Runs a command silently and gives the document that it answers. */
export function asker(shoptool: Call['shoptool'], inside: Context): <T>(...argv: string[]) => Promise<T> {
  return async <T>(...argv: string[]) => {
    const parts: Buffer[] = []
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        parts.push(Buffer.from(chunk))
        done()
      },
    })
    await shoptool([...argv, '--json', '--quiet'], { ...inside, stdout })
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as T
  }
}

/** The payout files of the sample by partner: `inbox/<partner>-….csv`. */
export function payoutFiles(folder: string): [partner: string, files: string[]][] {
  const groups = new Map<string, string[]>()
  for (const name of readdirSync(pathsOf(folder).inbox).sort()) {
    const partner = /^([a-z0-9]+)-.*\.csv$/.exec(name)?.[1]
    if (partner) groups.set(partner, [...(groups.get(partner) ?? []), `inbox/${name}`])
  }
  return [...groups]
}
