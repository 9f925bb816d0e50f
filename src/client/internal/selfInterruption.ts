import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * An effect that interrupts itself fails with an error instead: whoever waits for it has not been interrupted. An interruption
 * from outside stays one, because no handler of the interrupted fiber runs.
 */
export const catchSelfInterruption =
  <E2>(orElse: () => E2) => <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | E2, R> =>
    Exit.isExit(self) && Exit.isSuccess(self)
      ? self
      : Effect.catchCause(
        self,
        (cause): Effect.Effect<never, E | E2> =>
          Cause.hasInterruptsOnly(cause) ? Effect.fail(orElse()) : Effect.failCause(cause)
      )
