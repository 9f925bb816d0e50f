/**
 * A Redis in memory that runs Lua, for scripts that must be tested as they are shipped. It knows the commands that the library
 * uses. Its clock is the one it is given, so that it can stand still, run ahead or be that of a simulation.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import { createHash } from "node:crypto"
import { LuaFactory } from "wasmoon"

const lua = await new LuaFactory().createEngine()

type Script = (keys: ReadonlyArray<string>, args: ReadonlyArray<string>) => unknown

const failure = (text: string) => Effect.fail(new Redis.RedisError({ cause: new Error(text) }))

/** A value with its time to live. A list is here for being no text. */
interface Entry {
  readonly value: string | ReadonlyArray<string>
  readonly until: number
}

export class RedisServer {
  /**
   * What happens to a command: `refuses` has no connection, `silent` never responds, `stalls` keeps it until `resume`, as a real
   * one does while it is swapped out: it runs then, whoever still waits. Any other text is the error that it responds with.
   */
  mode: string = "works"
  /** All commands, without their arguments. */
  readonly commands: Array<string> = []
  /** Milliseconds, with fractions. */
  private readonly now: () => number
  private readonly values = new Map<string, Entry>()
  private readonly stalled: Array<() => void> = []
  private readonly scripts = new Map<string, Script>()

  constructor(now: () => number) {
    this.now = now
  }

  /** What is kept, and for how many milliseconds more. */
  get kept(): ReadonlyArray<readonly [key: string, millis: number]> {
    return [...this.values].filter(([, { until }]) => until > this.now())
      .map(([key, { until }]) => [key, until - this.now()] as const)
  }

  /** Runs the commands that have stalled. */
  resume(): void {
    this.mode = "works"
    for (const run of this.stalled.splice(0)) run()
  }

  private run(command: string, args: ReadonlyArray<string>): unknown {
    switch (command) {
      case "TIME": {
        const micros = Math.floor(this.now() * 1000)
        return [String(Math.floor(micros / 1e6)), String(micros % 1e6)]
      }
      case "GET": {
        const found = this.values.get(args[0]!)
        // Lua sees a missing value as false.
        if (found === undefined || found.until <= this.now()) return false
        if (typeof found.value === "string") return found.value
        throw new Error("WRONGTYPE Operation against a key holding the wrong kind of value")
      }
      case "SET": {
        const [key, value, unit, time] = args as [string, string, string?, string?]
        if (unit !== undefined && (unit !== "PX" || !/^[1-9]\d*$/.test(time!))) {
          throw new Error("ERR value is not an integer or out of range")
        }
        this.values.set(key, { value, until: unit === undefined ? Infinity : this.now() + Number(time) })
        return "OK"
      }
      case "RPUSH": {
        this.values.set(args[0]!, { value: args.slice(1), until: Infinity })
        return args.length - 1
      }
      case "PTTL": {
        const until = this.values.get(args[0]!)?.until ?? 0
        if (until <= this.now()) return -2
        return until === Infinity ? -1 : until - this.now()
      }
      case "SCRIPT": {
        if (args[0] === "FLUSH") {
          this.scripts.clear()
          return "OK"
        }
        const text = args[1]!
        const sha = createHash("sha1").update(text).digest("hex")
        this.scripts.set(
          sha,
          lua.doStringSync(`return function(redis, KEYS, ARGV) ${text} end`).bind(undefined, {
            call: (command: string, ...args: ReadonlyArray<unknown>) => this.run(command, args.map(String))
          })
        )
        return sha
      }
      case "EVALSHA": {
        const script = this.scripts.get(args[0]!)
        if (script === undefined) throw new Error("NOSCRIPT No matching script.")
        const keys = Number(args[1])
        return script(args.slice(2, 2 + keys), args.slice(2 + keys))
      }
      default:
        throw new Error(`ERR unknown command '${command}'`)
    }
  }

  private send<A>(command: string, args: ReadonlyArray<string>): Effect.Effect<A, Redis.RedisError> {
    const respond = (): Effect.Effect<A, Redis.RedisError> => {
      try {
        return Effect.succeed(this.run(command, args) as A)
      } catch (cause) {
        return Effect.fail(new Redis.RedisError({ cause }))
      }
    }
    return Effect.suspend(() => {
      this.commands.push(command)
      switch (this.mode) {
        case "works":
          return respond()
        case "silent":
          return Effect.never
        case "refuses":
          return failure("ECONNREFUSED")
        case "stalls":
          return Effect.callback((resume) => void this.stalled.push(() => resume(respond())))
        default:
          return failure(this.mode)
      }
    })
  }

  /** A connection of its own for each process. */
  get layer(): Layer.Layer<Redis.Redis> {
    const send = <A>(command: string, ...args: ReadonlyArray<string>) => this.send<A>(command, args)
    return Layer.effect(
      Redis.Redis,
      Redis.make({
        send,
        subscribe: () => Effect.die(new Error("not used")),
        connect: Effect.die(new Error("not used"))
      })
    )
  }
}
