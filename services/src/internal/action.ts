/**
 * What a module of a service calls for each of its types and actions. An action is a small object until it is used: its schemas,
 * its error types and its protocol are built then.
 */
import { TencentAction, type TencentError } from "effect-tencentcloud/v3"
import { eventCodec, requestCodec, responseCodec } from "./codec.ts"
import type { Type } from "./compact.ts"

const noReferences: Type["references"] = () => []

/** A type of a service, by its compact text. */
export const type = (text: string, references: Type["references"] = noReferences): Type => ({ text, references })

/** What a module says of an action, where it is not the usual. */
export interface Options {
  readonly idempotent?: boolean
  readonly clientToken?: boolean
  readonly skipSign?: boolean
  /** What its request is, where that is not JSON. */
  readonly body?: "multipart" | "octetStream"
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
  readonly skipSign: boolean
}

/** A name, because each entry of the package has a class of its own. */
const DescribedId = "~effect-tencentcloud-services/Described"

/** The description of an action, if it is one of this package. */
export const describedOf = (action: object): Described | undefined =>
  DescribedId in action ? action[DescribedId] as Described : undefined

type Codes = { readonly [K in TencentError.CodeKind]?: ReadonlyArray<string> }

/** `notFound A B;request C` as lists by kind. */
const codesOf = (errors: string): Codes =>
  Object.fromEntries(
    errors.split(";").filter((list) => list !== "").map((list) => {
      const [kind, ...codes] = list.split(" ")
      return [kind, codes] as const
    })
  )

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

type AnyAction = TencentAction.Action<never, unknown, unknown>

/**
 * An action by its compact texts. It is one that `TencentAction.make` makes, but for when: a module has hundreds, and a program
 * that imports it uses a few. So it keeps the texts alone, in a class, and what depends on them is built at its first use.
 */
class ServiceAction implements AnyAction {
  readonly name: string
  readonly service: string
  readonly version: string
  private readonly request: string
  private readonly response: string
  private readonly codes: string
  private readonly references: Type["references"]
  private readonly options: Options
  private built: AnyAction | undefined

  constructor(
    at: readonly [service: string, version: string],
    name: string,
    request: string,
    response: string,
    codes: string,
    references: Type["references"],
    options: Options
  ) {
    this.name = name
    this.service = at[0]
    this.version = at[1]
    this.request = request
    this.response = response
    this.codes = codes
    this.references = references
    this.options = options
    this.built = undefined
  }

  get [DescribedId](): Described {
    const { options, references, request, response } = this
    return {
      request: type(request, references),
      response: type(response, references),
      skipSign: options.skipSign === true
    }
  }

  private get action(): AnyAction {
    return this.built ??= this.build()
  }

  private build(): AnyAction {
    const { name, options, service, version, [DescribedId]: described } = this
    const { body, clientToken, idempotent, skipSign, stream } = options
    const identifier = `${service}.${name}`
    const made = {
      service,
      version,
      body,
      idempotent,
      clientToken,
      skipSign,
      request: requestCodec(described.request, `${identifier}Request`),
      response: responseCodec(described.response, `${identifier}Response`),
      errors: codesOf(this.codes)
    }
    return stream === true
      ? TencentAction.makeStream(name, { ...made, event: eventCodec(described.response, `${identifier}Event`) })
      : TencentAction.make(name, made)
  }

  get idempotent() {
    return this.action.idempotent
  }
  get quota() {
    return this.action.quota
  }
  get attemptTimeout() {
    return this.action.attemptTimeout
  }
  get error() {
    return this.action.error
  }
  get protocol() {
    return this.action.protocol
  }
  get pages(): Pages | undefined {
    const { pages } = this.options
    return pages === undefined ? undefined : pagesOf(pages)
  }
  get events(): unknown {
    return (this.action as { readonly events?: unknown }).events
  }
}

/** An action of a service, by the compact texts of its request and its response and its codes by kind. */
export const action = (
  at: readonly [service: string, version: string],
  name: string,
  request: string,
  response: string,
  codes: string,
  references: Type["references"] = noReferences,
  options: Options = none
): TencentAction.Action<never, unknown, unknown> =>
  new ServiceAction(at, name, request, response, codes, references, options)
