/**
 * The slots of one quota: how far apart they are, which comes next, and how long a limit is used that the server has named.
 */
import * as Duration from "effect/Duration"

/** How long a limit that the server named is used. */
export const learnedFor = Duration.minutes(10)

/** Milliseconds between the slots of the smallest limit. */
export const longestInterval = 2000

/**
 * Milliseconds between slots. Even a slot that arrives an interval late is not one too many in its second. For a limit of one
 * that would be no slot ever again: two seconds, so that a slot may arrive a second late.
 */
export const intervalOf = (limit: number): number => limit > 1.5 ? 1000 / (limit - 1) : longestInterval

/** Slots in order of time. One that is given back goes to the next who asks. */
export class Slots {
  /** All slots from here on are free. */
  private tail = 0
  /** Slots before `tail` that were given back, earliest first. */
  private free: Array<number> = []

  /** The time of the next slot, or `undefined` if it comes later than `maxWait` from now. */
  acquire(now: number, interval: number, maxWait: number): number | undefined {
    this.tail = Math.max(this.tail, now)
    this.free = this.free.filter((slot) => slot >= now)
    const slot = this.free[0] ?? this.tail
    if (slot - now > maxWait) return undefined
    if (this.free.shift() === undefined) this.tail += interval
    return slot
  }

  /** Returns a slot that will not be used. */
  giveBack(slot: number): void {
    this.free.push(slot)
    this.free.sort((a, b) => a - b)
  }
}
