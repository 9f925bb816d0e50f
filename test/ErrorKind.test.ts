import { assert, describe, it } from "@effect/vitest"
import { ErrorKind } from "effect-tencentcloud"

// The table once more, written down by hand: a change of a row has to be made twice.
const expected: ReadonlyArray<
  readonly [ErrorKind.ErrorKind, ErrorKind.Category, ErrorKind.RetryClass, ErrorKind.Outcome]
> = [
  ["request", "Request", "never", "notRun"],
  ["unsupported", "Request", "never", "notRun"],
  ["authentication", "Authentication", "never", "notRun"],
  ["credentials", "Authentication", "credentials", "notRun"],
  ["permission", "Authorization", "never", "notRun"],
  ["throttled", "Throttling", "throttled", "notRun"],
  ["replay", "Replay", "replay", "notRun"],
  ["notFound", "Resource", "never", "notRun"],
  ["exists", "Resource", "never", "notRun"],
  ["inUse", "Resource", "never", "notRun"],
  ["busy", "Resource", "never", "notRun"],
  ["wrongState", "Resource", "never", "notRun"],
  ["limitExceeded", "Resource", "never", "notRun"],
  ["operationFailed", "Resource", "transient", "unknown"],
  ["balance", "Billing", "never", "notRun"],
  ["identity", "Billing", "never", "notRun"],
  ["soldOut", "Billing", "never", "notRun"],
  ["partial", "Partial", "never", "partial"],
  ["internal", "Server", "transient", "unknown"],
  ["timeout", "Server", "transient", "unknown"],
  ["overload", "Server", "transient", "unknown"],
  ["unavailable", "Server", "maintenance", "notRun"],
  ["dryRun", "Request", "never", "notRun"],
  ["transport", "Transport", "transient", "unknown"],
  ["malformed", "Response", "never", "unknown"],
  ["unknown", "Unknown", "never", "unknown"]
]

describe("ErrorKind", () => {
  it.each(expected)("%s is %s, %s, %s", (kind, category, retryClass, outcome) => {
    assert.deepStrictEqual<ErrorKind.Row>(ErrorKind.table[kind], { category, retryClass, outcome })
  })

  it("has no other kind", () => {
    assert.sameMembers(Object.keys(ErrorKind.table), expected.map(([kind]) => kind))
  })

  it("has four outcomes", () => {
    assert.deepStrictEqual<ReadonlyArray<string>>(ErrorKind.outcomes, ["notRun", "ran", "partial", "unknown"])
  })

  it("knows the literal values of a row", () => {
    const { category, outcome, retryClass }: {
      readonly category: "Server"
      readonly retryClass: "maintenance"
      readonly outcome: "notRun"
    } = ErrorKind.table.unavailable
    assert.deepStrictEqual([category, retryClass, outcome], ["Server", "maintenance", "notRun"])
  })
})
