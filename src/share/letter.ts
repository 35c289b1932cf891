import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { factNames, fill, readWords } from './facts.ts'

/**
 * The letter of a kind in both languages, from templates/letters/<kind>.<language>.liquid; those of the workspace win.
 * @throws usageError where a template is wrong or names what is no fact.
 */
export function writeLetters(home: string, workspaceFolder: string, kind: string, facts: object): Map<'zh' | 'en', string> {
  const names = factNames(facts)
  return new Map(
    (['zh', 'en'] as const).map((language) => {
      const place = join('templates', 'letters', `${kind}.${language}.liquid`)
      const own = join(workspaceFolder, place)
      const words = readWords(readFileSync(existsSync(own) ? own : join(home, place), 'utf8'), place, names)
      // conditions and loops leave empty lines behind
      const text = fill(words, facts)
        .replace(/[ \t]+\n/g, '\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim()
      return [language, `${text}\n`]
    }),
  )
}
