/**
 * Our side: the shipped client itself, one instance for each process, on the wire of `http.ts`. Nothing of its
 * behaviour is modelled here; this file only says what the model server answers in the words of API 2.0.
 */
import { TencentClient, TencentCredentials, type TencentQuotaStore } from "effect-tencentcloud/client"
import { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { RedisServer } from "../../test/support/redis.ts"
import * as http from "./http.ts"
import type { Answer, Call } from "./server.ts"
import type { Side, World } from "./simulate.ts"
import { epoch, services, VirtualClock } from "./virtual.ts"

const request = Schema.Struct({ callId: Schema.Number, clientToken: Schema.optionalKey(Schema.String) })

const response = Schema.Struct({ totalCount: Schema.Number })

export const DescribeInstances = TencentAction.make("DescribeInstances", { module: "cvm", request, response })

export const RunInstances = TencentAction.make("RunInstances", { module: "cvm", request, response })

export const credentials = TencentCredentials.layer({
  secretId: "AKIDexample",
  secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA")
})

const successText = JSON.stringify({ code: 0, message: "", codeDesc: "Success", totalCount: 1 })

const fault = (code: number, message: string, codeDesc: string, date: number): http.Reply => ({
  status: 200,
  text: JSON.stringify({ code, message, codeDesc }),
  date
})

export const toReply = (answer: Answer): http.Reply => {
  switch (answer.kind) {
    case "refused":
      return { code: "ECONNREFUSED" }
    case "success":
      return { status: 200, text: successText, date: answer.date }
    case "missing":
      return fault(5000, "(100003)there is no such instance", "ResourceNotFound", answer.date)
    case "internal":
      return fault(6000, "(100001)internal error", "InternalError", answer.date)
    case "maintenance":
      return fault(6200, "(100002)the action is closed for maintenance", "ActionUnavailable", answer.date)
    case "clock":
      return fault(4500, "(4500)The timestamp is too far from the time of the server", "ReplayAttack", answer.date)
    case "nonce":
      return fault(4500, "(4500)The nonce was used before", "ReplayAttack", answer.date)
    case "throttled":
      return fault(
        4400,
        `Your current request times equals to \`${answer.observed}\` in a second, which exceeds the frequency limit ` +
          `\`${answer.limit}\` for a second`,
        "RequestLimitExceeded",
        answer.date
      )
  }
}

const reasonOf = (exit: Exit.Failure<unknown, { readonly _tag: string }>): string =>
  Option.match(Cause.findErrorOption(exit.cause), {
    onNone: () => Cause.pretty(exit.cause),
    onSome: ({ _tag }) => _tag
  })

export interface Options {
  readonly name?: string | undefined
  /** Says of every call that it may be repeated. A lie, to see that duplicates are counted. */
  readonly idempotent?: true | undefined
  readonly client?: Partial<TencentClient.Options> | undefined
  /** The processes share their quota over a Redis, with a connection for each. */
  readonly quotaStore?: true | undefined
}

const redisServers = new WeakMap<World, RedisServer>()

const quotaStore = (world: World): Layer.Layer<TencentQuotaStore.TencentQuotaStore> => {
  const server = redisServers.get(world) ?? new RedisServer(() => epoch + world.engine.now)
  redisServers.set(world, server)
  return TencentQuotaStoreRedis.layer({ account: "100000000001" }).pipe(Layer.provide(server.layer))
}

/** The library as a side of a comparison. */
export const side = (options: Options = {}): Side => ({
  name: options.name ?? "effect-tencentcloud",
  plays: options.quotaStore && (({ server }) => server.quota !== undefined),
  open: (world, client) => {
    const { engine, scenario } = world
    const open = new Map<number, Call>()
    const wire = http.client((parameters, reply) => {
      const call = open.get(Number(parameters.get("callId")))
      if (call === undefined) throw new Error("An attempt of a call that has ended.")
      const timestamp = Number(parameters.get("Timestamp")) * 1000 - epoch
      world.send({ call, timestamp, nonce: Number(parameters.get("Nonce")) }, (answer) => reply(toReply(answer)))
    })
    const run = Effect.runForkWith(services(engine, world.rng(client), clockOf(world, client)))
    const layer = TencentClient.layer({
      region: "ap-guangzhou",
      attemptTimeout: scenario.attemptTimeout,
      deadline: scenario.patience,
      ...options.client
    }).pipe(
      Layer.provide(credentials),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, wire)),
      options.quotaStore ? Layer.provide(quotaStore(world)) : identity
    )
    // The client lives as long as the simulation.
    const built = run(Effect.provide(Layer.build(layer), Layer.succeed(Scope.Scope, Scope.makeUnsafe())))
    engine.settle()
    const exit = built.pollUnsafe()
    if (exit?._tag !== "Success") throw new Error("The client was not built.")
    const { call: send } = Context.get(exit.value, TencentClient.TencentClient)

    return (call, end) => {
      open.set(call.id, call)
      const fiber = run(
        send(
          call.changes ? RunInstances : DescribeInstances,
          { callId: call.id, ...(call.token && { clientToken: `token-${call.id}` }) },
          { idempotent: options.idempotent ?? (call.token ? true : undefined) }
        )
      )
      fiber.addObserver((exit) => {
        open.delete(call.id)
        const reason = exit._tag === "Success" ? undefined : reasonOf(exit)
        end(reason === "ResourceNotFound" ? "missing" : reason)
      })
    }
  }
})

const clockOf = ({ engine, scenario }: World, client: number): VirtualClock =>
  new VirtualClock(engine, (time) => scenario.clockError?.(client, time) ?? 0)
