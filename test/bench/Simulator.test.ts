import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import { Engine, Rng } from "../../bench/retry/engine.ts"
import * as figures from "../../bench/retry/figures.ts"
import { goals, judge } from "../../bench/retry/goals.ts"
import * as library from "../../bench/retry/library.ts"
import * as requests from "../../bench/retry/requests.ts"
import { scenarioNamed } from "../../bench/retry/scenarios.ts"
import { type Call, ModelServer } from "../../bench/retry/server.ts"
import * as sides from "../../bench/retry/sides.ts"
import { type Scenario, type Side, simulate } from "../../bench/retry/simulate.ts"
import { epoch, services, VirtualClock } from "../../bench/retry/virtual.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Tools
// ---------------------------------------------------------------------------------------------------------------------

/** Runs an effect on virtual time and returns its value, without a turn of the event loop. */
const onVirtualTime = <A>(make: (log: (text: string) => void) => Effect.Effect<A>): {
  readonly value: A
  readonly log: ReadonlyArray<string>
} => {
  const engine = new Engine()
  const log: Array<string> = []
  const run = Effect.runForkWith(services(engine, new Rng(1, "jitter")))
  const fiber = run(make((text) => log.push(`${engine.now} ${text}`)))
  engine.run(3_600_000)
  const exit = fiber.pollUnsafe()
  if (exit?._tag !== "Success") throw new Error("The program did not end.")
  return { value: exit.value, log }
}

const short = (scenario: Scenario): Scenario => ({ ...scenario, clients: 5, duration: 20_000 })

const faulty = short(scenarioNamed("random-50"))

const draw = () => onVirtualTime(() => Effect.all([Random.next, Random.next, Random.nextInt])).value

const callOf = (id: number, token = false): Call => ({
  id,
  client: 0,
  bornAt: 0,
  deadline: 30_000,
  changes: true,
  token
})

// ---------------------------------------------------------------------------------------------------------------------
// Time
// ---------------------------------------------------------------------------------------------------------------------

describe("Engine", () => {
  it("lets events happen in the order of their times, and of their planning", () => {
    const engine = new Engine()
    const order: Array<string> = []
    const luck = new Rng(7, "arrivals")
    const times = Array.from({ length: 200 }, () => Math.floor(luck.next() * 50))
    times.forEach((time, i) => engine.at(time, () => order.push(`${engine.now}:${i}`)))
    engine.run(100)
    const expected = times.map((time, i) => ({ time, i })).sort((a, b) => a.time - b.time || a.i - b.i)
    assert.deepStrictEqual(order, expected.map(({ i, time }) => `${time}:${i}`))
    assert.strictEqual(engine.now, 100)
  })

  it("forgets what was cancelled, and stops at the end", () => {
    const engine = new Engine()
    const seen: Array<number> = []
    engine.cancel(engine.at(1, () => seen.push(1)))
    engine.at(2, () => seen.push(2))
    engine.at(3, () => seen.push(3))
    engine.run(2)
    assert.deepStrictEqual(seen, [2])
  })

  it("runs tasks before time goes on, lower priorities first", () => {
    const engine = new Engine()
    const seen: Array<string> = []
    engine.at(1, () => {
      engine.soon(() => seen.push("b"))
      engine.soon(() => seen.push("c"))
      engine.soon(() => seen.push("a"), -1)
    })
    engine.at(1, () => seen.push("d"))
    engine.run(1)
    assert.deepStrictEqual(seen, ["a", "b", "c", "d"])
  })
})

