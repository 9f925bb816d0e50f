/**
 * The whole tour. It needs a terminal and the file system, and serves its own gateway on a free port of this machine.
 */
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import type { Language } from "effect-tencentcloud/ErrorKindText"
import { TencentGateway } from "effect-tencentcloud/testing"
import { createServer } from "node:http"
import { screen } from "../terminal.ts"
import { api3 } from "./api3.ts"
import { allCodes } from "./codes.ts"
import { documentedResponses } from "./documented.ts"
import { defaultPolicies } from "./policies.ts"
import { recoveries } from "./recoveries.ts"
import { Promises } from "./report.ts"

/** The gateway, and an HTTP client to reach it with. */
export const network = Layer.merge(
  TencentGateway.layer().pipe(
    Layer.provide(NodeHttpServer.layerServer(() => createServer(), { host: "127.0.0.1", port: 0 }))
  ),
  NodeHttpClient.layerUndici
)

/** Fails with the promises that were not kept. */
export const tour = Effect.fnUntraced(
  function*({ language }: { readonly language: Language }) {
    yield* documentedResponses(language)
    yield* Effect.all([allCodes(language), recoveries, api3], { discard: true }).pipe(Effect.provide(network))
    yield* defaultPolicies
    const kept = yield* Promises.use(({ settle }) => settle)
    const { styles } = yield* screen
    yield* Console.log(`\n${styles.green(`All ${kept} promises were kept.`)}`)
  },
  Effect.provide(Promises.layer)
)
