import { assert, describe, it } from "@effect/vitest"
import { dateOf, retryAfterOf } from "../../src/internal/httpDate.ts"

const now = Date.UTC(2026, 0, 2, 3, 4, 5)

describe("dateOf", () => {
  it.each<readonly [header: string | undefined, time: number | undefined]>([
    ["Fri, 02 Jan 2026 03:04:05 GMT", now],
    [" Fri, 02 Jan 2026 03:04:05 GMT ", now],
    ["Friday, 02-Jan-26 03:04:05 GMT", now],
    ["Fri Jan  2 03:04:05 2026", now],
    ["Fri, 02 Jan 2026 27:04:05 GMT", undefined],
    ["2026-01-02T03:04:05Z", undefined],
    ["1767323045", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined]
  ])("%s", (date, time) => assert.strictEqual(dateOf({ date }), time))
})

describe("retryAfterOf", () => {
  it.each<readonly [header: string | undefined, millis: number | undefined]>([
    ["12", 12_000],
    ["0", 0],
    [new Date(now + 12_000).toUTCString(), 12_000],
    [new Date(now - 12_000).toUTCString(), 0],
    ["9".repeat(400), Number.MAX_SAFE_INTEGER],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    [undefined, undefined]
  ])("%s", (header, millis) => assert.strictEqual(retryAfterOf({ "retry-after": header }, now), millis))

  it("a date counts from the clock of the server", () => {
    const theirs = now + 3_600_000
    const headers = { date: new Date(theirs).toUTCString(), "retry-after": new Date(theirs + 5000).toUTCString() }
    assert.strictEqual(retryAfterOf(headers, now), 5000)
  })
})
