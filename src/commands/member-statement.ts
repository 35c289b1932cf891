import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Day, dayOf, instantOf, type Month } from '../day.ts'
import { usageError } from '../errors.ts'
import { formatAmount, formatRate } from '../money.ts'
import { openForReading } from '../store/open.ts'
import { type Payment, paidMonths, paymentsInOrder } from '../store/splits.ts'
import { readTeamRules, rulesOn } from '../team/law.ts'
import { addUp } from '../team/payout.ts'
import { isMemberOn, type Member, memberNamed } from '../team/roster.ts'
import { termsOn } from '../team/share.ts'
import { gatherLines, type Statement, statementCsv } from '../team/statement.ts'
import { renderStatement } from '../team/statement-html.ts'
import { defineCommand } from './command.ts'
import { tellLaw } from './law.ts'
import { flag, month, option } from './option.ts'
import { replaceFile } from './replace.ts'
import { inMajor, splitsOf, teamOf, tellUnpaid, unpaidBefore } from './team.ts'

export const statement = defineCommand({
  about:
    "Writes what a member may see of a month, as a page and as CSV, in Chinese and English: the member's own orders, levels below as sums, what was carried and paid out. Nothing of others, no order number in full, and nothing that partners forbid to show (rules/team.yaml).",
  args: [['[member]', 'name of a member']],
  options: {
    month: option(
      '--month <month>',
      'the month in which the partners paid (default: the latest whose pay day has passed)',
      month,
    ),
    all: flag('--all', 'of everybody who is a member at the end of the month, or has something of it'),
    out: option('--out <dir>', 'where the files go (default out/team/<month> of the workspace)'),
  },
  examples: [
    'shoptool member statement mei --month 2026-11',
    'shoptool member statement --all --month 2026-11 --out statements',
    'shoptool member statement mei --json | jq ".statements[0].sums"',
  ],
  async run({ ctx, args: [name], options, workspace, print, global }) {
    if ((name === undefined) !== options.all)
      throw usageError('member statement: whose? Name a member, or give --all, like shoptool member statement mei')
    const found = await workspace()
    const db = openForReading(found.database)
    const today = instantOf(ctx.now(), found.shop.timezone).slice(0, 10)
    const hiding = rulesOn(readTeamRules(ctx.home, found.folder).hide, today)
    const { team, asked, members, since, payments, lines, unpaid, paid } = db.transaction(() => {
      const team = teamOf(ctx, found, db, options.month)
      const asked = name === undefined ? [...team.roster.values()] : [memberNamed(team.roster, name, 'member statement')]
      const payments = paymentsInOrder(db)
      const lines = gatherLines(team.rules.comesFrom, new Set(hiding.map(({ partner }) => partner)))
      const { members, since } = addUp(team.month, splitsOf(team, db, print), payments, lines.add)
      return { team, asked, members, since, payments, lines, unpaid: unpaidBefore(team, db, print), paid: paidMonths(db) }
    })()
    const lastDay = dayOf(team.month, 31)
    const terms = termsOn(found.team, lastDay)
    const partnerName = (partner: string) => team.partners.find(({ id }) => id === partner)!.name
    const statementOf = (member: string): Statement => {
      const own = lines.of(member)
      const hidden = hiding.filter(({ partner }) => own.own.some((line) => line.partner === partner))
      return {
        ...{ shop: found.shop.name, month: team.month, member },
        tier: terms && team.tierOf(member, team.month, terms),
        sums: members
          .filter((sum) => sum.member === member)
          .map((sum) => ({ ...sum, paidOn: paidOn(payments, sum, team.month) })),
        ...own,
        notes: hidden.map(({ partner, zh, en }) => [`${partnerName(partner)}：${zh}`, `${partnerName(partner)}: ${en}`]),
      }
    }
    const isToldOf = (member: Member) => isMemberOn(member, lastDay) || members.some((sum) => sum.member === member.name)
    const told = asked.filter(isToldOf)
    if (told.length === 0)
      throw usageError(
        name === undefined
          ? `member statement: nobody is a member in ${team.month} or has anything of it`
          : `member statement: ${name} is no member in ${team.month} and has nothing of it`,
      )

    const folder = options.out === undefined ? join(found.out, 'team', team.month) : resolve(ctx.cwd, options.out)
    const statements = told.map(({ name: member }) => {
      const statement = statementOf(member)
      const files = [`${member}.html`, `${member}.csv`].map((file) => join(folder, file)) as [string, string]
      replaceFile(files[0], (path) => writeFileSync(path, renderStatement(statement, partnerName)))
      replaceFile(files[1], (path) => writeFileSync(path, statementCsv(statement, partnerName)))
      return { statement, files }
    })
    for (const partner of team.unsettled) print.warn(`${partner} has no settlement calendar: nothing of it is shared`)
    tellUnpaid(unpaid, paid, print)
    const warnings = tellLaw(ctx, found, print, since)
    if (global.json) {
      const documents = statements.map(({ statement, files }) => document(statement, files))
      print.json('member-statement', { month: team.month, statements: documents, unpaidBefore: unpaid, warnings })
    } else
      for (const { statement, files } of statements) {
        for (const file of files) print.line(file)
        for (const { currency, shared, payable } of statement.sums) {
          const [part, toPay] = [shared, payable].map((amount) => formatAmount(amount, currency))
          print.note(`${statement.member}: ${part} ${currency} of ${team.month}, ${toPay} to pay`)
        }
      }
    return team.unsettled.length > 0 ? 'usage' : 'done'
  },
})

/** The days on which a member was paid something of a month. */
function paidOn(payments: readonly Payment[], { member, currency }: Pick<Payment, 'member' | 'currency'>, month: Month): Day[] {
  const own = payments.filter((each) => each.member === member && each.currency === currency && each.month === month)
  return [...new Set(own.filter(({ paid }) => paid > 0).map(({ at }) => at.slice(0, 10)))]
}

function document({ shop, month, sums, own, team, ...facts }: Statement, files: readonly string[]) {
  return {
    ...facts,
    sums: sums.map(({ currency, shared, carried, paid, payable, owed, paidOn }) => ({
      ...inMajor({ currency, shared, carried, paid, payable, owed }, ['shared', 'carried', 'paid', 'payable', 'owed']),
      paidOn,
    })),
    own: own.map((line) => ({
      ...inMajor(line, ['amount']),
      received: line.received === null ? null : formatAmount(line.received, line.currency),
      rate: line.rate === null ? null : formatRate(line.rate),
    })),
    team: team.map((line) => inMajor(line, ['amount'])),
    files,
  }
}
