/**
 * Event streams that are damaged at random, and cut anywhere, and what must hold for each: the events before the damage are received,
 * and what follows is an event or a failure of the declared type.
 */
import { assert } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { ErrorCode, TencentAction } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import { clientOf } from "./client.ts"
import { declaredCodes } from "./codesV3.ts"
import { eventStream } from "./eventServer.ts"
import { makeRandom } from "./random.ts"

// Each case has a generator of its own, so the number in a failure message is enough to run it alone.
const seed = 20_261_127

type Random = () => number

const int = (random: Random, bound: number): number => Math.floor(random() * bound)

const pick = <A>(random: Random, values: ReadonlyArray<A>): A => values[int(random, values.length)]!

// ---------------------------------------------------------------------------------------------------------------------
// Streams
// ---------------------------------------------------------------------------------------------------------------------

const content = ["", "Hello", "\u4f60\u597d", "\u{1f600}", "a\nb", "\"", "\u0000\ud800", "data: x"]

const eventText = (random: Random, N: number): string => {
  const json = JSON.stringify({ N, Choices: [{ Delta: { Content: pick(random, content) } }] })
  const data = random() < 0.1 ? json.replace(",", ",\ndata: ") : json
  return `${pick(random, ["", "", "", ": ping\n", "event: message\n", "id: 7\n", "retry: 10\n"])}data: ${data}\n\n`
}

const codeText = (random: Random): string =>
  pick(random, [
    () => JSON.stringify(pick(random, ErrorCode.catalogue).code),
    () => JSON.stringify(pick(random, declaredCodes).code),
    () => pick(random, ["0", "4001", "-1", "null", "\"\"", "[]", "\"x\\ny\"", "9007199254740993", "{}"])
  ])()

/** What else can be in a stream. */
const others = (random: Random): string =>
  pick(random, [
    () => `data: {"ErrorMsg":{"Msg":"no","Code":${codeText(random)}}}\n\n`,
    () => `data: {"ErrorMsg":${codeText(random)}}\n\n`,
    () => `data: {"ErrorCode":${codeText(random)},"ErrorMessage":"no"}\n\n`,
    () => `data: {"Response":{"Error":{"Code":${codeText(random)},"Message":"no"},"RequestId":"r-1"}}\n\n`,
    () => `data: {"Response":{"Error":{"Code":${codeText(random)},"Message":"no"},"RequestId":"r-1"}}\n\n`,
    () => `data: {"Response":{"N":7,"RequestId":"r-1"}}\n\n`,
    () => "data: [DONE]\n\n",
    () => "data\n\n",
    () => "\n\r\n\r",
    () => "<html>\n\n",
    () => `data: ${"[".repeat(20_000)}\n\n`,
    () => `data: {"N":1,"__proto__":{"ErrorCode":"x"},"constructor":1}\n\n`,
    () => String.fromCharCode(int(random, 0x10000)),
    () => "data: "
  ])()

interface Case {
  readonly bytes: Uint8Array
  /** The events before the first damage. */
  readonly whole: number
}

const caseOf = (random: Random): Case => {
  const events = Array.from({ length: int(random, 8) }, (_, N) => eventText(random, N))
  const at = int(random, events.length + 1)
  const [before, after] = [events.slice(0, at).join(""), events.slice(at).join("")]
  const damaged = pick(random, [
    () => after,
    () => others(random) + after,
    () => others(random) + others(random),
    () => after.slice(int(random, 200)),
    () => after.slice(0, int(random, after.length + 1))
  ])()
  const bytes = new TextEncoder().encode(before + damaged)
  const start = new TextEncoder().encode(before).length
  if (random() < 0.3 && bytes.length > start) bytes[start + int(random, bytes.length - start)] = int(random, 256)
  return { bytes, whole: at }
}

/** The bytes in pieces. An empty piece is one, too. */
const cut = (random: Random, bytes: Uint8Array): ReadonlyArray<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length;) {
    const length = int(random, pick(random, [4, 40, 1000]))
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

// ---------------------------------------------------------------------------------------------------------------------
// What must hold
// ---------------------------------------------------------------------------------------------------------------------

const Chat = TencentAction.makeStream("ChatCompletions", {
  service: "hunyuan",
  version: "2023-09-01",
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  event: Schema.Struct({ N: Schema.Number, Choices: Schema.Array(Schema.Unknown) }),
  errors: { notFound: ["InvalidParameter.ModelNotExist"] }
})

type Failure = typeof Chat.error.Type

const isDeclared = Schema.is(Chat.error)

interface Received {
  readonly events: ReadonlyArray<number>
  readonly error: Failure | undefined
}

const check = ({ error, events }: Received, whole: number): void => {
  assert.deepStrictEqual(events.slice(0, whole), Array.from({ length: whole }, (_, N) => N))
  if (error === undefined) return
  assert.isTrue(isDeclared(error))
  assert.isAtMost(inspect(error).length, 20_000)
  assert.isTrue(events.length === 0 || error.outcome !== "notRun")
}

let pieces: ReadonlyArray<Uint8Array> = []

/** Responds with the pieces. */
const http = HttpClient.make((request) =>
  Effect.sync(() => {
    const head = HttpClientResponse.fromWeb(request, new Response("", { headers: eventStream }))
    return Object.defineProperty(head, "stream", { value: Stream.fromIterable(pieces) })
  })
)

// A client that was refused by a quota waits before its next call.
const newClient = clientOf(Layer.succeed(HttpClient.HttpClient, http), { retry: TencentRetry.make({}) })

const received = (of: ReadonlyArray<Uint8Array>): Effect.Effect<Received> =>
  Effect.gen(function*() {
    pieces = of
    const client = yield* newClient
    const events: Array<number> = []
    const exit = yield* client.stream(Chat, {}).pipe(
      Stream.runForEach(({ N }) => Effect.sync(() => void events.push(N))),
      Effect.exit
    )
    if (Exit.isSuccess(exit)) return { events, error: undefined }
    const [reason, ...more] = exit.cause.reasons
    assert(reason !== undefined && Cause.isFailReason(reason) && more.length === 0, Cause.pretty(exit.cause))
    return { events, error: reason.error }
  }).pipe(Effect.scoped)

/** Checks the cases from `first` on, and counts how they end. Throws with the seed and the text where one does not hold. */
export const checkStreams = (first: number, cases: number): Effect.Effect<ReadonlyMap<string, number>> =>
  Effect.gen(function*() {
    const seen = new Map<string, number>()
    for (let index = first; index < first + cases; index++) {
      const random = makeRandom(seed + Math.imul(index, 0x9e3779b1))
      const { bytes, whole } = caseOf(random)
      const once = yield* received([bytes])
      const inPieces = yield* received(cut(random, bytes))
      try {
        check(once, whole)
        assert.deepStrictEqual(inPieces.events, once.events)
        assert.isTrue(Equal.equals(inPieces.error, once.error), "however it is cut")
      } catch (cause) {
        const text = JSON.stringify(new TextDecoder().decode(bytes)).slice(0, 2000)
        throw new Error(`seed ${seed}, case ${index}: ${String(cause)}\n${text}`, { cause })
      }
      const tag = once.error?._tag ?? "success"
      seen.set(tag, (seen.get(tag) ?? 0) + 1)
    }
    return seen
  })
