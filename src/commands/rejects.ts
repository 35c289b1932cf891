import { nearest, usageError } from '../errors.ts'
import { openForReading } from '../store/open.ts'
import { rejectedRows } from '../store/runs.ts'
import { defineCommand } from './command.ts'
import { count, option } from './option.ts'

export const command = defineCommand({
  about: 'Lists the rows that the last run of each source could not use, with the reason and the row itself.',
  args: [['[source]', 'only this source; "import" is the last file read by hand']],
  options: { limit: option('--limit <n>', 'at most so many, 50 when nothing is said', count, 50) },
  examples: ['shoptool rejects', 'shoptool rejects taobao-picks --limit 500 --json'],
  async run({ args: [source], options, workspace, print, global }) {
    const found = await workspace()
    const names = [...Object.keys(found.sources), 'import']
    if (source !== undefined && !names.includes(source)) {
      const meant = nearest(source, names)
      throw usageError(`unknown source "${source}"; ${meant ? `did you mean ${meant}?` : `expected one of ${names.join(', ')}`}`)
    }
    const db = openForReading(found.database)
    // One more than is shown tells whether there are more.
    const all = rejectedRows(db, source ?? null, options.limit + 1)
    db.close()
    const rows = all.slice(0, options.limit)
    const more = all.length > rows.length
    if (global.json) {
      print.json('rejects', { rejects: rows.map(({ kind, ...row }) => ({ ...row, feed: kind })), more })
      return 'done'
    }
    print.table(
      [
        { title: 'SOURCE' },
        { title: 'PLACE', cut: true },
        { title: 'FIELD' },
        { title: 'REASON', cut: true },
        { title: 'ROW', cut: true },
      ],
      rows.map(({ source: from, file, where, field, reason, raw }) => [from, `${file}: ${where}`, field ?? '', reason, raw]),
    )
    if (rows.length === 0) print.note('No row was rejected.')
    if (more) print.note('There are more; see --limit.')
    return 'done'
  },
})
