import { assert } from "@effect/vitest"
import { type Failure, TencentRetry } from "effect-tencentcloud"

type Shown = Failure.Failure & { readonly _tag: string }

/** The decision follows from the outcome, and is the same for the error that went through JSON. */
export const assertConsistent = (
  error: Shown,
  throughJson: Shown
): void => {
  const decision = TencentRetry.decide(error, { idempotent: false })
  if (error.outcome !== "notRun") assert.strictEqual(decision._tag, "Stop")
  assert.strictEqual(decision._tag === "Stop" && decision.reason === "outcomeUnknown", error.outcome === "unknown")

  assert.strictEqual(throughJson._tag, error._tag)
  assert.strictEqual(throughJson.outcome, error.outcome)
  assert.strictEqual(throughJson.kind, error.kind)
  assert.deepStrictEqual(TencentRetry.decide(throughJson, { idempotent: false }), decision)
  assert.deepStrictEqual(
    TencentRetry.decide(throughJson, { idempotent: true }),
    TencentRetry.decide(error, { idempotent: true })
  )
}
