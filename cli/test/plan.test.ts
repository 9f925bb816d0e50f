import { assert, describe, it } from "@effect/vitest"
import { ErrorKind } from "effect-tencentcloud"
import * as Effect from "effect/Effect"
import { runInProcess } from "./support/inProcess.ts"
import { run } from "./support/process.ts"

const planned = (...args: ReadonlyArray<string>) =>
  Effect.map(runInProcess(["plan", "--json", ...args]), ({ code, stdout }) => ({ code, ...JSON.parse(stdout) }))

describe("plan", () => {
  it("prints both policies as tables", async () => {
    const { code, stderr, stdout } = await run(["plan"])
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^A call that only reads/)
    assert.match(stdout, /\nA call that changes something: only where nothing ran\nname +retries/)
    assert.match(stdout, /^transient +5 +150 ms, 300 ms, 600 ms, 1\.2 s, \.\.\. +6\.2 s/m)
  })

  it.effect("draws a timeline", () =>
    Effect.map(
      runInProcess(["plan", "unavailable", "--timeline"]),
      ({ stdout }) => assert.match(stdout, /^maintenance +median +o-+o-+o.*s$/m)
    ))

  it.effect("says of one kind only what concerns it", () =>
    Effect.map(planned("internal"), ({ changing, reading }) => {
      assert.deepStrictEqual(
        changing.map(({ kinds, name }: typeof changing[0]) => [name, kinds]),
        [["transient", []]]
      )
      assert.deepStrictEqual(reading.map(({ name, worstMillis }: typeof reading[0]) => [name, worstMillis]), [
        ["transient", [200, 400, 800, 1600, 3200]]
      ])
    }))

  it.effect.each(Object.entries(ErrorKind.table).map(([kind, { retryClass }]) => ({ kind, retryClass })))(
    "repeats a reading call after $kind as its retry class $retryClass says",
    ({ kind, retryClass }) =>
      Effect.map(planned(kind), ({ reading }) =>
        assert.deepStrictEqual(
          reading.map(({ name }: typeof reading[0]) => name),
          kind === "malformed" ? ["malformed"] : retryClass === "never" ? [] : [retryClass]
        ))
  )

  it.effect("repeats a call that changes something after a connection that was refused, and says when", () =>
    Effect.map(
      runInProcess(["plan", "transport"]),
      ({ stdout }) => assert.match(stdout, /\nA call that changes something[^]*\ntransient .* only where nothing ran$/)
    ))

  it.effect("repeats a reading call twice after a response that is not JSON, of all kinds and of one", () =>
    Effect.map(
      Effect.all([planned(), planned("malformed"), runInProcess(["plan", "malformed"])]),
      ([{ reading: all }, { changing, reading }, { stdout }]) => {
        const row = { name: "malformed", kinds: ["malformed"], medianMillis: [150, 300], worstMillis: [200, 400] }
        assert.deepInclude(reading[0], row)
        assert.deepInclude(all.at(-1), row)
        assert.deepStrictEqual(changing, [])
        assert.include(stdout, "malformed, where it is not JSON")
      }
    ))

  it.effect("says so where nothing is repeated", () =>
    Effect.map(runInProcess(["plan", "busy"]), ({ stdout }) => assert.match(stdout, /not repeated[^]*not repeated/)))
})
