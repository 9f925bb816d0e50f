/**
 * Clients with keys of the tests, and two actions for them: one that reads and one that changes something.
 */
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentAction } from "effect-tencentcloud/v2"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export const secretId = "AKIDexample"
export const secretKey = "canaryKey+/with==marks"
export const token = "canaryToken/+=&<>\"'"

export const keys: TencentCredentials.Credentials = { secretId, secretKey: Redacted.make(secretKey) }
export const temporaryKeys: TencentCredentials.Credentials = { ...keys, token: Redacted.make(token) }

export const Read = TencentAction.make("DescribeInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.optionalKey(Schema.Unknown) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

export const Write = TencentAction.make("RunInstances", {
  module: "cvm",
  request: Schema.Struct({ limit: Schema.optionalKey(Schema.Unknown) }),
  response: Schema.Struct({ totalCount: Schema.Number })
})

/** Numbered keys; `same` makes the source return the first ones again. */
export const issuer = (options: { readonly same?: boolean; readonly failing?: boolean } = {}) => {
  let loads = 0
  const layer = TencentCredentials.layerRefreshing(Effect.suspend(() => {
    loads++
    return options.failing === true && loads > 1
      ? Effect.fail(new TencentCredentials.CredentialsUnavailable({ message: "no" }))
      : Effect.succeed({ secretId: `AKID${options.same === true ? 1 : loads}`, secretKey: Redacted.make(secretKey) })
  }))
  return { layer, loads: () => loads }
}

/** A client that lives as long as the scope, for several calls. */
export const clientOf = <E>(
  http: Layer.Layer<HttpClient.HttpClient, E>,
  options?: TencentClient.Options,
  credentials: Layer.Layer<TencentCredentials.TencentCredentials> = TencentCredentials.layer(keys)
) =>
  Effect.map(
    Layer.build(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(Layer.provide([credentials, http]))
    ),
    (context) => Context.get(context, TencentClient.TencentClient)
  )

/** One call to one of the two actions, with a client of its own. */
export const callWith = (
  http: Layer.Layer<HttpClient.HttpClient>,
  action: typeof Read,
  options?: TencentClient.Options & {
    readonly credentials?: Layer.Layer<TencentCredentials.TencentCredentials>
    readonly call?: TencentClient.CallOptions
  }
) =>
  Effect.flatMap(TencentClient.TencentClient, (client) => client.call(action, {}, options?.call)).pipe(
    Effect.provide(
      TencentClient.layer({ region: "ap-guangzhou", ...options }).pipe(
        Layer.provide([options?.credentials ?? TencentCredentials.layer(keys), http])
      )
    )
  )
