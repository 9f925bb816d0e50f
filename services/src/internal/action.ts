/**
 * What a module of a service calls for each of its types and actions. An action is a small object until it is used: its schemas,
 * its error types and its protocol are built then.
 */
import { TencentAction, type TencentError } from "effect-tencentcloud/v3"
import type * as Schema from "effect/Schema"
import { requestCodec, responseCodec, uploadCodec } from "./codec.ts"
import type { Type } from "./compact.ts"

const noReferences: Type["references"] = () => []

/** A type of a service, by its compact text. */
export const type = (text: string, references: Type["references"] = noReferences): Type => ({ text, references })

/** What a module says of an action, where it is not the usual. */
export interface Options {
  readonly idempotent?: boolean
  readonly clientToken?: boolean
  readonly skipSign?: boolean
  /** Its request is not JSON. */
  readonly upload?: boolean
}

/** Part of every request. */
export interface Extra {
  /** Members that are newer than the description of the action. They are sent as they are. */
  readonly extra?: { readonly [member: string]: unknown } | undefined
}

/** The description of an action, for what reads and makes its requests and responses. */
export interface Described {
  readonly request: Type
  readonly response: Type
  /** Whether its request is not JSON. */
  readonly upload: boolean
}

const DescribedId = "~effect-tencentcloud-services/Described"

/** The description of an action, if it is one of this package. */
export const describedOf = (action: object): Described | undefined =>
  DescribedId in action ? action[DescribedId] as Described : undefined

/** The schema of the request of an action. */
export const requestSchema = ({ request, upload }: Described, identifier: string): Schema.Codec<unknown, unknown> =>
  upload ? uploadCodec(`${identifier}Request`) : requestCodec(request, `${identifier}Request`)

type Codes = { readonly [K in TencentError.CodeKind]?: ReadonlyArray<string> }

/** `notFound A B;request C` as lists by kind. */
const codesOf = (errors: string): Codes =>
  Object.fromEntries(
    errors.split(";").filter((list) => list !== "").map((list) => {
      const [kind, ...codes] = list.split(" ")
      return [kind, codes] as const
    })
  )

/** The options of an action, which are built when they are read. A class, because an object with getters costs ten times as much. */
class ActionOptions {
  readonly service: string
  readonly version: string
  readonly idempotent: boolean | undefined
  readonly clientToken: boolean | undefined
  readonly skipSign: boolean | undefined
  private readonly identifier: string
  private readonly described: Described
  private readonly codes: string
  constructor(service: string, version: string, name: string, described: Described, codes: string, options: Options) {
    this.service = service
    this.version = version
    this.idempotent = options.idempotent
    this.clientToken = options.clientToken
    this.skipSign = options.skipSign
    this.identifier = `${service}.${name}`
    this.described = described
    this.codes = codes
  }
  get request(): Schema.Codec<unknown, unknown> {
    return requestSchema(this.described, this.identifier)
  }
  get response(): Schema.Codec<unknown, unknown> {
    return responseCodec(this.described.response, `${this.identifier}Response`)
  }
  get errors(): Codes {
    return codesOf(this.codes)
  }
}

const none: Options = {}

/** An action of a service, by the compact texts of its request and its response and its codes by kind. */
export const action = (
  [service, version]: readonly [service: string, version: string],
  name: string,
  request: string,
  response: string,
  codes: string,
  references: Type["references"] = noReferences,
  options: Options = none
): TencentAction.Action<never, unknown, unknown> => {
  const described: Described = {
    request: type(request, references),
    response: type(response, references),
    upload: options.upload === true
  }
  const action = TencentAction.make(name, new ActionOptions(service, version, name, described, codes, options))
  // Not enumerable: a copy of an action with another schema is not described.
  return Object.defineProperty(action, DescribedId, { value: described })
}
