/**
 * `call` with an action that has events: what is printed while they come, and how it ends when they stop coming.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import type { ServerResponse } from "node:http"
import { dataLine, eventServer, eventStream } from "../../test/support/eventServer.ts"
import { serve } from "../../test/support/gateway.ts"
import { account } from "./support/environment.ts"
import { runInProcess } from "./support/inProcess.ts"
import { noTerminal, start, startOnTerminal } from "./support/process.ts"

const chatRequest = { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "one two" }], Stream: true }

const argsOf = (url: URL | string, more: ReadonlyArray<string> = [], request = chatRequest): ReadonlyArray<string> => [
  "call",
  "hunyuan",
  "ChatCompletions",
  "--request",
  JSON.stringify(request),
  "--endpoint",
  String(url),
  ...more
]

const call = (more: ReadonlyArray<string> = [], request = chatRequest) =>
  TencentGateway.TencentGateway.use(({ url }) => runInProcess(argsOf(url, more, request), { env: account }))

const linesOf = (stdout: string) => stdout.split("\n").map((line) => JSON.parse(line))

/** Sends the events of a chat, one by one. */
const chat = (response: ServerResponse, text: string) =>
  void response.write(dataLine({ Choices: [{ Delta: { Content: text } }] }))

describe("a call with events", () => {
  it.live("prints each of them on a line, with --json and without", () =>
    Effect.gen(function*() {
      const plain = yield* call()
      assert.deepStrictEqual([plain.code, plain.stderr], [0, ""])
      const text = linesOf(plain.stdout).map(({ Choices }) => Choices[0].Delta.Content ?? "").join("")
      assert.include(text, "one two")
      assert.isAbove(linesOf(plain.stdout).length, 1)
      const asJson = yield* call(["--json"])
      assert.lengthOf(linesOf(asJson.stdout), linesOf(plain.stdout).length)
    }).pipe(Effect.provide(serve())))

  it.live("prints a response that is no stream as the one event", () =>
    Effect.gen(function*() {
      const { code, stdout } = yield* call([], { ...chatRequest, Stream: false })
      assert.strictEqual(code, 0)
      assert.lengthOf(linesOf(stdout), 1)
      assert.isNotEmpty(linesOf(stdout)[0].Choices)
    }).pipe(Effect.provide(serve())))

  it.live("fails like any other before the first of them", () =>
    Effect.gen(function*() {
      const { injectFault } = yield* TencentGateway.TencentGateway
      yield* injectFault({ response: TencentGateway.apiError("UnauthorizedOperation") })
      const { code, stderr, stdout } = yield* call()
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(stderr, /^UnauthorizedOperation: /)
    }).pipe(Effect.provide(serve())))

  it.live("prints those that came before the connection was lost, and exits with 3", () =>
    Effect.gen(function*() {
      const { injectFault, requests } = yield* TencentGateway.TencentGateway
      const response = TencentGateway.eventStream([{ Note: "one" }, { Note: "two" }], { end: "broken" })
      yield* injectFault({ at: "response", response, times: 2 })
      const plain = yield* call()
      assert.deepStrictEqual([plain.code, linesOf(plain.stdout)], [3, [{ Note: "one" }, { Note: "two" }]])
      assert.match(plain.stderr, /^TransportFailure /)
      const asJson = yield* call(["--json"])
      const [one, two, failure] = linesOf(asJson.stdout)
      assert.deepStrictEqual([asJson.code, one, two], [3, { Note: "one" }, { Note: "two" }])
      assert.deepInclude(failure.error, { tag: "TransportFailure", outcome: "unknown" })
      assert.lengthOf(yield* requests, 2)
    }).pipe(Effect.provide(serve())))

  it.live("prints an event as it comes, as a process", () =>
    Effect.gen(function*() {
      let stream: ServerResponse | undefined
      const server = yield* eventServer((response) => {
        stream = response.writeHead(200, eventStream)
        chat(response, "first")
      })
      const { child, ended } = start(argsOf(server.url), { env: account })
      // The server goes on only when the first one has been printed.
      child.stdout?.once("data", () => {
        chat(stream!, "second")
        stream!.end("data: [DONE]\n\n")
      })
      const { code, stderr, stdout } = yield* Effect.promise(() => ended)
      assert.deepStrictEqual([code, stderr], [0, ""])
      const texts = linesOf(stdout.trim()).map(({ Choices }) => Choices[0].Delta.Content)
      assert.deepStrictEqual(texts, ["first", "second"])
    }).pipe(Effect.scoped))

  it.live("that is interrupted between them may have run", () =>
    Effect.gen(function*() {
      const server = yield* eventServer((response) => chat(response.writeHead(200, eventStream), "first"))
      const { child, ended } = start(argsOf(server.url), { env: account })
      child.stdout?.once("data", () => child.kill("SIGINT"))
      const { code, stderr, stdout } = yield* Effect.promise(() => ended)
      assert.strictEqual(code, 130)
      assert.include(stdout, "first")
      assert.include(stderr, "The action may have run")
    }).pipe(Effect.scoped))

  it.live.skipIf(noTerminal !== undefined)(
    "takes the line of a terminal away before the first one",
    () =>
      Effect.gen(function*() {
        let stream: ServerResponse | undefined
        const server = yield* eventServer((response) => {
          stream = response.writeHead(200, eventStream)
          stream.flushHeaders()
        })
        const { child, ended } = startOnTerminal(argsOf(server.url), { env: account })
        let shown = ""
        child.stdout?.on("data", (text: string) => {
          const was = shown
          shown += text
          const isNew = (part: string) => shown.includes(part) && !was.includes(part)
          if (isNew("Attempt 1: waiting for the response")) chat(stream!, "first")
          if (isNew("first")) stream!.end("data: [DONE]\n\n")
        })
        const { code, stdout } = yield* Effect.promise(() => ended)
        assert.strictEqual(code, 0)
        // oxlint-disable-next-line no-control-regex
        assert.match(stdout, /\r\u001b\[K\{"Choices"/)
      }).pipe(Effect.scoped)
  )
})
