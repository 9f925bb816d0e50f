/**
 * What the package knows of an action besides calling it: the schemas of its request and of its response, and examples of both, for
 * servers and tests. Programs that call actions do not need it.
 */
import type { TencentAction } from "effect-tencentcloud/v3"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { describedOf } from "./internal/action.ts"
import { digits, requestCodec, responseCodec, responseType } from "./internal/codec.ts"
import { checkExact } from "./internal/exact.ts"
import { example } from "./internal/example.ts"
import { readerOf } from "./internal/read.ts"
import { Unfit } from "./internal/unfit.ts"

/**
 * The description of an action.
 *
 * @category models
 */
export interface Description<Request, Response> {
  /** Takes the requests that may be sent, on both sides. */
  readonly request: Schema.Codec<Request, unknown>
  /** Reads a response as leniently as the client does. */
  readonly response: Schema.Codec<Response, unknown>
  /** A request that may be sent, the same one for the same seed: with all that it needs, and some of what it can have. */
  readonly exampleRequest: (seed: number) => Request
  /** A response with all its members, the same one for the same seed. */
  readonly exampleResponse: (seed: number) => Response
}

/**
 * The description of an action of this package, or none for an action of someone else.
 *
 * **Example** (A response for a test)
 *
 * ```ts
 * import { Description } from "effect-tencentcloud-services"
 * import { DescribeZones } from "effect-tencentcloud-services/cvm"
 * import { Option } from "effect"
 *
 * const { exampleResponse } = Option.getOrThrow(Description.of(DescribeZones))
 * console.log(Object.keys(exampleResponse(1))) // => [ 'TotalCount', 'ZoneSet', 'RequestId' ]
 * ```
 *
 * @category constructors
 */
export const of = <Request, Response, Error, R>(
  action: TencentAction.Action<Request, Response, Error, R>
): Option.Option<Description<Request, Response>> => {
  const described = describedOf(action)
  if (described === undefined) return Option.none()
  const { request, response } = described
  const name = `${action.service}.${action.name}`
  return Option.some({
    request: requestCodec(request, `${name}Request`),
    response: responseCodec(response, `${name}Response`),
    exampleRequest: (seed: number) => example(request, "request", seed),
    exampleResponse: (seed: number) => example(responseType(response), "response", seed)
  } as Description<Request, Response>) // The declarations of a module are made from the same description.
}

/**
 * An action as a server of tests knows it: `TencentGateway` takes them as `actions`.
 *
 * @category models
 */
export interface Served {
  /** The name of the action, such as `DescribeZones`. */
  readonly name: string
  /** The service, such as `cvm`. */
  readonly service: string
  /** The version of the service, such as `2017-03-12`. */
  readonly version: string
  /** Whether a request without a signature is served. */
  readonly skipSign: boolean
  /** The members of the response to every request: an example. */
  readonly response: { readonly [member: string]: unknown }
}

/**
 * Some actions for a gateway, each with an example of its response, the same one for the same seed. Actions of someone else are left
 * out.
 *
 * **Example** (The actions of a service)
 *
 * ```ts
 * import { Description } from "effect-tencentcloud-services"
 * import * as sms from "effect-tencentcloud-services/sms"
 *
 * const [first] = Description.served(Object.values(sms))
 * console.log(first?.service, first?.name) // => sms AddSmsSign
 * ```
 *
 * @category constructors
 */
export const served = (
  actions: ReadonlyArray<Pick<TencentAction.Action<never, unknown, unknown>, "name" | "service" | "version">>,
  seed = 0
): ReadonlyArray<Served> =>
  actions.flatMap((action) => {
    const described = describedOf(action)
    if (described === undefined) return []
    const { name, service, version } = action
    const response = example(described.response, "response", seed)
    return [{ name, service, version, skipSign: described.skipSign, response }]
  })

/**
 * The body of a response as `TencentClientTest` takes it in a script.
 *
 * @category models
 */
export type Scripted = { readonly Response: { readonly [member: string]: unknown } }

/**
 * A response of an action for a script of `TencentClientTest`, checked against its description. Without a `RequestId` the client
 * reads an empty one.
 *
 * The client reads leniently, so a typo in a script would go unnoticed: its member would be dropped. Here it does not compile, and
 * what has no type (a fixture from a file) throws where the script is written, with the path of the first member that the client
 * would not read as it is written. So does an action of someone else.
 *
 * **Example** (A typo in a script)
 *
 * ```ts
 * import { Description } from "effect-tencentcloud-services"
 * import { DescribeZones } from "effect-tencentcloud-services/cvm"
 *
 * const { Response } = Description.scripted(DescribeZones, { TotalCount: 1, ZoneSet: [{ Zone: "ap-guangzhou-3" }] })
 * console.log(Response["TotalCount"]) // => 1
 *
 * const fixture = JSON.parse(`{ "TotalCount": 1, "ZoneSets": [] }`)
 * try {
 *   Description.scripted(DescribeZones, fixture)
 * } catch (error) {
 *   console.log(String(error)) // => TypeError: The response of cvm.DescribeZones, at ZoneSets: There is no such member
 * }
 * ```
 *
 * @category constructors
 */
export const scripted = <Request, Response, Error, R>(
  action: TencentAction.Action<Request, Response, Error, R>,
  response: NoInfer<Omit<Response, "RequestId"> & { readonly RequestId?: string | undefined }>
): Scripted => {
  const described = describedOf(action)
  const name = `${action.service}.${action.name}`
  if (described === undefined) throw new TypeError(`${name} is not an action of effect-tencentcloud-services`)
  try {
    checkExact(response, readerOf(responseType(described.response))(response))
  } catch (error) {
    if (!(error instanceof Unfit)) throw error
    const at = error.path.length === 0 ? "" : `, at ${error.path.join(".")}`
    throw new TypeError(`The response of ${name}${at}: ${error.message}`, { cause: error })
  }
  return { Response: digits(response) as Scripted["Response"] } // It was read as an object.
}
