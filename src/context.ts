import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** What `fetch` answers, as far as shoptool reads it. */
export type HttpResponse = {
  ok: boolean
  status: number
  headers: { get(name: string): string | null }
  body: NodeJS.ReadableStream | null
}
export type Fetch = (
  url: string,
  options?: {
    method?: string
    headers?: Record<string, string>
    body?: string
    signal?: AbortSignal
    redirect?: 'follow' | 'manual'
    /** False: the body stays as it came, still in its content encoding. */
    compress?: boolean
    /** Whether to connect to an address (`10.0.0.1`, `::1`); asked once the name of the host is resolved, and again for every redirect. */
    mayConnect?: (address: string, host: string) => boolean
  },
) => Promise<HttpResponse>

/** Everything of the outside world that a command may touch besides files. Tests pass their own. */
export type Context = {
  /** Milliseconds since 1970. */
  now(): number
  fetch: Fetch
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable & { isTTY?: boolean; columns?: number }
  stderr: Writable & { isTTY?: boolean; columns?: number }
  env: Record<string, string | undefined>
  /** The folder that relative paths of the command line start from. */
  cwd: string
  /** The folder of the shoptool package: templates/ and package.json are in it. */
  home: string
}

/** The folder that holds shoptool's package.json, found upwards from this file: it stands in src/ or, built, in dist/. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The real context. node-fetch is loaded at the first request: most commands make none. */
export function realContext(): Context {
  return {
    now: Date.now,
    fetch: async (url, { mayConnect, ...options } = {}) => {
      const agent = mayConnect && (await import('./connect.ts')).guardedAgent(mayConnect)
      return (await import('node-fetch')).default(url, { ...options, ...(agent && { agent }) }) as Promise<HttpResponse>
    },
    stdin: process.stdin,
    stdout: blocking(process.stdout),
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    home: packageFolder(),
  }
}

/**
 * The same stream, which writes to a pipe only as fast as that is read: Node would hold in memory what a slow reader has not taken yet. It
 * has no documented way to ask for it; the package set-blocking does the same.
 */
function blocking(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const { _handle } = stream as { _handle?: { setBlocking?(on: boolean): void } }
  _handle?.setBlocking?.(true)
  return stream
}

/** What was typed after `shoptool`. */
export const commandLine = (): string[] => process.argv.slice(2)

/** Of the running Node, `20.17.0`. */
export const nodeVersion = (): string => process.versions.node

/** `darwin`, `linux`, `win32`, `android` … */
export const operatingSystem = (): string => process.platform

export const ownPid = (): number => process.pid

/** Whether a process of this machine with that number exists, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
