import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { lookUpProduct } from '../catalog/find.ts'
import type { Context } from '../context.ts'
import { instantOf } from '../day.ts'
import { dataError, ShoptoolError, usageError } from '../errors.ts'
import { channelsOf, findChannel, readCalendar } from '../share/channel.ts'
import { loadAdRules } from '../share/copy/adwords.ts'
import { checkClaims } from '../share/copy/claims.ts'
import { type Check, type Finding, lint, lintDisclosure, lintText, softenTitle } from '../share/copy/lint.ts'
import { placeCheck } from '../share/copy/vet.ts'
import { loadChannels } from '../share/copy/write.ts'
import { figuresOf } from '../share/facts.ts'
import { openForReading } from '../store/open.ts'
import { defineCommand, type Outcome } from './command.ts'
import { option } from './option.ts'
import type { Print } from './print.ts'

export const lintCommand = defineCommand({
  about:
    'Looks through texts that were written by hand: words that the ad law or a platform forbids, also spaced or dressed up, and whether 广告 stands at the beginning or the end. With --sku also prices, coupons, discounts, sales and dates against the catalog; with --channel addresses and length. Exit code 5 where something was found. Of several files those that cannot be read are told, in --json under errors, and the others go on. Nothing is sent anywhere; what is not found may still be forbidden.',
  args: [['<file...>', 'text files in UTF-8 or GB18030, one text each; - is standard input']],
  options: {
    sku: option('--sku <sku>', 'the goods that the texts are about: partner:sku, or the sku alone where one partner has it'),
    channel: option('--channel <name>', 'where they will be posted'),
  },
  examples: [
    'shoptool copy lint post.txt',
    'shoptool copy lint post.txt --sku 614252180627 --channel moments',
    'pbpaste | shoptool copy lint -',
    'shoptool copy lint out/posters/*/*-main.txt --json',
  ],
  async run({ ctx, args: [files], options, workspace, findWorkspace, print, global }) {
    const found = options.sku === undefined && options.channel === undefined ? await findWorkspace() : await workspace()
    const rules = loadAdRules(ctx.home, found?.folder)
    const today = instantOf(ctx.now(), found?.shop.timezone ?? 'Asia/Shanghai').slice(0, 10)
    const product = options.sku === undefined ? null : lookUpProduct(openForReading(found!.database), options.sku)
    const names = [product?.brand ?? null, product?.shop ?? null]
    const checks: Check[] = [(text) => lintText(text, rules, names), lintDisclosure]
    if (product) {
      const figures = figuresOf({ product, asOf: product.lastSeen.slice(0, 10), today })
      const titles = [product.title, softenTitle(product.title, rules, names).title]
      checks.push((text) => checkClaims(text, figures, titles, names))
    } else print.note('Figures are not compared with the catalog: no --sku.')
    if (options.channel !== undefined) {
      const channels = channelsOf(found!, loadChannels(ctx.home, found!.folder))
      const channel = findChannel(channels, options.channel, '--channel')
      checks.push(placeCheck(channel, readCalendar(ctx.home, found!.folder), today, product?.partner ?? ''))
    }
    const results: { file: string; text: string; findings: Finding[] }[] = []
    const errors: ShoptoolError[] = []
    for (const file of files) {
      try {
        const text = await readText(ctx, file)
        results.push({ file, text, findings: lint(text, checks) })
      } catch (error) {
        if (!(error instanceof ShoptoolError) || files.length === 1) throw error
        errors.push(error)
        print.warn(error.message)
      }
    }
    if (global.json)
      print.json('copy-lint', {
        product: product && `${product.partner}:${product.sku}`,
        channel: options.channel ?? null,
        files: results.map(({ file, text, findings }) => ({
          file,
          findings: findings.map((one) => ({ ...placeOf(text, one.from), ...one })),
        })),
        errors: errors.map(({ message }) => message),
      })
    else for (const { file, text, findings } of results) await tell(print, file === '-' ? 'stdin' : file, text, findings)
    return [
      ...results.map(({ findings }): Outcome => (findings.length > 0 ? 'findings' : 'done')),
      ...errors.map(({ fault }) => fault),
    ]
  },
})

/** The text of a file. @throws ShoptoolError (usage) where there is none, (data) where it is empty or no text. */
async function readText(ctx: Context, file: string): Promise<string> {
  const name = file === '-' ? 'standard input' : file
  let bytes: Buffer
  try {
    if (file === '-') {
      const parts: Buffer[] = []
      for await (const part of ctx.stdin) parts.push(Buffer.from(part))
      bytes = Buffer.concat(parts)
    } else bytes = readFileSync(resolve(ctx.cwd, file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw usageError(`${name}: no such file`)
    if (code === 'EISDIR') throw usageError(`${name}: is a folder, expected a text file`)
    throw usageError(`${name}: cannot be read (${code})`, { cause: error })
  }
  let text: string
  try {
    text = new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'gb18030', { fatal: true }).decode(bytes)
  } catch (error) {
    throw dataError(`${name}: is neither UTF-8 nor GB18030`, { cause: error })
  }
  if (text.includes('\0')) throw dataError(`${name}: is no text`)
  if (text.trim() === '') throw dataError(`${name}: is empty, expected a text`)
  return text
}

/** Line and column of a place, counted in characters from 1. */
function placeOf(text: string, at: number): { line: number; column: number } {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return { line: text.slice(0, start).split('\n').length, column: [...text.slice(start, at)].length + 1 }
}

/** How much of a line is shown on each side of what was found. */
const AROUND = 16

/** One line for each finding; on a terminal the words of the text below it, marked. */
async function tell(print: Print, file: string, text: string, findings: readonly Finding[]): Promise<void> {
  const terminal = print.columns !== Number.POSITIVE_INFINITY
  const { default: width } = terminal ? await import('string-width') : { default: (part: string) => part.length }
  for (const one of findings) {
    const { line, column } = placeOf(text, one.from)
    const level = one.level === 'stop' ? print.paint.red('stop') : print.paint.yellow('warn')
    const word = one.found.replace(/\s+/g, ' ')
    const read = one.found !== '' && one.word !== one.found.toLowerCase() ? ` (${one.word})` : ''
    const instead = one.instead === null ? '' : `; instead: ${one.instead}`
    const what = word === '' ? '' : `${print.paint.bold(word)}${read} — `
    print.line(`${file}:${line}:${column}: ${level} ${what}${one.category}: ${one.reason}${instead}`)
    if (!terminal || one.found === '') continue
    const before = text.slice(0, one.from).split('\n').at(-1)!
    const after = text.slice(one.to).split('\n', 1)[0]!
    const head = [...before].length > AROUND ? `…${[...before].slice(-AROUND).join('')}` : before
    const tail = [...after].length > AROUND ? `${[...after].slice(0, AROUND).join('')}…` : after
    const shown = one.found.replace(/\s+/g, ' ')
    print.line(`    ${head.replace(/\t/g, ' ')}${shown}${tail.replace(/[\t\r]/g, ' ')}`)
    print.line(`    ${' '.repeat(width(head))}${print.paint.red('^'.repeat(Math.max(1, width(shown))))}`)
  }
}
