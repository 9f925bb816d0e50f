/**
 * Calls with keys that are easy to find, and collects everything that a program prints, logs or exports of them.
 */
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { temporaryKeys } from "./client.ts"
import { scripted, type Sent, type ServerResponse } from "./scriptedServer.ts"
import { collectSpans } from "./spans.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Writings
// ---------------------------------------------------------------------------------------------------------------------

export const escapeHtml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;")
    .replaceAll("'", "&#39;")

export const numericHtml = (text: string) =>
  text.replace(/[^A-Za-z0-9]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`)

export const lowerPercents = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())

export const unicodeJson = (text: string) =>
  text.replace(/[^A-Za-z0-9]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)

// ---------------------------------------------------------------------------------------------------------------------
// Everything that can be read
// ---------------------------------------------------------------------------------------------------------------------

const shown = (value: unknown): string =>
  [
    String(value),
    JSON.stringify(value, (_, value: unknown) => typeof value === "bigint" ? String(value) : value),
    inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity })
  ].join("\n")

const collectLogs = () => {
  const lines: Array<string> = []
  const formats = [Logger.formatSimple, Logger.formatLogFmt, Logger.formatJson, Logger.formatStructured]
  const loggers = formats.map((format) =>
    Logger.map<unknown, unknown, void>(format, (line) => void lines.push(shown(line)))
  )
  return { lines, layer: Logger.layer([...loggers, Logger.consolePretty()]) }
}

/** Calls with the keys of the tests, and returns all that can be read of the end: also of a success, its value. */
export const tour = (
  respond: (sent: Sent) => ServerResponse,
  options: TencentClient.Options,
  call: (client: TencentClient.TencentClient["Service"]) => Effect.Effect<unknown, unknown>
) =>
  Effect.gen(function*() {
    const { layer, sent } = scripted(respond)
    const { spans, tracer } = collectSpans()
    const logs = collectLogs()
    const said: Array<string> = []
    const program = Effect.gen(function*() {
      const client = yield* TencentClient.TencentClient
      const credentials = yield* TencentCredentials.TencentCredentials
      const exit = yield* Effect.exit(call(client))
      said.push(...[exit, client, credentials, yield* credentials.get].map(shown))
      if (Exit.isSuccess(exit)) return
      const error = Cause.squash(exit.cause)
      said.push(shown(exit.cause), Cause.pretty(exit.cause), ...Cause.prettyErrors(exit.cause).map(shown), shown(error))
      said.push(shown({ ...(error as object) }), (error as Error).stack ?? "")
      yield* Effect.logError("failed", exit.cause)
      yield* Effect.logError(error)
    }).pipe(Effect.withSpan("program"), Effect.withTracer(tracer))
    const keys = TencentCredentials.layer(temporaryKeys)
    const live = Layer.merge(TencentClient.layer(options).pipe(Layer.provide([keys, layer])), keys)
    const fiber = yield* Effect.forkChild(program.pipe(Effect.provide([live, logs.layer])))
    yield* TestClock.adjust("2 minutes")
    yield* Fiber.join(fiber)
    said.push(...logs.lines, ...spans.map(shown), shown(yield* Metric.snapshot), yield* Metric.dump)
    return { sent, spans, logs: logs.lines, text: said.join("\n") }
  }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))

/** What is left of a secret in any writing: the longest row of characters that none changes. */
export const core = (secret: string): string =>
  (secret.match(/[A-Za-z0-9]+/g) ?? []).reduce((longest, run) => run.length > longest.length ? run : longest, "")
