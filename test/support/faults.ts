/**
 * A call that meets injected faults over real HTTP, with the request log of the gateway as the witness of what was executed.
 */
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import type { TencentGateway } from "effect-tencentcloud/testing"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { gateway, testCredential } from "./gateway.ts"
import { until } from "./until.ts"

type Client = TencentClient.TencentClient["Service"]

/** Makes a call that meets the faults: how it ended, and whether any of its requests was executed. */
export const meetFaults = <A, E>(
  call: (client: Client) => Effect.Effect<A, E>,
  faults: ReadonlyArray<TencentGateway.InjectedFault>,
  retry: TencentRetry.Policy<never>
) =>
  Effect.gen(function*() {
    const g = yield* gateway
    yield* g.reset
    for (const fault of faults) yield* g.injectFault(fault)
    const client = TencentClient.layer({
      region: "ap-guangzhou",
      endpoint: new URL(g.url),
      retry,
      // As long as a big body takes, unless it is this that is tested: then long enough for a request to arrive.
      attemptTimeout: faults.some(({ delay }) => delay !== undefined) ? "1 second" : "5 seconds"
    }).pipe(
      Layer.provide(TencentCredentials.layer(testCredential)),
      Layer.provide(Layer.succeed(HttpClient.HttpClient, yield* HttpClient.HttpClient))
    )
    const result = yield* TencentClient.TencentClient.use(call).pipe(
      Effect.result,
      Effect.provide(client),
      Effect.provide(TencentRetry.Budget.none)
    )
    // A request is executed also after its client has gone.
    yield* until(
      Effect.map(g.requests, (all) => all.every(({ fault, status }) => fault !== "Delay" || status !== undefined))
    )
    const requests = yield* g.requests
    const executions = requests.filter(({ executed }) => executed).length
    return { result, requests, executions, executed: executions > 0 }
  })
