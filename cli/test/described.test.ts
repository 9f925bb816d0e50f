/**
 * `call` with the actions that the services package describes, against the gateway, which checks signatures for real.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import { serve } from "../../test/support/gateway.ts"
import { account } from "./support/environment.ts"
import { runInProcess } from "./support/inProcess.ts"
import { run } from "./support/process.ts"

/** Calls the gateway in the process of the tests. */
const call = (...args: ReadonlyArray<string>) =>
  TencentGateway.TencentGateway.use(({ url }) =>
    runInProcess(["call", ...args, "--endpoint", url, "--json"], { env: account })
  )

const order = JSON.stringify({
  ImageId: "img-00000001",
  InstanceType: "S1.SMALL1",
  Placement: { Zone: "ap-guangzhou-3" }
})

describe("a described action", () => {
  it.live("is called by its name alone, as a process", () =>
    Effect.gen(function*() {
      const { url } = yield* TencentGateway.TencentGateway
      const args = ["call", "cvm", "DescribeZones", "--endpoint", url]
      const { code, stderr, stdout } = yield* Effect.promise(() => run(args, { env: account }))
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.include(stdout, "\"Zone\": \"ap-guangzhou-3\"")
    }).pipe(Effect.provide(serve())))

  it.live("is refused by the gateway with wrong keys, as a process", () =>
    Effect.gen(function*() {
      const { url } = yield* TencentGateway.TencentGateway
      const env = { ...account, TENCENTCLOUD_SECRET_KEY: "a-wrong-key" }
      const args = ["call", "cvm", "DescribeZones", "--endpoint", url]
      const { code, stderr } = yield* Effect.promise(() => run(args, { env }))
      assert.strictEqual(code, 1)
      assert.match(stderr, /^AuthFailure\.SignatureFailure: /m)
    }).pipe(Effect.provide(serve())))

  it.live("is found whatever the case of its letters", () =>
    Effect.map(call("cvm", "describezones"), ({ code, stdout }) => {
      assert.strictEqual(code, 0)
      assert.isNotEmpty(JSON.parse(stdout).ZoneSet)
    }).pipe(Effect.provide(serve())))

  it.live("that changes something runs once, and says what it made", () =>
    Effect.gen(function*() {
      const { executions } = yield* TencentGateway.TencentGateway
      const { code, stdout } = yield* call("cvm", "RunInstances", "--request", order)
      assert.strictEqual(code, 0)
      assert.lengthOf(JSON.parse(stdout).InstanceIdSet, 1)
      assert.strictEqual(yield* executions("RunInstances"), 1)
    }).pipe(Effect.provide(serve())))

  it.live("with a client token is repeated after a lost response, and runs once", () =>
    Effect.gen(function*() {
      const { executions, injectFault } = yield* TencentGateway.TencentGateway
      const response = TencentGateway.connectionReset
      yield* injectFault({ action: "RunInstances", response, at: "response" })
      const { code, stderr } = yield* call("cvm", "RunInstances", "--request", order)
      assert.strictEqual(code, 0, stderr)
      assert.match(stderr, /^TransportFailure: attempt 2 /)
      assert.strictEqual(yield* executions("RunInstances"), 1)
    }).pipe(Effect.provide(serve())))

  it.live("of a service in other letters is the same", () =>
    Effect.gen(function*() {
      const { requests } = yield* TencentGateway.TencentGateway
      const { code, stdout } = yield* call("CVM", "DescribeZones")
      assert.strictEqual(code, 0, stdout)
      const undescribed = yield* call("CVM", "DescribeNothing", "--version", "2017-03-12")
      assert.deepInclude(JSON.parse(undescribed.stdout).error, { tag: "InvalidAction", action: "cvm.DescribeNothing" })
      assert.lengthOf(yield* requests, 2)
    }).pipe(Effect.provide(serve())))

  it.live("checks its request before anything is sent", () =>
    Effect.gen(function*() {
      const { requests } = yield* TencentGateway.TencentGateway
      const { code, stdout } = yield* call("cvm", "TerminateInstances", "--request", "{\"instanceIds\":[\"ins-1\"]}")
      assert.strictEqual(code, 1)
      assert.deepInclude(JSON.parse(stdout).error, { tag: "InvalidRequest", outcome: "notRun" })
      assert.deepStrictEqual(JSON.parse(stdout).error.issues[0].path, ["instanceIds"])
      assert.isEmpty(yield* requests)
    }).pipe(Effect.provide(serve())))

  it.live("fails with the class of a code that it declares, and exits with 3: its name proves nothing", () =>
    Effect.map(
      call("cvm", "TerminateInstances", "--request", "{\"InstanceIds\":[\"ins-404\"]}"),
      ({ code, stdout }) => {
        assert.strictEqual(code, 3)
        assert.deepInclude(JSON.parse(stdout).error, { tag: "InvalidInstanceId.NotFound", kind: "notFound" })
      }
    ).pipe(Effect.provide(serve())))
})

describe("an action that is not described", () => {
  it.effect.each([
    { what: "of a service that is not described", args: ["nowhere", "Do"], words: "nowhere is not described" },
    { what: "of a service with a slip of the finger", args: ["cvmm", "DescribeZones"], words: "Did you mean cvm?" },
    { what: "with a slip of the finger", args: ["cvm", "DescribZones"], words: "Did you mean DescribeZones?" },
    { what: "that has the name of a member of every object", args: ["cvm", "toString"], words: "no action toString" },
    { what: "of a service that is a path", args: ["../index", "Description"], words: "is not described" }
  ])(
    "$what needs the version of its service",
    ({ args, words }) =>
      Effect.map(runInProcess(["call", ...args], { env: account }), ({ code, stderr, stdout }) => {
        assert.deepStrictEqual([code, stdout], [64, ""])
        assert.include(stderr, words)
      })
  )

  it.live("is sent with the version that is given, and the API says that there is none", () =>
    Effect.map(call("cvm", "DescribeNothing", "--version", "2017-03-12"), ({ code, stdout }) => {
      assert.strictEqual(code, 1)
      assert.deepInclude(JSON.parse(stdout).error, { tag: "InvalidAction" })
    }).pipe(Effect.provide(serve())))
})
