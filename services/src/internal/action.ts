/**
 * What a module of a service calls for each of its types and actions. An action is a small object until it is used: its schemas,
 * its error types and its protocol are built then.
 */
import { TencentAction, type TencentError } from "effect-tencentcloud/v3"
import type * as Schema from "effect/Schema"
import { eventCodec, requestCodec, responseCodec, uploadCodec } from "./codec.ts"
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
  /** Whether its response can be a stream of events, each with the members of the response. */
  readonly stream?: boolean
  /** How it returns its list in pages, see {@link pagesOf}. */
  readonly pages?: string
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
  readonly skipSign: boolean
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
  get event(): Schema.Codec<unknown, unknown> {
    return eventCodec(this.described.response, `${this.identifier}Event`)
  }
  get errors(): Codes {
    return codesOf(this.codes)
  }
}

type Pages = TencentAction.PagedAction<never, unknown, unknown, unknown, string>["pages"]

/** Reads a member of an object, or of an object in it. */
const memberAt = (path: string) => {
  const names = path.split(".")
  return (value: unknown): unknown => {
    let member = value
    // A response has what its description says, or nothing.
    for (const name of names) member = (member as { readonly [name: string]: unknown } | undefined)?.[name]
    return member
  }
}

/** The line `pages` of a description, with ` text` at its end where the request has its numbers as text. */
const pagesOf = (line: string): Pages => {
  const [items = "", total, style, cursor, limit, ...rest] = line.split(" ")
  return {
    items: memberAt(items) as Pages["items"],
    total: total === "." ? undefined : memberAt(total!) as Pages["total"],
    [style === "token" ? "token" : style === "page" ? "page" : "offset"]: cursor,
    limit: limit === "." ? undefined : limit,
    nextToken: style === "token" ? memberAt(rest[0]!) as Pages["nextToken"] : undefined,
    asText: rest.at(-1) === "text"
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
    upload: options.upload === true,
    skipSign: options.skipSign === true
  }
  const built = new ActionOptions(service, version, name, described, codes, options)
  const action = options.stream === true ? TencentAction.makeStream(name, built) : TencentAction.make(name, built)
  if (options.pages !== undefined) Object.assign(action, { pages: pagesOf(options.pages) })
  // Not enumerable: a copy of an action with another schema is not described.
  return Object.defineProperty(action, DescribedId, { value: described })
}
