/**
 * Our side: the shipped client itself, one instance for each process, on the wire of `http.ts`. Nothing of its
 * behaviour is modelled here; this file only writes the responses of the model server in the words of API 2.0.
 */
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
import {
  TencentAction,
  TencentClient,
  TencentCredentials,
  type TencentQuotaStore,
  TencentQuotaStoreRedis
} from "../library.ts"
import * as http from "./http.ts"
import type { Call, Response } from "./server.ts"
import type { Environment, Side } from "./simulate.ts"
import { epoch, services, VirtualClock } from "./virtual.ts"

const request = Schema.Struct({ callId: Schema.Number, clientToken: Schema.optionalKey(Schema.String) })

const response = Schema.Struct({ totalCount: Schema.Number })

export const DescribeInstances = TencentAction.make("DescribeInstances", { module: "cvm", request, response })

export const RunInstances = TencentAction.make("RunInstances", { module: "cvm", request, response })

const credentials = TencentCredentials.layer({
  secretId: "AKIDexample",
  secretKey: Redacted.make("Gu5t9xGARNpq86cd98joQYCN3Cozk1qA")
})

const successText = JSON.stringify({ code: 0, message: "", codeDesc: "Success", totalCount: 1 })

const fault = (code: number, message: string, codeDesc: string, date: number): http.Received => ({
  status: 200,
  text: JSON.stringify({ code, message, codeDesc }),
  date
})

const received = (response: Response): http.Received => {
  switch (response.kind) {
    case "refused":
      return { code: "ECONNREFUSED" }
    case "success":
      return { status: 200, text: successText, date: response.date }
    case "internal":
      return fault(6000, "(100001)internal error", "InternalError", response.date)
    case "maintenance":
      return fault(6200, "(100002)the action is closed for maintenance", "ActionUnavailable", response.date)
    case "clock":
      return fault(4500, "(4500)The timestamp is too far from the time of the server", "ReplayAttack", response.date)
    case "nonce":
      return fault(4500, "(4500)The nonce was used before", "ReplayAttack", response.date)
    case "throttled":
      return fault(
        4400,
        `Your current request times equals to \`${response.observed}\` in a second, which exceeds the frequency limit ` +
          `\`${response.limit}\` for a second`,
        "RequestLimitExceeded",
        response.date
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
  /** The processes share their quota over a Redis, with a connection for each. */
  readonly quotaStore?: true | undefined
}

const redisServers = new WeakMap<Environment, RedisServer>()

const quotaStore = (environment: Environment): Layer.Layer<TencentQuotaStore.TencentQuotaStore> => {
  const server = redisServers.get(environment) ?? new RedisServer(() => epoch + environment.engine.now)
  redisServers.set(environment, server)
  return TencentQuotaStoreRedis.layer({ account: "100000000001" }).pipe(Layer.provide(server.layer))
}

/** The library as a side of a comparison. */
export const side = (options: Options = {}): Side => ({
  name: options.name ?? "effect-tencentcloud",
  plays: options.quotaStore && (({ server }) => server.quota !== undefined),
  open: (environment, client) => {
    const { engine, scenario } = environment
    const open = new Map<number, Call>()
    const wire = http.client((parameters, respond) => {
      const call = open.get(Number(parameters.get("callId")))
      if (call === undefined) throw new Error("An attempt of a call that has ended.")
      const timestamp = Number(parameters.get("Timestamp")) * 1000 - epoch
      const nonce = Number(parameters.get("Nonce"))
      environment.send({ call, timestamp, nonce }, (response) => respond(received(response)))
    })
    const run = Effect.runForkWith(services(engine, environment.rng(client), clockOf(environment, client)))
    const layer = TencentClient.layer({
      region: "ap-guangzhou",
      attemptTimeout: scenario.attemptTimeout,
      deadline: scenario.patience
    }).pipe(
      Layer.provide(credentials),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, wire)),
      options.quotaStore ? Layer.provide(quotaStore(environment)) : identity
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
        end(exit._tag === "Success" ? undefined : reasonOf(exit))
      })
    }
  }
})

const clockOf = ({ engine, scenario }: Environment, client: number): VirtualClock =>
  new VirtualClock(engine, (time) => scenario.clockError?.(client, time) ?? 0)
