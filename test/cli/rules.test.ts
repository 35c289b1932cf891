import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { run, workspaceWith } from './shoptool.ts'

const OWN = `kinds:
  taoxiaopu:
    rules:
      - { id: cap, value: 2000, from: 2026-01-01, until: 2026-06-30 }
      - { id: cap, value: null, from: 2027-01-01, source: a letter, confidence: provisional, review: 2027-02-01 }
      - { id: commission-levels, value: 2, until: 2018-12-31 }
  weidian:
    name: 微店
    aliases: [微店]
    rules: [{ id: cap, value: 50 }]
`
const own = (text = OWN) => workspaceWith('', { 'rules/shops.yaml': text })
const facts = (stdout: string) =>
  Object.fromEntries(
    stdout
      .split('\n')
      .map((line) => line.split('\t'))
      .map(([name, value]) => [name, value]),
  )
const valueOn = async (rule: string, day: string, cwd = own()) => {
  const { stdout } = await run(['rules', 'explain', rule, '--as-of', day], { cwd })
  const told = facts(stdout)
  return `${told[`on ${day}`]}: ${told.value}`
}

describe('rules explain', () => {
  it('tells a rule with its text, source and confidence', async () => {
    expect((await run(['rules', 'explain', '微信小商店.commission-split'])).stdout).toBe(
      [
        'rule\twechat-shop.commission-split',
        'on 2026-11-25\tin force since 2020-10-01',
        'value\tnot known',
        'text\t佣金如何分成没有公布，可能随时调整。',
        '\tHow commission is split is not published and may change.',
        'since\t2020-10-01',
        'until\topen',
        'source\tgoods pool of 微信小商店, 2020',
        'confidence\tunpublished',
        'review\t2027-01-01',
        'heeded by\tpeople; no command can check it',
        '',
      ].join('\n'),
    )
  })

  it('gives two answers for two dates', async () => {
    expect(await valueOn('taoxiaopu.cap', '2019-04-17')).toBe('not yet in force, begins 2019-04-18: none')
    expect(await valueOn('taoxiaopu.cap', '2019-04-18')).toBe('in force since 2019-04-18: 1000')
    expect(await valueOn('taoxiaopu.cap', '2026-06-30')).toBe('in force since 2026-01-01: 2000')
    expect(await valueOn('taoxiaopu.cap', '2026-07-01')).toBe('in force since 2019-04-18: 1000')
    expect(await valueOn('taoxiaopu.cap', '2027-01-01')).toBe('in force since 2027-01-01: no limit')
    expect(await valueOn('weidian.cap', '1999-01-01')).toBe('in force, since when is not known: 50')
    expect(await valueOn('weidian.cap', '2026-02-01', own(OWN.replace('value: 50', 'value: 50, until: 2026-01-31')))).toBe(
      'not in force since 2026-02-01: none',
    )
  })

  it('names what holds on other days, and a review that is due', async () => {
    const { stdout } = await run(['rules', 'explain', 'taoxiaopu.cap', '--as-of', '2027-02-01'], { cwd: own() })
    expect(stdout).toContain(
      '\nsource\ta letter\nconfidence\tprovisional\nreview\t2027-02-01, which has passed: look at it again\n',
    )
    expect(stdout).toContain('\nalso\t1000 from 2019-04-18\nalso\t2000 from 2026-01-01 until 2026-06-30 (your own)\n')
  })

  it('answers in JSON, rates in percent', async () => {
    const { stdout } = await run(['rules', 'explain', 'wechat-shop.payment-fee', '--json', '--as-of', '2020-09-30'])
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'shoptool.rules-explain.v1',
      asOf: '2020-09-30',
      inForce: false,
      says: 'not yet in force, begins 2020-10-01',
      rule: { rule: 'wechat-shop.payment-fee', value: '0.6', from: '2020-10-01', until: null, confidence: 'stated' },
    })
  })

  it.each([
    ['cap', '"cap" is not the name of a rule, expected like taoxiaopu.cap; see "shoptool rules list"'],
    ['taoxiaopu.cpa', 'taoxiaopu (淘小铺) has no rule "cpa"; did you mean cap?'],
    ['taoxiapu.cap', 'taoxiapu.cap: unknown kind "taoxiapu"; did you mean taoxiaopu?'],
    ['custom.cap', 'custom (自定义) has no rule "cap"; write rules of it into rules/shops.yaml'],
    [
      'zzzzzzzzzzz.cap',
      'zzzzzzzzzzz.cap: unknown kind "zzzzzzzzzzz"; there are wechat-shop, taoxiaopu, yunmai, custom; others are described in rules/shops.yaml',
    ],
  ])('%s is refused', async (name, says) => {
    expect(await run(['rules', 'explain', name])).toEqual({ code: 2, stdout: '', stderr: `shoptool: ${says}\n` })
  })
})

