import { spawn } from 'node:child_process'
import { type Context, operatingSystem } from '../context.ts'
import { usageError } from '../errors.ts'

/** Programs that put their standard input on the clipboard; `needs` is the variable without which they have none to put it on. */
const PROGRAMS: { system: string; needs?: string; run: [program: string, ...args: string[]]; encoding?: BufferEncoding }[] = [
  { system: 'darwin', run: ['pbcopy'] },
  { system: 'win32', run: ['clip.exe'], encoding: 'utf16le' },
  { system: 'linux', needs: 'WAYLAND_DISPLAY', run: ['wl-copy'] },
  { system: 'linux', needs: 'DISPLAY', run: ['xclip', '-selection', 'clipboard'] },
  { system: 'linux', needs: 'DISPLAY', run: ['xsel', '--clipboard', '--input'] },
  { system: 'linux', needs: 'WSL_DISTRO_NAME', run: ['clip.exe'], encoding: 'utf16le' },
  { system: 'android', run: ['termux-clipboard-set'] },
]
/** A program that takes longer (a display that does not answer) counts as failed. Milliseconds. */
const PATIENCE = 3000

/** Puts the text on the clipboard by the first program that can. @throws usageError where none can. */
export async function copyToClipboard(ctx: Pick<Context, 'env'>, text: string, system = operatingSystem()): Promise<void> {
  const here = PROGRAMS.filter(({ system: theirs, needs }) => theirs === system && (needs === undefined || ctx.env[needs]))
  for (const { run, encoding = 'utf8' } of here) if (await feeds(run, Buffer.from(text, encoding), ctx.env)) return
  const tried = here.map(({ run: [program] }) => program).join(', ')
  throw usageError(
    `--copy: there is no clipboard here${tried ? ` (${tried} ${here.length > 1 ? 'are' : 'is'} not there or failed)` : ''}; the text is on standard output`,
  )
}

function feeds([program, ...args]: [string, ...string[]], input: Buffer, env: Context['env']): Promise<boolean> {
  return new Promise((resolve) => {
    // What it leaves running to hold the clipboard must not hold our output open.
    const child = spawn(program, args, { env, stdio: ['pipe', 'ignore', 'ignore'], timeout: PATIENCE })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
