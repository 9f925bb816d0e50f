/** Compares synchronous functions. Both sides of each line run in many short rounds that alternate. */
import { type Goal, quick, ratioHead, ratioRow, table } from "./report.ts"

/** Two functions that do the same. */
export interface Line {
  readonly name: string
  readonly ours: () => unknown
  readonly theirs: () => unknown
  readonly goal?: Goal | undefined
}

const rounds = quick ? 50 : 1000
const roundMillis = 0.5
const warmUpMillis = 100

// A result that goes nowhere may be optimised away.
let sink: unknown

/** Milliseconds for all calls. */
const time = (f: () => unknown, calls: number): number => {
  const begin = performance.now()
  for (let i = 0; i < calls; i++) sink = f()
  return performance.now() - begin
}

/** The number of calls that fill a round, found out while the code gets warm. */
const warmUp = (f: () => unknown): number => {
  let calls = 1
  while (time(f, calls) < warmUpMillis) calls *= 2
  return Math.max(1, Math.round(roundMillis * calls / time(f, calls)))
}

const side = (f: () => unknown) => ({ f, calls: warmUp(f), times: [] as Array<number> })

/** The table of the ratios. */
export const compare = (lines: ReadonlyArray<Line>): string => {
  const measured = lines.map((line) => ({ line, ours: side(line.ours), theirs: side(line.theirs) }))
  for (let round = 0; round < rounds; round++) {
    for (const { ours, theirs } of measured) {
      // Neither side always runs on the heap that the other has left.
      for (const { calls, f, times } of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
        times.push(time(f, calls) / calls)
      }
    }
  }
  if (sink === undefined) throw new Error("nothing was measured")
  return table(
    ratioHead,
    measured.map(({ line, ours, theirs }) => ratioRow(line.name, { ours: ours.times, theirs: theirs.times }, line.goal))
  )
}
