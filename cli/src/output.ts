/**
 * What the command prints: results on stdout, messages on stderr, styles only where a terminal shows them, and nothing that
 * moves the cursor of one.
 */
import { CliOutput } from "effect/cli"
import * as Console from "effect/Console"
import type * as Effect from "effect/Effect"
import { styleText } from "node:util"

type Stream = "stdout" | "stderr"

/** Text in a style, where the stream is a terminal that shows it and `NO_COLOR` is not set. */
export const styled = (stream: Stream, style: "bold" | "dim" | "red" | "green", text: string): string =>
  styleText(style, text, { stream: process[stream] })

/** Prints lines. */
export const print = (stream: Stream, lines: ReadonlyArray<string>): Effect.Effect<void> =>
  stream === "stdout" ? Console.log(lines.join("\n")) : Console.error(lines.join("\n"))

// What JSON leaves as it is although a terminal obeys it: controls beyond ASCII, and marks that turn the direction of a text.
const obeyed = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** JSON that is safe to print. A bigint is written by its digits, as text. */
export const json = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_, member: unknown) => typeof member === "bigint" ? String(member) : member, indent).replace(
    obeyed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  )

const controls = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu

/** Text of a server on one line, safe to print. */
export const oneLine = (text: string): string => text.replace(controls, " ")

/** One row of a list of names and values. */
export type Row = readonly [name: string, value: string | undefined]

/** Names and values in two columns, also where the names are Hangul or Han, which are two cells wide. */
export const rows = (stream: Stream, all: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const shown = all.flatMap(([name, value]) => value === undefined ? [] : [{ name, value }])
  const width = Math.max(...shown.map(({ name }) => CliOutput.displayWidth(name)))
  return shown.map(({ name, value }) =>
    `${styled(stream, "dim", name)}${" ".repeat(width - CliOutput.displayWidth(name) + 2)}${value}`
  )
}
