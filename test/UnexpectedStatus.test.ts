import { assert, describe, it } from "@effect/vitest"
import { type ErrorKind, TencentRetry, UnexpectedStatus } from "effect-tencentcloud"
import * as Duration from "effect/Duration"

type Row = readonly [
  status: number,
  kind: "throttled" | "transport",
  category: ErrorKind.Category,
  retryClass: "throttled" | "transient" | "never"
]

const rows: ReadonlyArray<Row> = [
  [204, "transport", "Transport", "never"],
  [302, "transport", "Transport", "never"],
  [400, "transport", "Transport", "never"],
  [403, "transport", "Transport", "never"],
  [407, "transport", "Transport", "never"],
  [408, "transport", "Transport", "transient"],
  [409, "transport", "Transport", "never"],
  [428, "transport", "Transport", "never"],
  [429, "throttled", "Throttling", "throttled"],
  [430, "transport", "Transport", "never"],
  [499, "transport", "Transport", "never"],
  [500, "transport", "Transport", "transient"],
  [501, "transport", "Transport", "never"],
  [502, "transport", "Transport", "transient"],
  [503, "transport", "Transport", "transient"],
  [505, "transport", "Transport", "never"],
  [511, "transport", "Transport", "never"],
  [599, "transport", "Transport", "transient"]
]

const make = (status: number, outcome: ErrorKind.Outcome) =>
  new UnexpectedStatus.UnexpectedStatus({
    status,
    outcome,
    host: "cvm.api.qcloud.com",
    excerpt: "<h1>no</h1>",
    retryAfter: Duration.seconds(3),
    message: `status ${status}`
  })

describe("UnexpectedStatus", () => {
  it.each(rows)("%i is of kind %s, in the category %s, and %s", (status, kind, category, retryClass) => {
    const error = make(status, "notRun")
    assert.deepStrictEqual([error.kind, error.category, error.retryClass], [kind, category, retryClass])
    const decided = TencentRetry.decide(error, { idempotent: false })
    assert.deepStrictEqual<unknown>(
      decided,
      retryClass === "never" ? { _tag: "Stop", reason: "permanent" } : { _tag: "Retry", class: retryClass }
    )
  })

  it.each(rows)(
    "%i of an action that may have run is not retried unless it is idempotent",
    (status, _, _category, retryClass) => {
      const error = make(status, "unknown")
      assert.deepStrictEqual<unknown>(
        TencentRetry.decide(error, { idempotent: false }),
        { _tag: "Stop", reason: "outcomeUnknown" }
      )
      const decided = TencentRetry.decide(error, { idempotent: true })
      assert.strictEqual(decided._tag, retryClass === "never" ? "Stop" : "Retry")
    }
  )

  it("shows the status, the host and what the body began with", () => {
    const { excerpt, host, outcome, retryAfter, status, ...rest } = make(503, "unknown")
    assert.deepStrictEqual(make(503, "unknown").toJSON(), {
      _tag: "UnexpectedStatus",
      kind: "transport",
      message: "status 503",
      status,
      outcome,
      host,
      excerpt,
      retryAfter
    })
    assert.strictEqual(rest._tag, "UnexpectedStatus")
  })
})
