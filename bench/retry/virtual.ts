/**
 * Effect on virtual time: a clock, a scheduler and random numbers that a program cannot tell from the real ones.
 *
 * A fiber that yields asks the scheduler for a turn, and the scheduler keeps its tasks in the engine, not in the event
 * loop. So the engine knows when every fiber waits for time alone: when it has no task left. No promise may be on the
 * way, because the engine does not wait for one; a call that is lost like that shows as one whose caller hung up.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Scheduler from "effect/Scheduler"
import type { Engine, Rng } from "./engine.ts"

/** The wall clock at the start of a simulation. A whole second, since quotas count in seconds of the wall clock. */
export const epoch = Date.UTC(2026, 0, 1)

/**
 * Reads in whole milliseconds like a real clock. `error` is how far it is wrong at a time; sleeping does not depend on
 * it.
 */
export class VirtualClock implements Clock.Clock {
  private readonly engine: Engine
  private readonly error: (time: number) => number

  constructor(engine: Engine, error: (time: number) => number = () => 0) {
    this.engine = engine
    this.error = error
  }

  currentTimeMillisUnsafe(): number {
    return Math.floor(epoch + this.engine.now + this.error(this.engine.now))
  }

  currentTimeNanosUnsafe(): bigint {
    return BigInt(this.currentTimeMillisUnsafe()) * 1_000_000n
  }

  monotonicTimeNanosUnsafe(): bigint {
    return BigInt(Math.floor(this.engine.now * 1e6))
  }

  readonly currentTimeMillis = Effect.sync(() => this.currentTimeMillisUnsafe())

  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())

  readonly monotonicTimeNanos = Effect.sync(() => this.monotonicTimeNanosUnsafe())

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    const millis = Duration.toMillis(duration)
    if (millis <= 0) return Effect.yieldNow
    if (millis === Infinity) return Effect.never
    return Effect.callback<void>((resume) => {
      const timer = this.engine.after(millis, () => resume(Effect.void))
      return Effect.sync(() => this.engine.cancel(timer))
    })
  }
}

/** Gives every fiber its turns in the engine. */
const makeScheduler = (engine: Engine): Scheduler.Scheduler => {
  const dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task, priority) => engine.soon(task, priority),
    flush: () => engine.settle()
  }
  return {
    executionMode: "async",
    shouldYield: (fiber) => fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield,
    makeDispatcher: () => dispatcher
  }
}

const makeRandom = (rng: Rng): Random.Random => ({
  nextDoubleUnsafe: () => rng.next(),
  nextIntUnsafe: () => Math.floor((rng.next() * 2 - 1) * Number.MAX_SAFE_INTEGER)
})

/** The services of one process, for `Effect.runForkWith`. */
export const services = (
  engine: Engine,
  rng: Rng,
  clock: Clock.Clock = new VirtualClock(engine)
): Context.Context<never> =>
  Context.make(Clock.Clock, clock).pipe(
    Context.add(Random.Random, makeRandom(rng)),
    Context.add(Scheduler.Scheduler, makeScheduler(engine))
  )
