// Runs programs in temporary folders, with the time that each took and the most memory that it held.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SHOPTOOL = join(ROOT, 'bin/shoptool.js')
/** How often the memory of a program is looked at, in milliseconds. Its high-water mark only grows, so little is missed. */
const LOOK = 20

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
/** @type {Set<string>} */
const folders = new Set()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders) removeFolder(folder)
})
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => process.exit(128 + constants.signals[signal]))

/** A new folder that is removed when the bench ends, however it ends. `parent` must be there. */
export function temporaryFolder(parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'shoptool-bench-'))
  folders.add(folder)
  return folder
}

/** @param {string} folder */
export function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  folders.delete(folder)
}

/**
 * Runs a program to its end. `peak` is in bytes, null where the system does not tell or `memory` is false.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, input?: string, env?: Record<string, string>, accept?: readonly number[], memory?: boolean }} [options]
 *   `accept`: exit codes that are no failure
 * @returns {Promise<{ seconds: number, peak: number | null, stdout: string }>}
 */
export function run(command, args, { cwd, input, env, accept = [0], memory = true } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    running.add(child)
    /** @type {number | null} */
    let peak = null
    const look = () => {
      peak = highWater(child.pid) ?? peak
    }
    const timer = memory ? setInterval(look, LOOK) : undefined
    /** @type {Buffer[]} */
    const out = []
    /** @type {Buffer[]} */
    const err = []
    child.stdout?.on('data', (chunk) => out.push(chunk))
    child.stderr?.on('data', (chunk) => err.push(chunk))
    child.stdin?.on('error', () => {}) // a program that ends before it has read everything says so by its exit code
    child.stdin?.end(input)
    let seconds = 0
    child.on('exit', () => {
      seconds = (performance.now() - started) / 1000
      clearInterval(timer)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      running.delete(child)
      const stdout = Buffer.concat(out).toString()
      if (accept.includes(code ?? -1)) resolve({ seconds, peak, stdout })
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${Buffer.concat(err).toString().slice(0, 1000)}`))
    })
  })
}

/** @param {number | undefined} pid */
function highWater(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes ? Number(kilobytes) * 1024 : null
  } catch {
    return null
  }
}

/**
 * Runs the real command-line tool in a workspace. Differences and rejected rows (5) are no failure.
 * @param {string} workspace
 * @param {readonly string[]} args
 * @param {{ memory?: boolean }} [options]
 */
export function shoptool(workspace, args, options) {
  const env = { SHOPTOOL_WORKSPACE: workspace, NO_COLOR: '1' }
  return run(process.execPath, [SHOPTOOL, ...args], { cwd: workspace, env, accept: [0, 5], ...options })
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Runs all sides of a comparison one after the other, the whole several times; every other time in reverse, so that a machine that
 * becomes slower or faster does so for all. Gives the results of each side.
 * @template T
 * @param {number} rounds
 * @param {Record<string, (round: number) => Promise<T>>} sides
 * @returns {Promise<Record<string, T[]>>}
 */
export async function alternate(rounds, sides) {
  const names = Object.keys(sides)
  /** @type {Record<string, T[]>} */
  const results = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) results[name].push(await sides[name](round))
  }
  return results
}
