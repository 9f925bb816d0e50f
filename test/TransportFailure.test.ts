import { assert, describe, it } from "@effect/vitest"
import { type ErrorKind, TencentRetry, TransportFailure } from "effect-tencentcloud"
import { noContext } from "../src/internal/failure.ts"
import { earlierAttempt, transportFailure } from "../src/internal/transport.ts"

type Row = readonly [
  reason: TransportFailure.Reason,
  outcome: ErrorKind.Outcome,
  retryClass: "transient" | "never",
  retryCost: number
]

const rows: ReadonlyArray<Row> = [
  ["DnsTemporary", "notRun", "transient", 1],
  ["DnsNotFound", "notRun", "transient", 1],
  ["ConnectionRefused", "notRun", "transient", 1],
  ["Unreachable", "notRun", "transient", 1],
  ["ConnectTimeout", "notRun", "transient", 1],
  ["NotConnected", "notRun", "transient", 1],
  ["ProxyRefused", "notRun", "never", 1],
  ["ProxyUnavailable", "notRun", "transient", 1],
  ["TlsHandshake", "notRun", "transient", 1],
  ["Certificate", "notRun", "never", 1],
  ["InvalidAddress", "notRun", "never", 1],
  ["ConnectionLost", "unknown", "transient", 1],
  ["AttemptTimeout", "unknown", "transient", 3],
  ["TruncatedBody", "unknown", "transient", 1],
  ["BodyTooLarge", "unknown", "never", 1],
  ["IdleTimeout", "unknown", "transient", 1],
  ["EventTooLarge", "unknown", "never", 1],
  ["NotHttp", "unknown", "transient", 1],
  ["Unknown", "unknown", "transient", 1]
]

describe("TransportFailure", () => {
  it("has no other reason", () => {
    assert.sameMembers([...TransportFailure.reasons], rows.map(([reason]) => reason))
  })

  it.each(rows)("%s has the outcome %s, is %s, and a retry costs %i", (reason, outcome, retryClass, retryCost) => {
    const error = transportFailure(reason, "cvm.api.qcloud.com", { ...noContext, action: "cvm.RunInstances" }, "ECODE")
    assert.instanceOf(error, TransportFailure.TransportFailure)
    assert.deepStrictEqual(
      [error.reason, error.kind, error.category, error.outcome, error.retryClass, error.retryCost],
      [reason, "transport", "Transport", outcome, retryClass, retryCost]
    )
    assert.deepStrictEqual([error.host, error.code, error.action], ["cvm.api.qcloud.com", "ECODE", "cvm.RunInstances"])
    assert.match(error.message, /^[A-Z].*\. \(cvm\.api\.qcloud\.com, ECODE\)$/)
    assert.strictEqual(String(error), `TransportFailure: ${error.message}\n[ECODE, cvm.RunInstances]`)
  })

  it.each(rows)("%s proves nothing after an attempt that may have run", (reason, outcome) => {
    const error = transportFailure(reason, "cvm.api.qcloud.com", { ...noContext, earlierMayHaveRun: true })
    assert.strictEqual(error.outcome, "unknown")
    assert.strictEqual(error.message.endsWith(earlierAttempt), outcome === "notRun")
    assert.notProperty(error, "code")
    assert.notProperty(error, "action")
  })

  it.each(rows)(
    "%s of an action that is not idempotent is retried only if nothing was sent",
    (reason, outcome, retryClass) => {
      const error = transportFailure(reason, "cvm.api.qcloud.com", noContext)
      const decided = TencentRetry.decide(error, { idempotent: false })
      assert.strictEqual(decided._tag, outcome === "notRun" && retryClass === "transient" ? "Retry" : "Stop")
    }
  )
})
