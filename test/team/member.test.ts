import { describe, expect, it } from 'vitest'
import { ACME, run, workspaceWith } from '../cli/shoptool.ts'

// Members of a team, at the terminal.

const shop = (yaml = '', files: Record<string, string> = {}) => workspaceWith(yaml, files)
const members = async (cwd: string, ...args: string[]) => run(['member', ...args], { cwd })
/** A→B→C→D, all from the first of September on. */
async function abcd(yaml = '', files: Record<string, string> = {}) {
  const cwd = shop(yaml, files)
  let inviter: string[] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    expect((await members(cwd, 'add', name, ...inviter, '--joined', '2026-09-01')).code).toBe(0)
    inviter = ['--inviter', name]
  }
  return cwd
}

describe('member', () => {
  it('says who invited whom, on any day', async () => {
    const cwd = await abcd()
    expect((await members(cwd, 'edit', 'd', '--inviter', 'a', '--from', '2026-11-01')).stdout).toBe(
      'd changed from 2026-11-01 on\n',
    )
    expect((await members(cwd, 'list')).stdout).toBe(
      'a\t\t2026-09-01\t\t\nb\ta\t2026-09-01\t\t\nc\tb\t2026-09-01\t\t\nd\ta\t2026-09-01\t\t\n',
    )
    expect((await members(cwd, 'show', 'd', '--as-of', '2026-10-31')).stdout).toContain('invited by\td ← c ← b ← a\n')
    const { member } = JSON.parse((await members(cwd, 'show', 'd', '--json')).stdout)
    expect(member).toMatchObject({ name: 'd', inviter: 'a', chain: ['a'], left: null, contact: null, invited: 0 })
    expect(member.history.map(({ from, value }: Record<string, string>) => [from, value])).toEqual([
      ['2026-09-01', 'c'],
      ['2026-11-01', 'a'],
    ])
  })

  it('lets a member go and come again, and forgets the contact', async () => {
    const cwd = shop()
    await members(cwd, 'add', 'mei', '--contact', 'mei@example.com', '--joined', '2026-09-01')
    expect((await members(cwd, 'show', 'mei')).stdout).toContain('contact\tmei@example.com\n')
    expect((await members(cwd, 'remove', 'mei', '--from', '2026-10-01')).stdout).toBe('mei is no member from 2026-10-01 on\n')
    const gone = JSON.parse((await members(cwd, 'show', 'mei', '--json')).stdout).member
    expect(gone).toMatchObject({ left: '2026-10-01', contact: null })
    expect((await members(cwd, 'add', 'mei')).stdout).toBe('mei is a member from 2026-11-25 on\n')
    expect(JSON.parse((await members(cwd, 'list', '--json')).stdout).members[0]).toMatchObject({ name: 'mei', left: null })
    await members(cwd, 'remove', 'mei', '--from', '2026-12-01')
    await members(cwd, 'remove', 'mei', '--from', '2026-11-27')
    const again = await members(cwd, 'add', 'mei', '--joined', '2026-11-28')
    expect(again.stderr).toBe('Already on record from 2026-12-01 on: left\n')
  })

  it('moves the day on which a member joined back, with what held on it', async () => {
    const cwd = await abcd()
    await members(cwd, 'add', 'e', '--inviter', 'd', '--takes', 'discount', '--joined', '2026-10-10')
    await members(cwd, 'remove', 'e', '--from', '2026-10-10')
    const earlier = await members(cwd, 'add', 'e', '--joined', '2026-09-05')
    expect(earlier).toMatchObject({ code: 0, stdout: 'e is a member from 2026-09-05 on\n' })
    expect(earlier.stderr).toContain('Already on record from 2026-10-10 on: left\n')
    const on = async (day: string) => JSON.parse((await members(cwd, 'show', 'e', '--as-of', day, '--json')).stdout).member
    expect(await on('2026-09-05')).toMatchObject({ joined: '2026-09-05', left: null, inviter: 'd', takes: 'discount' })
    expect(await on('2026-10-10')).toMatchObject({ left: '2026-10-10' })
    await members(cwd, 'add', 'a', '--joined', '2026-08-01')
    expect((await members(cwd, 'add', 'e', '--inviter', 'a', '--joined', '2026-08-15')).code).toBe(0)
    expect([await on('2026-08-15'), await on('2026-09-05')]).toMatchObject([{ inviter: 'a' }, { inviter: 'd' }])
  })

  it('keeps ids with partners, which then name the member in orders', async () => {
    const cwd = shop()
    await members(cwd, 'add', 'mei', '--id', 'jd:mei01,taobao:110')
    await members(cwd, 'edit', 'mei', '--id', 'jd:mei01')
    expect((await members(cwd, 'list')).stdout).toBe('mei\t\t2026-11-25\t\tjd:mei01, taobao:110\n')
  })

  it('tells names in links that are no member’s', async () => {
    const partner = `${ACME}      link: { text: link }
links: { hosts: [acme.example], trackingId: { query: [id] }, subId: { parameter: sub, max: 20 } }\n`
    const cwd = shop('tracking: { acme: [me] }\n', {
      'partners/acme.yaml': partner,
      'g.csv': 'sku,title,price,link\n1,茶杯,9.90,https://acme.example/1?id=me\n',
    })
    expect(await run(['import', 'products', 'g.csv', '--partner', 'acme'], { cwd })).toMatchObject({ code: 0 })
    expect((await run(['link', '1', '--member', 'mei', '--refresh'], { cwd })).stderr).not.toContain('no member')
    expect((await members(cwd, 'list')).stderr).toContain(
      'mei is no member, and orders of links in that name are shared with nobody',
    )
    await members(cwd, 'add', 'bo')
    const linked = await run(['link', '1', '--member', 'mei', '--json'], { cwd })
    expect(JSON.parse(linked.stdout).warnings).toEqual([
      'mei is no member, and orders of links in that name are shared with nobody: shoptool member add mei',
    ])
    expect(JSON.parse((await members(cwd, 'list', '--json')).stdout).strangers).toEqual(['mei'])
  })

  it.each<[string[], string]>([
    [['add', 'a b'], 'member add: "a b" is not a name, expected letters, digits, ".", "_" and "-", like mei'],
    [['add', 'none'], 'member add: "none" is not a name, expected letters, digits, ".", "_" and "-", like mei'],
    [['add', 'a'], 'member add: a is a member since 2026-09-01; see "shoptool member edit"'],
    [['add', 'A'], 'member add: A differs from the member a in the case of letters only'],
    [['add', 'x', '--inviter', 'bo'], '--inviter: there is no member "bo"; did you mean b?'],
    [['add', 'x', '--inviter', 'nobody-at-all'], '--inviter: there is no member "nobody-at-all"; see "shoptool member list"'],
    [['add', 'x', '--inviter', 'a', '--joined', '2026-08-31'], '--inviter: a is no member on 2026-08-31: joined on 2026-09-01'],
    [['add', 'x', '--inviter', 'x'], '--inviter: x would have invited himself on 2026-11-25: x → x'],
    [['add', 'x', '--id', 'jd'], '--id: "jd" is not a partner and an id, expected like jd:mei01'],
    [['add', 'x', '--id', 'jdd:1'], '--id: unknown partner "jdd"; did you mean jd? (or describe it in partners/jdd.yaml)'],
    [['add', 'x', '--id', 'jd:own'], '--id: jd:own stands for d, whose orders carry it for months'],
    [['add', 'x', '--takes', 'rebat'], '--takes: "rebat" is not one of rebate, discount; did you mean rebate?'],
    [['edit', 'a'], 'member edit: nothing to change, expected --inviter, --takes, --id or --contact'],
    [['edit', 'x', '--inviter', 'a'], 'member edit: there is no member "x"; did you mean a?'],
    [['edit', 'b', '--inviter', 'a', '--from', '2026-08-01'], '--from: b joined on 2026-09-01, later than 2026-08-01'],
    [['edit', 'a', '--inviter', 'd'], '--inviter: a would have invited himself on 2026-11-25: a → b → c → d → a'],
    [['edit', 'c', '--inviter', 'e'], '--inviter: e is no member on 2026-11-25: has left'],
    [['remove', 'e'], 'member remove: e has left already'],
  ])('%j: %s', async (args, message) => {
    const cwd = await TEAM
    expect(await members(cwd, ...args)).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${message}\n` })
  })

  it('refuses an inviter who would close a circle on a later day, and takes one who does not any more', async () => {
    const cwd = await abcd()
    await members(cwd, 'edit', 'b', '--inviter', 'none', '--from', '2026-12-01')
    const wrong = await members(cwd, 'edit', 'a', '--inviter', 'd', '--from', '2026-11-30')
    expect(wrong.stderr).toContain('a would have invited himself on 2026-11-30: a → b → c → d → a')
    expect((await members(cwd, 'edit', 'a', '--inviter', 'd', '--from', '2026-12-01')).code).toBe(0)
    await members(cwd, 'edit', 'd', '--inviter', 'none', '--from', '2026-11-01')
    // from January on it would be closed again
    await members(cwd, 'edit', 'd', '--inviter', 'c', '--from', '2027-01-01')
    expect((await members(cwd, 'edit', 'c', '--inviter', 'a', '--from', '2026-12-15')).stderr).toContain('himself on 2027-01-01')
  })

  it('looks into an empty workspace', async () => {
    expect((await members(shop(), 'list')).stderr).toContain('there is no data yet')
    const cwd = shop()
    await members(cwd, 'add', 'a')
    expect((await members(cwd, 'list', '--as-of', '2020-01-01')).stderr).toBe(
      'There are no members on 2020-01-01; add one with "shoptool member add mei".\n',
    )
  })
})

/** The chain, with an id of d and a member that has left: read by the cases of errors only. */
const TEAM = (async () => {
  const cwd = await abcd()
  await members(cwd, 'edit', 'd', '--id', 'jd:own')
  await members(cwd, 'add', 'e', '--joined', '2026-10-01')
  await members(cwd, 'remove', 'e', '--from', '2026-11-01')
  return cwd
})()

describe('the team in shoptool.yaml', () => {
  it.each([
    ['[{ levels: [] }]', 'shoptool.yaml:2: team.0.levels: is empty, expected a rate for each level, like [50%]'],
    ['[{ levels: [10%, 10%, 10%, 10%] }]', 'shoptool.yaml:2: team.0.levels: has too many levels, expected at most 3'],
    ['[{ levels: [0.5] }]', 'shoptool.yaml:2: team.0.levels.0: expected a percentage from 0% to 100%, like 50%'],
    ['[{ levels: [60%, 41%] }]', 'shoptool.yaml:2: team.0: shares out 101% of what was received, expected 100% at most'],
    [
      '[{ levels: [10%], rebate: 5% }]',
      'shoptool.yaml:2: team.0.rebate: a rebate is for buyers, expected "links: buyers" beside it',
    ],
    [
      '[{ levels: [10%] }, { levels: [20%] }]',
      'shoptool.yaml:2: team.1.from: expected a day after the beginning, where the terms before begin',
    ],
    [
      '[{ from: 2026-02-01, levels: [10%] }, { from: 2026-02-01, levels: [20%] }]',
      'shoptool.yaml:2: team.1.from: expected a day after 2026-02-01, where the terms before begin',
    ],
    [
      '[{ from: 2026-02-30, levels: [10%] }]',
      'shoptool.yaml:2: team.0.from: "2026-02-30" is not a day, expected like 2026-11-01',
    ],
    ['[{ levels: [10%], entryFee: free }]', 'shoptool.yaml:2: team.0.entryFee: "free" is not an amount in CNY above 0'],
    ['[{ links: buyer, levels: [10%] }]', 'shoptool.yaml:2: team.0.links: "buyer" is not known; did you mean buyers?'],
    [
      '[{ levels: [10%], tiers: { by: orders, tiers: [] } }]',
      'shoptool.yaml:2: team.0.tiers.tiers: is empty, expected tiers like { name: 新晋, from: 0 }',
    ],
    [
      '[{ levels: [10%], tiers: { by: orders, tiers: [{ name: 新晋, from: 0, levels: [5%, 5%] }] } }]',
      'shoptool.yaml:2: team.0.tiers.tiers.0.levels: expected as many rates as levels, 1',
    ],
    [
      '[{ levels: [10%], tiers: { by: orders, tiers: [{ name: 新晋, from: 0 }, { name: 新晋, from: 9 }] } }]',
      'shoptool.yaml:2: team.0.tiers.tiers.1: there are two tiers 新晋',
    ],
    [
      '[{ levels: [50%, 40%], tiers: { by: orders, tiers: [{ name: 新晋, from: 0, levels: [61%, 0%] }] } }]',
      'shoptool.yaml:2: team.0: shares out 101% of what was received, expected 100% at most',
    ],
  ])('%s: %s', async (team, message) => {
    const { code, stderr } = await members(shop(`team: ${team}\n`), 'list')
    expect({ code, stderr }).toEqual({ code: 2, stderr: `shoptool: ${message}\n` })
  })
})

describe('rules lint', () => {
  const lint = (team: string, ...args: string[]) => run(['rules', 'lint', ...args], { cwd: shop(`team: ${team}\n`) })
  it('has nothing against one or two levels', async () => {
    expect(await lint('[{ levels: [50%, 10%] }]')).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: 'No rule has anything against the terms of the team.\n',
    })
    expect((await lint('[]')).stderr).toBe('shoptool.yaml has no team: nothing is shared.\n')
    expect((await lint('[{ levels: [50%, 10%, 0%] }]')).code).toBe(0)
  })

  it.each([
    ['[{ levels: [30%, 10%, 5%] }]', 'levels', "the team's terms pay 3 levels"],
    [
      '[{ levels: [30%] }, { from: 2027-01-01, levels: [30%, 10%, 5%] }]',
      'levels',
      "the team's terms from 2027-01-01 on pay 3 levels",
    ],
    [
      '[{ levels: [9%, 0%, 0%], tiers: { by: orders, tiers: [{ name: 超级, from: 9, levels: [9%, 5%, 1%] }] } }]',
      'levels',
      "the team's terms pay 3 levels",
    ],
    ['[{ levels: [30%], entryFee: 99 }]', 'entry-fee', "the team's terms take 99.00 CNY for joining"],
    ['[{ levels: [30%], recruiting: 10.5 }]', 'recruiting', "the team's terms pay 10.50 CNY for recruiting"],
  ])('%s', async (team, rule, terms) => {
    const { code, stdout } = await lint(team, '--json')
    const { warnings } = JSON.parse(stdout)
    expect({ code, warnings }).toEqual({ code: 5, warnings: [expect.objectContaining({ rule, terms })] })
    expect(warnings[0].en).toMatch(/禁止传销条例 \(2005, art\. 7\).*花生日记.*51 levels.*7456 万.*904 万/)
    expect(warnings[0].zh).toMatch(/《禁止传销条例》（2005）第七条.*花生日记.*51 级.*7456\s?万元.*904 万元/)
    const told = await lint(team)
    expect(told.stdout).toMatch(new RegExp(`^${rule}: ${terms}\n  .*《禁止传销条例》`))
    expect(told.stdout).toContain('国务院令第444号')
  })

  it('forgets terms that are over', async () => {
    expect((await lint('[{ levels: [30%, 10%, 5%] }, { from: 2026-11-25, levels: [30%] }]')).code).toBe(0)
    expect((await lint('[{ levels: [30%, 10%, 5%] }, { from: 2026-11-25, levels: [30%] }]', '--as-of', '2026-11-24')).code).toBe(
      5,
    )
  })

  it('is told by the commands of members', async () => {
    const cwd = shop('team: [{ levels: [30%, 10%, 5%] }]\n')
    expect((await members(cwd, 'add', 'a')).stderr).toContain(
      "shoptool: the team's terms pay 3 levels: Paying people by the sales",
    )
    expect(JSON.parse((await members(cwd, 'list', '--json')).stdout).warnings).toHaveLength(1)
  })

  it.each([
    ['warn: [{ id: levels, when: { levels: 2 }, zh: 两级, en: two }]', 'two'],
    ['warn: [{ id: own, when: { levels: 2 } }]', 'own'],
  ])('heeds rules/team.yaml of the workspace: %s', async (own, text) => {
    const cwd = shop('team: [{ levels: [30%, 10%] }]\n', { 'rules/team.yaml': `${own}\n` })
    const { stdout } = await run(['rules', 'lint'], { cwd })
    expect(stdout).toContain(`  ${text}\n`)
    expect(stdout).toContain('source: rules/team.yaml (stated)')
  })

  it.each([
    [
      'warn: [{ id: x, when: { members: 3 } }]',
      'rules/team.yaml:1: warn.0.when: expected { levels: 3 }, { entryFee: true } or { recruiting: true }',
    ],
    [
      'warn: [{ id: x, when: { levels: 2 }, from: 2026-02-01, until: 2026-01-01 }]',
      'rules/team.yaml:1: warn.0.until: 2026-01-01 is before 2026-02-01',
    ],
    ['hide: [{ id: x, partner: pdd, field: rate }]', 'rules/team.yaml:1: hide.0.field: "rate" is not known, expected received'],
  ])('%s: %s', async (own, message) => {
    const cwd = shop('team: [{ levels: [30%] }]\n', { 'rules/team.yaml': own })
    expect((await run(['rules', 'lint'], { cwd })).stderr).toBe(`shoptool: ${message}\n`)
  })
})
