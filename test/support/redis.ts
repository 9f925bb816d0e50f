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

export class RedisServer {
  /** `refuses` fails each command; `silent` never answers. */
  mode: "works" | "refuses" | "silent" = "works"
  /** All commands, without their arguments. */
  readonly commands: Array<string> = []
  /** Milliseconds, with fractions. */
  private readonly now: () => number
  private readonly values = new Map<string, { readonly value: string; readonly until: number }>()
  private readonly scripts = new Map<string, Script>()

  constructor(now: () => number) {
    this.now = now
  }

  /** What is kept, and for how many milliseconds more. */
  get kept(): ReadonlyArray<readonly [key: string, value: string, millis: number]> {
    return [...this.values].filter(([, { until }]) => until > this.now())
      .map(([key, { until, value }]) => [key, value, until - this.now()] as const)
  }

  flushScripts(): void {
    this.scripts.clear()
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
        return found !== undefined && found.until > this.now() ? found.value : false
      }
      case "SET": {
        const [key, value, unit, time] = args as [string, string, string, string]
        if (unit !== "PX" || !/^[1-9]\d*$/.test(time)) throw new Error("ERR value is not an integer or out of range")
        this.values.set(key, { value, until: this.now() + Number(time) })
        return "OK"
      }
      case "SCRIPT": {
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
    return Effect.suspend(() => {
      this.commands.push(command)
      if (this.mode === "silent") return Effect.never
      if (this.mode === "refuses") return Effect.fail(new Redis.RedisError({ cause: new Error("ECONNREFUSED") }))
      return Effect.try({
        try: () => this.run(command, args) as A,
        catch: (cause) => new Redis.RedisError({ cause })
      })
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
