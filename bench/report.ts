/** What the benchmarks print: Markdown tables, which `run.ts` puts on the page. Other words of theirs go to stderr. */

/** Fewer rounds: for trying a benchmark, not for its figures. */
export const quick = process.argv.includes("--quick")

/** What a figure is held to. */
export interface Goal {
  readonly bound: "at least" | "at most"
  readonly limit: number
}

export const atMost = (limit: number): Goal => ({ bound: "at most", limit })

export const isMissed = ({ bound, limit }: Goal, value: number): boolean =>
  bound === "at most" ? value > limit : value < limit

/** The last cells of a row: the figure, with `MISS` where it misses its goal, and the goal. */
export const cells = (value: number, digits: number, goal: Goal | undefined): readonly [string, string] => {
  const figure = value === Infinity ? "never" : value.toFixed(digits)
  if (goal === undefined) return [figure, "-"]
  return [isMissed(goal, value) ? `${figure} MISS` : figure, `${goal.bound} ${goal.limit}`]
}

/** Two sides that were measured in rounds that alternate. */
export interface Rounds {
  readonly ours: ReadonlyArray<number>
  readonly theirs: ReadonlyArray<number>
}

/**
 * The row of a ratio. It compares the fastest round of each side, because other load on the machine only ever adds time.
 * What is compared with the goal is what is printed.
 */
export const ratioRow = (name: string, { ours, theirs }: Rounds, goal: Goal | undefined): ReadonlyArray<string> => {
  const ratio = Math.round(100 * Math.min(...ours) / Math.min(...theirs)) / 100
  return [name, ...cells(ratio, 2, goal)]
}

export const ratioHead = ["measured", "ratio", "goal"]

/** A table as the formatter writes it. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const line = (row: ReadonlyArray<string>): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}