describe('rules list', () => {
  it('lists what is in force on a day, of all kinds or one', async () => {
    const { stdout } = await run(['rules', 'list', '云卖'])
    expect(stdout).toBe(
      'yunmai.cap\t6\t2014-01-01\t\tstated-year\tAt most 6 goods.\nyunmai.swap\twhole\t2014-01-01\t\tstated-year\tThe whole set can be swapped at once, at will.\n',
    )
    const all = JSON.parse((await run(['rules', 'list', '--json'], { cwd: own() })).stdout)
    expect(all.rules.map(({ rule }: { rule: string }) => rule)).toEqual(
      expect.arrayContaining(['wechat-shop.no-partners', 'taoxiaopu.cap', 'weidian.cap', 'suppliers.licence-chain']),
    )
    expect(await run(['rules', 'list', '--as-of', '2010-01-01', '淘小铺'])).toEqual({
      ...{ code: 0, stdout: '' },
      stderr: 'No rule is in force on 2010-01-01.\n',
    })
    expect((await run(['rules', 'list', '微信小店'])).stderr).toContain('did you mean 微信小商店?')
  })

  it('every rule that comes with the tool has a source, a confidence and its text in two languages', () => {
    const { kinds, suppliers } = parse(readFileSync('templates/rules/shops.yaml', 'utf8'))
    const rules = [...Object.values<{ rules: object[] }>(kinds), suppliers].flatMap(({ rules }) => rules)
    for (const rule of rules) for (const key of ['from', 'source', 'confidence', 'zh', 'en']) expect(rule).toHaveProperty(key)
  })
})

it.each([
  [
    'id: cap, value: 50',
    'id: cpa, value: 50',
    'rules/shops.yaml:10: kinds.weidian.rules.0.id: "cpa" is not known; did you mean cap?',
  ],
  [
    'id: cap, value: 50',
    'id: cap, value: many',
    'rules/shops.yaml:10: kinds.weidian.rules.0.value: expected a count of goods like 1000, or null for no limit',
  ],
  [
    'id: cap, value: 50',
    'id: payment-fee, value: 0.6',
    'rules/shops.yaml:10: kinds.weidian.rules.0.value: expected a percentage of the order amount like 0.6%',
  ],
  [
    'until: 2026-06-30',
    'until: 2025-06-30',
    'rules/shops.yaml:4: kinds.taoxiaopu.rules.0.until: 2025-06-30 is before 2026-01-01',
  ],
  [
    'from: 2026-01-01',
    'from: January',
    'rules/shops.yaml:4: kinds.taoxiaopu.rules.0.from: "January" is not a day, expected like 2026-11-20',
  ],
  ['[微店]', '[云卖]', 'rules/shops.yaml:7: kinds.weidian: "云卖" already means yunmai'],
  [
    'weidian:',
    'suppliers:',
    'rules/shops.yaml:7: kinds.suppliers: is the list of what to ask suppliers, name the kind otherwise',
  ],
  [
    'weidian:',
    'Wei Dian:',
    'rules/shops.yaml:7: kinds.Wei Dian: "Wei Dian" is not a name, expected small letters, digits and "-", like my-shop',
  ],
])('%s → %s is told with its place', async (right, mistaken, says) => {
  const { code, stderr } = await run(['rules', 'list'], { cwd: own(OWN.replace(right, mistaken)) })
  expect({ code, stderr }).toEqual({ code: 2, stderr: `shoptool: ${says}\n` })
})
