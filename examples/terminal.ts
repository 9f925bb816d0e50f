/**
 * Text for a terminal: cells that keep their column where Hangul and Han characters are two cells wide, and styles that
 * are left out where nobody would see them.
 */
import { Effect, Stdio, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"

export type Style = (text: string) => string

export type Styles = { readonly [Name in "bold" | "dim" | "red" | "green" | "yellow" | "cyan"]: Style }

/** The styles of a terminal, or those that change nothing. */
const makeStyles = (colors: boolean): Styles => {
  const style = (on: number, off: number): Style => (text) =>
    colors && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39)
  }
}

/** The width of the terminal, 140 where there is none, and its styles: none in a pipe, and none with `NO_COLOR`. */
export const screen = Effect.gen(function*() {
  const { stdoutIsTerminal } = yield* Stdio.Stdio
  const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
  const { columns } = yield* Terminal.Terminal
  return { width: (yield* columns) || 140, styles: makeStyles(canColor && (yield* stdoutIsTerminal)) }
})

const wide = /[\p{Script=Han}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u

const characterWidth = (character: string): number => wide.test(character) ? 2 : 1

/** How many terminal cells a text takes. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((width, character) => width + characterWidth(character), 0)

/** Cuts a text to at most `width` cells, with an ellipsis where something is missing. */
export const truncate = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  if (width < 1) return ""
  let out = ""
  let used = 1
  for (const character of text) {
    used += characterWidth(character)
    if (used > width) break
    out += character
  }
  return `${out}…`
}

/** Exactly `width` cells: cut or filled up with blanks. */
export const fit = (text: string, width: number): string => {
  const cut = truncate(text, width)
  return cut + " ".repeat(Math.max(0, width - widthOf(cut)))
}

export interface Column {
  readonly title: string
  readonly maxWidth?: number
}

export interface Cell {
  readonly text: string
  readonly style?: Style
}

const gap = 2

/** The lines of a table, none wider than `width`. The last column takes what the others leave. */
export const table = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<Cell>>,
  options: { readonly width: number; readonly header: Style }
): ReadonlyArray<string> => {
  const widths = columns.map(({ maxWidth = Infinity, title }, index) =>
    Math.min(maxWidth, Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index]?.text ?? ""))))
  )
  const line = (cells: ReadonlyArray<Cell>): string => {
    let left = options.width
    const parts = widths.flatMap((width, index) => {
      if (left <= 0) return []
      const { style = (text: string) => text, text } = cells[index] ?? { text: "" }
      const last = index === widths.length - 1
      const part = last ? truncate(text, left) : fit(text, Math.min(width, left))
      left -= width + gap
      return [style(part)]
    })
    return parts.join(" ".repeat(gap)).trimEnd()
  }
  return [line(columns.map(({ title }) => ({ text: title, style: options.header }))), ...rows.map(line)]
}
