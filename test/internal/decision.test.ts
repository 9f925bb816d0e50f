/**
 * What is decided about one failure, as a table.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorKind, Failure, TencentRetry } from "effect-tencentcloud"

type Kind = ErrorKind.ErrorKind

/**
 * The decisions for the outcomes `notRun`, `ran`, `partial` and `unknown` of an idempotent action, then those of any other: a
 * retry, or a stop because it is permanent or because the outcome is unknown.
 */
const decisions: { readonly [K in Kind]: string } = {
  request: "PPPP PPPU",
  unsupported: "PPPP PPPU",
  authentication: "PPPP PPPU",
  credentials: "RRRR RUUU",
  permission: "PPPP PPPU",
  throttled: "RRRR RUUU",
  replay: "RRRR RUUU",
  notFound: "PPPP PPPU",
  exists: "PPPP PPPU",
  inUse: "PPPP PPPU",
  busy: "PPPP PPPU",
  wrongState: "PPPP PPPU",
  limitExceeded: "PPPP PPPU",
  operationFailed: "RRRR RUUU",
  balance: "PPPP PPPU",
  identity: "PPPP PPPU",
  soldOut: "PPPP PPPU",
  partial: "PPPP PPPU",
  internal: "RRRR RUUU",
  timeout: "RRRR RUUU",
  overload: "RRRR RUUU",
  unavailable: "RRRR RUUU",
  dryRun: "PPPP PPPU",
  transport: "RRRR RUUU",
  malformed: "PPPP PPPU",
  unknown: "PPPP PPPU"
}

const permanent: TencentRetry.Decision = { _tag: "Stop", reason: "permanent" }
const outcomeUnknown: TencentRetry.Decision = { _tag: "Stop", reason: "outcomeUnknown" }

const letterOf = (decision: TencentRetry.Decision): string =>
  decision._tag === "Retry" ? "R" : decision.reason === "permanent" ? "P" : "U"

const lettersOf = (
  toError: (outcome: ErrorKind.Outcome) => TencentRetry.Retryable,
  idempotent: boolean
): string =>
  (["notRun", "ran", "partial", "unknown"] as const)
    .map((outcome) => letterOf(TencentRetry.decide(toError(outcome), { idempotent }))).join("")

const both = (toError: (outcome: ErrorKind.Outcome) => TencentRetry.Retryable): string =>
  `${lettersOf(toError, true)} ${lettersOf(toError, false)}`

describe("decide", () => {
  it.each(Object.entries(decisions) as ReadonlyArray<[Kind, string]>)("the kind %s: %s", (kind, expected) => {
    const row = ErrorKind.table[kind]
    assert.strictEqual(both((outcome) => ({ ...row, outcome })), expected)
    if (row.retryClass === "never") return
    assert.deepStrictEqual(TencentRetry.decide({ retryClass: row.retryClass }, { idempotent: true }), {
      _tag: "Retry",
      class: row.retryClass
    })
  })

  class Own extends Failure.define<Own>()("Own", { kind: "busy", retryClass: "transient" }) {}
  class Once extends Failure.define<Once>()("Once", { kind: "internal", outcome: "notRun" }) {}
  class Never extends Failure.define<Never>()("Never", { kind: "internal", retryClass: "never" }) {}

  it.each(
    [
      ["that narrows the retry class", Own, "RRRR RUUU", "notRun"],
      ["that narrows the outcome", Once, "RRRR RUUU", "notRun"],
      ["that is never retried", Never, "PPPP PPPU", "unknown"]
    ] as const
  )("an own class %s", (_, Class, expected, usual) => {
    assert.strictEqual(both((outcome) => new Class({ code: 1, outcome })), expected)
    assert.deepStrictEqual(
      TencentRetry.decide(new Class({ code: 1 }), { idempotent: false }),
      TencentRetry.decide(new Class({ code: 1, outcome: usual }), { idempotent: false })
    )
  })

  it("an error that does not say its outcome may have run", () => {
    assert.deepStrictEqual(TencentRetry.decide({ retryClass: "replay" }, { idempotent: true }), {
      _tag: "Retry",
      class: "replay"
    })
    assert.deepStrictEqual(TencentRetry.decide({ retryClass: "replay" }, { idempotent: false }), outcomeUnknown)
    assert.deepStrictEqual(TencentRetry.decide({ retryClass: "never" }, { idempotent: true }), permanent)
    assert.deepStrictEqual(TencentRetry.decide({ retryClass: "never" }, { idempotent: false }), outcomeUnknown)
  })

  // What JavaScript, or an error of another version, may hand in.
  it.each([undefined, null, 7, "", "Transient", "toString", "someday"])(
    "an error with the retry class %s is never retried",
    (retryClass) => {
      const retryable = (outcome: ErrorKind.Outcome) => ({ retryClass, outcome }) as unknown as TencentRetry.Retryable
      assert.strictEqual(both(retryable), "PPPP PUUU")
    }
  )

  it.each([undefined, null, "text", 1, () => "transient", new Error("no fields")])(
    "%s is never retried",
    (value) => {
      const error = value as unknown as TencentRetry.Retryable
      assert.deepStrictEqual(TencentRetry.decide(error, { idempotent: true }), permanent)
      assert.deepStrictEqual(TencentRetry.decide(error, { idempotent: false }), outcomeUnknown)
    }
  )

  it.each(["notrun", "", null, 0])("the outcome %s is not one after which nothing ran", (outcome) => {
    const error = { retryClass: "transient", outcome } as unknown as TencentRetry.Retryable
    assert.deepStrictEqual(TencentRetry.decide(error, { idempotent: false }), outcomeUnknown)
  })
})