describe("VirtualClock", () => {
  it("wakes sleepers in order, however they were forked", () => {
    const { log } = onVirtualTime((log) =>
      Effect.forEach(
        [300, 100, 200, 100],
        (millis, i) => Effect.andThen(Effect.sleep(millis), Effect.sync(() => log(`${i}`))),
        { concurrency: "unbounded" }
      )
    )
    assert.deepStrictEqual(log, ["100 1", "100 3", "200 2", "300 0"])
  })

  it("ends timeouts and races, and interrupts the losers", () => {
    const { log, value } = onVirtualTime((log) =>
      Effect.gen(function*() {
        const slow = Effect.sleep("10 seconds").pipe(
          Effect.as("slow"),
          Effect.onInterrupt(() => Effect.sync(() => log("interrupted")))
        )
        const first = yield* slow.pipe(
          Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.succeed("late") })
        )
        log(first)
        const second = yield* Effect.race(slow, Effect.as(Effect.sleep(500), "quick"))
        log(second)
        return yield* Effect.timeoutOrElse(Effect.never, { duration: 1, orElse: () => Effect.succeed("end") })
      })
    )
    assert.strictEqual(value, "end")
    assert.deepStrictEqual(log, ["2000 interrupted", "2000 late", "2500 interrupted", "2500 quick"])
  })

  it("does not let time go on while a fiber has work", () => {
    const { log } = onVirtualTime((log) =>
      Effect.gen(function*() {
        const sleeper = yield* Effect.forkChild(Effect.andThen(Effect.sleep(1), Effect.sync(() => log("woke"))))
        for (let i = 0; i < 5_000; i++) yield* Effect.yieldNow
        log("worked")
        yield* Fiber.join(sleeper)
      })
    )
    assert.deepStrictEqual(log, ["0 worked", "1 woke"])
  })

  it("can be wrong on the wall without sleeping wrong", () => {
    const engine = new Engine()
    const clock = new VirtualClock(engine, (time) => time >= 1_000 ? 600_000 : 0)
    const run = Effect.runForkWith(services(engine, new Rng(1, "jitter"), clock))
    const read = Effect.all([Clock.currentTimeMillis, Clock.monotonicTimeNanos])
    const fiber = run(Effect.all([read, Effect.sleep(Duration.seconds(1)), read]))
    engine.run(1_000)
    const exit = fiber.pollUnsafe()
    assert.strictEqual(exit?._tag, "Success")
    if (exit?._tag !== "Success") return
    const [before, , after] = exit.value
    assert.deepStrictEqual(before, [epoch, 0n])
    assert.deepStrictEqual(after, [epoch + 601_000, 1_000_000_000n])
  })

  it("draws the same numbers from the same seed", () => {
    assert.deepStrictEqual(draw(), draw())
    assert.strictEqual(new Set(draw()).size, 3)
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Server
// ---------------------------------------------------------------------------------------------------------------------

describe("ModelServer", () => {
  const latency = { median: 60, sigma: 0 }

  it("executes a change as often as it is sent, and once with a token", () => {
    const engine = new Engine()
    const server = new ModelServer(engine, { latency, lost: 1 }, 1)
    for (const call of [callOf(0), callOf(0), callOf(0), callOf(1, true), callOf(1, true), callOf(2)]) {
      server.receive({ call, timestamp: 0, nonce: 0 }, () => assert.fail("a lost response came"))
    }
    engine.run(1_000)
    assert.deepStrictEqual([...server.executions], [[0, 3], [1, 1], [2, 1]])
    assert.strictEqual(server.duplicates, 2)
  })

  it("counts requests per second of its clock", () => {
    const engine = new Engine()
    const server = new ModelServer(engine, { latency, quota: 2 }, 1)
    const seen: Array<string> = []
    const send = (time: number, id: number) =>
      engine.at(
        time,
        () =>
          server.receive({ call: callOf(id), timestamp: time, nonce: id }, (response) =>
            seen.push(response.kind === "throttled" ? `${id}: ${response.observed} of ${response.limit}` : `${id}`))
      )
    send(900, 0)
    send(910, 1)
    send(920, 2)
    send(1_000, 3)
    engine.run(2_000)
    assert.deepStrictEqual(seen, ["2: 3 of 2", "0", "1", "3"])
  })

  it("refuses timestamps out of its window, and nonces that it has seen", () => {
    const engine = new Engine()
    const server = new ModelServer(engine, { latency, noncesCount: true }, 1)
    const seen: Array<string> = []
    for (const [timestamp, nonce] of [[300_001, 1], [-300_001, 1], [300_000, 1], [0, 1]] as const) {
      server.receive({ call: callOf(0), timestamp, nonce }, ({ kind }) => seen.push(kind))
    }
    engine.run(1_000)
    assert.deepStrictEqual(seen, ["clock", "clock", "nonce", "success"])
  })

  it("serves a queue in order, and not during a stall", () => {
    const engine = new Engine()
    const queue = { rate: 10, longest: 2, stall: { from: 50, to: 1_000 } }
    const server = new ModelServer(engine, { latency, queue }, 1)
    const seen: Array<string> = []
    for (const id of [0, 1, 2]) {
      server.receive(
        { call: callOf(id), timestamp: 0, nonce: id },
        ({ kind }) => seen.push(`${engine.now} ${id} ${kind}`)
      )
    }
    engine.run(5_000)
    assert.deepStrictEqual(seen, ["20 2 internal", "100 0 success", "1100 1 success"])
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Simulation
// ---------------------------------------------------------------------------------------------------------------------

describe("simulate", () => {
  it("has the same result for the same seed, and another for another", () => {
    const result = simulate(faulty, sides.ours, 11)
    assert.deepStrictEqual(simulate(faulty, sides.ours, 11), result)
    assert.notDeepEqual(simulate(faulty, sides.ours, 12), result)
  })

  it("asks all sides the same", () => {
    const asked = sides.all.map((side) => {
      const { calls, perSecond, reads } = simulate(faulty, side, 5)
      return { calls, reads, perSecond: perSecond.calls }
    })
    for (const each of asked) assert.deepStrictEqual(each, asked[0])
  })

  it("sees duplicates where a policy makes them, and none where it must not", () => {
    assert.isAbove(simulate(faulty, library.side({ idempotent: true }), 3).duplicates, 0)
    assert.strictEqual(simulate(faulty, sides.ours, 3).duplicates, 0)
    assert.strictEqual(simulate(faulty, sides.none, 3).duplicates, 0)
  })

  it("sees a call that never ends", () => {
    const silent: Side = { name: "silent", open: () => () => {} }
    const result = simulate(faulty, silent, 3)
    assert.strictEqual(result.failures.get("hung up"), result.calls)
  })

  it("sees a success that comes after the deadline", () => {
    const slow: Side = {
      name: "slow",
      open: ({ engine }) => (call, end) => void engine.at(call.deadline + 500, () => end(undefined))
    }
    const result = simulate(faulty, slow, 3)
    assert.strictEqual(result.succeeded, 0)
    assert.strictEqual(result.failures.get("too late"), result.calls)
  })

  it("corrects a wrong clock through the wire", () => {
    const wrong = short(scenarioNamed("clock-wrong"))
    assert.strictEqual(figures.success([simulate(wrong, sides.none, 3)], wrong), 0)
    assert.strictEqual(figures.success([simulate(wrong, sides.ours, 3)], wrong), 100)
  })
})

describe("requests", () => {
  it("are counted through what is put around a call", () => {
    const kind = requests.kinds.find(({ name }) => name === "6000")!
    const counts = requests.compositions.map((composition) => requests.count(kind, composition))
    assert.isAtMost(Math.max(...counts), 6)
    // retries around retries multiply, and that is seen
    assert.strictEqual(requests.count(kind, { name: "", around: Effect.retry({ times: 1 }) }), 12)
  })
})

describe("goals", () => {
  it("pass, or miss by their margin, or fail", () => {
    const check = { label: "", limit: 2, margin: 0.5, digits: 0, measure: () => 0 }
    const most = [2, 2.5, 2.6].map((value) => judge({ ...check, bound: "at most" }, value))
    const least = [2, 1.5, 1.4].map((value) => judge({ ...check, bound: "at least" }, value))
    assert.deepStrictEqual(most, ["pass", "within", "missed"])
    assert.deepStrictEqual(least, ["pass", "within", "missed"])
    assert.strictEqual(judge({ ...check, bound: "at most" }, Infinity), "missed")
    assert.deepStrictEqual(goals([]).map(({ name }) => name), Array.from({ length: 12 }, (_, i) => `G${i + 1}`))
  })
})
