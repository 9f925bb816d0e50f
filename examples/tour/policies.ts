/**
 * Part 5: the two default policies, printed from what they are.
 */
import { Effect } from "effect"
import { ErrorCode, TencentRetry } from "effect-tencentcloud"
import * as RetryPlan from "effect-tencentcloud/RetryPlan"
import { check, line, title } from "./report.ts"

const lines = (text: string) => Effect.forEach(text.split("\n"), line, { discard: true })

const tagsOf = (described: ReadonlyArray<RetryPlan.Description>, name: string): string =>
  described.filter((one) => one.name === name).flatMap(({ tags }) => tags).join()

export const defaultPolicies = Effect.gen(function*() {
  yield* title("5. The default policies: how often, how long, for which tags")
  const idempotent = yield* RetryPlan.describe(TencentRetry.idempotent, ErrorCode.catalogue)
  const mutating = yield* RetryPlan.describe(TencentRetry.mutating, ErrorCode.catalogue)
  yield* line("TencentRetry.idempotent, for an action that only reads:")
  yield* lines(RetryPlan.table(idempotent))
  yield* line("\nTencentRetry.mutating, for one that changes something:")
  yield* lines(RetryPlan.table(mutating))
  yield* line("\nThe attempts of idempotent in time; those that follow at once share an o:")
  yield* lines(RetryPlan.timeline(idempotent))
  yield* line("")
  yield* check(
    "5100 and 6000 are repeated for an action that only reads, and never for another",
    tagsOf(idempotent, "transient") === "ResourceOperationFailed,InternalError" && tagsOf(mutating, "transient") === ""
  )
})
