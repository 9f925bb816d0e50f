/**
 * Part 4: the two default policies, printed from what they are.
 */
import { Effect } from "effect"
import { TencentRetry } from "effect-tencentcloud"
import { check, line, title } from "./report.ts"

const lines = (text: string) => Effect.forEach(text.split("\n"), line, { discard: true })

const tagsOf = (described: ReadonlyArray<TencentRetry.Description>, name: string): string =>
  described.filter((one) => one.name === name).flatMap(({ tags }) => tags).join()

export const defaultPolicies = Effect.gen(function*() {
  yield* title("4. The default policies: how often, how long, for which tags")
  const idempotent = yield* TencentRetry.describe(TencentRetry.idempotent)
  const mutating = yield* TencentRetry.describe(TencentRetry.mutating)
  yield* line("TencentRetry.idempotent, for an action that only reads:")
  yield* lines(TencentRetry.table(idempotent))
  yield* line("\nTencentRetry.mutating, for one that changes something:")
  yield* lines(TencentRetry.table(mutating))
  yield* line("\nThe attempts of idempotent in time; those that follow at once share an o:")
  yield* lines(TencentRetry.timeline(idempotent))
  yield* line("")
  yield* check(
    "5100 and 6000 are repeated for an action that only reads, and never for another",
    tagsOf(idempotent, "transient") === "ResourceOperationFailed,InternalError" && tagsOf(mutating, "transient") === ""
  )
})
