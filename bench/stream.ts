/**
 * What an event of a stream costs: the CPU time of the process per event, for our client over undici, with a schema of the event and
 * without one, against a bare loop over undici with the same parser of events and `JSON.parse`. The server is another process.
 *
 *     npm run build && node bench/stream.ts [--quick]
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Agent } from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TencentClient, TencentCredentials, v3 } from "./library.ts"
import { atMost, quick, ratioHead, ratioRow, table } from "./report.ts"
import { eventCount, eventsPath, start } from "./server.ts"

const rounds = quick ? 5 : 40
const warmUpRounds = quick ? 3 : 10

const { ports, stop } = await start()
const origin = `http://127.0.0.1:${ports.http}`
const agent = new Agent()

/** Reads one stream to its end, and returns how many events it had. */
type Run = () => Promise<number>

const bare: Run = async () => {
  let events = 0
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event" && JSON.parse(event.data).Choices.length === 1) events++
  })
  const decoder = new TextDecoder()
  const { body } = await agent.request({ origin, path: eventsPath, method: "POST", body: "{}" })
  for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
  return events
}

const live = TencentClient.layer({ region: "ap-guangzhou", endpoint: new URL(origin + eventsPath) }).pipe(
  Layer.provide(
    TencentCredentials.layer({
      secretId: "AKIDexample",
      secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA")
    })
  ),
  Layer.provide(NodeHttpClient.layerUndiciNoDispatcher),
  Layer.provide(Layer.succeed(NodeHttpClient.Dispatcher, agent))
)

const ours = <Event extends { readonly Choices: ReadonlyArray<unknown> }>(event: Schema.Decoder<Event>): Run => {
  const Chat = v3.TencentAction.makeStream("ChatCompletions", {
    service: "hunyuan",
    version: "2023-09-01",
    request: Schema.Struct({}),
    response: Schema.Struct({}),
    event
  })
  const program = Effect.gen(function*() {
    const client = yield* TencentClient.TencentClient
    let events = 0
    yield* Stream.runForEach(client.stream(Chat, {}), ({ Choices }) =>
      Effect.sync(() => {
        if (Choices.length === 1) events++
      }))
    return events
  })
  return () => Effect.runPromise(Effect.provide(program, live))
}

const described = Schema.Struct({
  Created: Schema.Number,
  Id: Schema.String,
  Choices: Schema.Array(Schema.Struct({ Delta: Schema.Struct({ Role: Schema.String, Content: Schema.String }) }))
})

/** Its type is asserted as a program would do it. */
const undescribed = Schema.Unknown as unknown as Schema.Decoder<{ readonly Choices: ReadonlyArray<unknown> }>

/** Microseconds of CPU, of all threads, per event. */
const cpuOf = async (run: Run): Promise<number> => {
  const before = process.cpuUsage()
  const events = await run()
  const { system, user } = process.cpuUsage(before)
  if (events !== eventCount) throw new Error(`${events} events came instead of ${eventCount}`)
  return (system + user) / events
}

const sides = [bare, ours(undescribed), ours(described)].map((run) => ({ run, times: [] as Array<number> }))
const reversed = sides.toReversed()

// One at a time on purpose: the numbers are of one side each.
/* oxlint-disable no-await-in-loop */
for (let round = -warmUpRounds; round < rounds; round++) {
  for (const { run, times } of round % 2 === 0 ? sides : reversed) {
    const cpu = await cpuOf(run)
    if (round >= 0) times.push(cpu)
  }
}
/* oxlint-enable no-await-in-loop */

const [theirs = [], unknown = [], struct = []] = sides.map(({ times }) => times)
console.log(table(ratioHead, [
  ratioRow("event of a stream, as JSON / a bare undici loop", { ours: unknown, theirs }, atMost(1.6)),
  ratioRow("event of a stream, by a schema / a bare undici loop", { ours: struct, theirs }, undefined)
]))

await agent.destroy()
stop()
