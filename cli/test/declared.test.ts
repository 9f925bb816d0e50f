/**
 * The list of the codes that services declare, which the build makes.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { declaredCodes } from "../../test/support/codesV3.ts"
import { declared, format, parse } from "../src/declared.ts"

describe("the list of declared codes", () => {
  it("says each kind of a code that has several, with its services", () => {
    const { codes, services } = parse(
      format(["cbs", "cvm", "vpc"], [
        { kind: "notFound", services: ["cvm", "vpc"], codes: ["A.B", "C"] },
        { kind: "request", services: ["cbs"], codes: ["C"] }
      ])
    )
    assert.deepStrictEqual(services, ["cbs", "cvm", "vpc"])
    assert.deepStrictEqual(codes.get("A.B"), [{ kind: "notFound", services: ["cvm", "vpc"] }])
    assert.deepStrictEqual(codes.get("C"), [
      { kind: "notFound", services: ["cvm", "vpc"] },
      { kind: "request", services: ["cbs"] }
    ])
  })

  it("refuses a kind that there is not", () => {
    assert.throws(() => parse("cvm\nnothing cvm A"), "not a kind: nothing")
  })

  it.effect("has every code that an action declares, with its kind", () =>
    Effect.map(declared, ({ codes, services }) => {
      for (const name of ["cvm", "cbs", "hunyuan"]) assert.include(services, name)
      const others = declaredCodes.filter(({ code }) => Option.isNone(ErrorCode.fromCode(code)))
      assert.isAbove(others.length, 10_000)
      const differ = others.filter(({ code, kind }) =>
        !codes.get(code)?.some((declaration) => declaration.kind === kind)
      )
      assert.deepStrictEqual(differ, [])
    }).pipe(Effect.provide(NodeServices.layer)))
})
