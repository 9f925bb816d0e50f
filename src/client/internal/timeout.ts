import type * as Clock from "effect/Clock"
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/**
 * `Effect.timeoutOrElse` for what every attempt does, for half the price: neither side wraps its result, and what has lost is
 * not awaited where it is only a timer.
 */
export const timeoutOrElse = <A, E, R, A2, E2, R2>(
  self: Effect.Effect<A, E, R>,
  { clock, context, millis, orElse }: {
    readonly millis: number
    readonly clock: Clock.Clock
    /** That of the fiber. */
    readonly context: Context.Context<R>
    readonly orElse: () => Effect.Effect<A2, E2, R2>
  }
): Effect.Effect<A | A2, E | E2, R | R2> =>
  // The fibers begin in `callback`: from there on an interruption ends them.
  Effect.callback((resume) => {
    const fork = Effect.runForkWith(context)
    const fiber = fork(self)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return resume(exit)
    const timer = fork(clock.sleep(Duration.millis(millis)))
    timer.addObserver((exit) => {
      if (Exit.isSuccess(exit)) resume(Effect.flatMap(Fiber.interrupt(fiber), orElse))
    })
    fiber.addObserver((exit) => {
      timer.interruptUnsafe()
      resume(exit)
    })
    return Effect.suspend(() => {
      timer.interruptUnsafe()
      return Fiber.interrupt(fiber)
    })
  })
