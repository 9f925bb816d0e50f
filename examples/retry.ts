/**
 * Retries what is worth it, and never what may have run: `node examples/retry.ts`.
 */
import { Console, Effect, Schedule } from "effect"
import { Failure, TencentError, TencentRetry } from "effect-tencentcloud"

/** Waits for another operation on the instance; everything else as the default policy does. */
const policy = TencentRetry.orElse(
  TencentRetry.byKind({ busy: Schedule.spaced("20 millis").pipe(Schedule.upTo({ times: 5 })) }),
  TencentRetry.mutating
)

class InstanceBusy extends Failure.define<InstanceBusy>()("InstanceBusy", { kind: "busy" }) {}

let attempts = 0
const stop: Effect.Effect<string, InstanceBusy | TencentError.InternalError> = Effect.suspend(() =>
  Effect.fail(
    ++attempts < 3
      ? new InstanceBusy({ code: 4640, message: "the instance is being resized" })
      : new TencentError.InternalError({ message: "the response was lost" })
  )
)

const program = stop.pipe(
  TencentRetry.retry(policy, { idempotent: false, deadline: "10 seconds" }),
  Failure.catchOutcomeUnknown(() => Effect.succeed("nobody knows whether it was stopped: look before you act")),
  Effect.flatMap((text) => Console.log(`after ${attempts} attempts: ${text}`))
)

await Effect.runPromise(program)
