/**
 * How far apart the slots of a quota are, and how long a limit is used that the server has named.
 */
import * as Duration from "effect/Duration"

/** How long a limit that the server named is used. */
export const learnedFor = Duration.minutes(10)

/**
 * Milliseconds between slots. Even a slot that arrives an interval late is not one too many in its second. For a limit of one
 * that would be no slot ever again: two seconds, so that a slot may arrive a second late.
 */
export const intervalOf = (limit: number): number => 1000 / Math.max(limit - 1, 0.5)
