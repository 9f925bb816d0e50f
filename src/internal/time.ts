import type * as Clock from "effect/Clock"

/**
 * The time of a clock that nobody sets, in whole milliseconds from some moment in the past. Deadlines, paces and the length of
 * attempts are measured with it, so that they are right also while the clock of the machine is being corrected.
 */
export const monotonic = (clock: Clock.Clock): number => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
