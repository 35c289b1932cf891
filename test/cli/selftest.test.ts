import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageFolder } from '../../src/context.ts'
import { folderWith, run } from './shoptool.ts'

/** This installation, but with another truth. */
function homeWith(change: (truth: string) => string): string {
  const [home, own] = [folderWith({ 'templates/none': '' }), packageFolder()]
  symlinkSync(join(own, 'package.json'), join(home, 'package.json'))
  cpSync(join(own, 'templates/workspace'), join(home, 'templates/workspace'), { recursive: true })
  const truth = readFileSync(join(own, 'templates/sample-truth.json'), 'utf8')
  writeFileSync(join(home, 'templates/sample-truth.json'), change(truth))
  return home
}

describe('doctor --selftest', () => {
  it('finds in the sample what is known of it, and leaves nothing behind', async () => {
    const cwd = folderWith()
    const { code, stdout, stderr } = await run(['doctor', '--selftest'], { cwd, env: { SHOPTOOL_WORKSPACE: '/nowhere' } })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(
      ['products\t62', 'orders\t78', '2026-10 classes\t39', '2026-10 findings\t24', '2026-11 classes\t39', '2026-11 findings\t20']
        .map((row) => `ok\t${row}\t0\n`)
        .join(''),
    )
    const { stdout: answer } = await run(['doctor', '--selftest', '--json'], { cwd })
    expect(JSON.parse(answer)).toMatchObject({ schema: 'shoptool.doctor-selftest.v1', ok: true })
  })

  it('names every difference', async () => {
    const home = homeWith((text) => {
      const truth = JSON.parse(text)
      truth.orders.pdd = 23
      truth.months['2026-10'].taobao.classes.missing.paid = '0.01'
      truth.entries.find(
        (entry: { month: string; class: string }) => entry.month === '2026-11' && entry.class === 'late',
      ).difference = '20.06'
      return JSON.stringify(truth)
    })
    const { code, stderr } = await run(['doctor', '--selftest'], { home })
    expect(code).toBe(5)
    expect(stderr).toContain('orders: pdd has 23, found 22\n')
    expect(stderr).toMatch(
      /2026-10 classes: taobao missing is \d+: expected \S+, paid 0.01, .*; found \d+: expected \S+, paid 0.00, /,
    )
    expect(stderr).toMatch(/2026-11 findings: late \S+ 20.06 was not found\n/)
    expect(stderr).toMatch(/2026-11 findings: late \S+ 20.05 is none\n/)
    expect(stderr).toContain('this installation does not reckon as it should')
  })

  it('does not go with --ledger', async () => {
    expect(await run(['doctor', '--selftest', '--ledger'])).toMatchObject({
      code: 2,
      stderr: 'shoptool: --selftest: does not go with --ledger; run one, then the other\n',
    })
  })
})
