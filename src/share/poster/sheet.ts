import { type Canvas, createCanvas } from 'canvas'
import type { Faces } from './lines.ts'
import { release } from './memory.ts'

/** One picture of a contact sheet: what is written under it, its size, and how to draw it. */
export type Cell = { label: string; width: number; height: number; draw: () => Promise<Canvas> }
export type Group = { title: string; cells: readonly Cell[] }

/** Pixels. */
const CELL = 240
const GAP = 24
const MARGIN = 40
const HEADING = 76
const LABEL = 44
const ACROSS = 8
const [PAPER, INK, SOFT] = ['#f4f4f5', '#18181b', '#71717a']

/** A sheet with every group under a heading, `ACROSS` pictures in a row. One picture at a time is in memory beside it. */
export async function contactSheet(groups: readonly Group[], faces: Faces, onCell: (done: number) => void): Promise<Canvas> {
  const heightOf = ({ width, height }: Cell) => Math.round((height * CELL) / width)
  const rowsOf = ({ cells }: Group) =>
    Array.from({ length: Math.ceil(cells.length / ACROSS) }, (_, i) => cells.slice(i * ACROSS, (i + 1) * ACROSS))
  const rowHeight = (row: readonly Cell[]) => Math.max(...row.map(heightOf)) + LABEL
  const height = groups.reduce(
    (sum, group) => sum + HEADING + rowsOf(group).reduce((rows, row) => rows + rowHeight(row), 0),
    2 * MARGIN,
  )
  const sheet = createCanvas(2 * MARGIN + ACROSS * CELL + (ACROSS - 1) * GAP, height)
  const context = sheet.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.fillStyle = PAPER
  context.fillRect(0, 0, sheet.width, sheet.height)
  const write = (text: string, x: number, y: number, size: number, weight: 400 | 700, color: string) => {
    let left = x
    for (const letter of text) {
      const family = faces.find(letter, weight) ?? faces.find('?', weight)!
      context.font = `${size}px "${family}"`
      context.fillStyle = color
      context.fillText(letter, left, y)
      left += faces.width(letter, family) * size
    }
  }
  let top = MARGIN
  let done = 0
  for (const group of groups) {
    write(group.title, MARGIN, top + 44, 30, 700, INK)
    top += HEADING
    for (const row of rowsOf(group)) {
      for (const [i, cell] of row.entries()) {
        const x = MARGIN + i * (CELL + GAP)
        const drawn = await cell.draw()
        context.drawImage(drawn, x, top, CELL, heightOf(cell))
        release(drawn)
        write(cell.label, x, top + heightOf(cell) + 26, 17, 400, SOFT)
        onCell(++done)
      }
      top += rowHeight(row)
    }
  }
  return sheet
}
