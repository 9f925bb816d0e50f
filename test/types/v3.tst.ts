import { Effect, type FileSystem, type Layer, type Result, Schedule, Schema, type Stream } from "effect"
import { type ErrorKind, Failure, type TencentError as V2, TencentRetry } from "effect-tencentcloud"
import { type TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { ErrorCode, TencentAction, TencentError, TencentResponse, TencentRoles } from "effect-tencentcloud/v3"
import type { HttpClient } from "effect/http"
import { describe, expect, test } from "tstyche"

class Foreign extends Schema.TaggedError<Foreign>()("Foreign", {}) {}

type Declared = TencentError.Errors<{
  notFound: "InvalidInstanceId.NotFound" | "FailedOperation.DisasterRecoverGroupNotFound"
  balance: "InvalidAccount.InsufficientBalance"
}>

type All = TencentError.TencentError<Declared>

type NotFound = TencentError.ApiError<"InvalidInstanceId.NotFound", "notFound">
type GroupNotFound = TencentError.ApiError<"FailedOperation.DisasterRecoverGroupNotFound", "notFound">
type Balance = TencentError.ApiError<"InvalidAccount.InsufficientBalance", "balance">
type Small = Declared | TencentError.UnknownErrorCode

type InstanceId = "InvalidInstanceId" | `InvalidInstanceId.${string}`

declare const call: Effect.Effect<string, All>
declare const mixed: Effect.Effect<string, Small | Foreign>
declare const error: All
declare const small: Small
declare const family: string
declare const client: TencentClient.TencentClient["Service"]
declare const takesText: (text: string) => void
declare const takesAll: (...values: ReadonlyArray<unknown>) => void

const sendAny = <Request, Response, Error, R>(
  action: TencentAction.Action<Request, Response, Error, R>,
  request: Request,
  options?: TencentClient.CallOptions<Error>
) => client.call(action, request, options)

describe("the union", () => {
  test("has the declared codes, the common ones, and two classes more", () => {
    expect<Declared>().type.toBe<NotFound | GroupNotFound | Balance>()
    expect<All>().type.toBe<
      Declared | TencentError.CommonError | TencentError.UnknownErrorCode | TencentError.MalformedResponse
    >()
    expect<TencentError.CommonError["_tag"]>().type.toBe<ErrorCode.Code>()
    expect<TencentError.TencentError>().type.toBe<
      TencentError.CommonError | TencentError.UnknownErrorCode | TencentError.MalformedResponse
    >()
    expect<TencentError.Errors<{}>>().type.toBe<never>()
  })

  test("narrows by tag", () => {
    if (error._tag === "InvalidAccount.InsufficientBalance") {
      expect(error).type.toBe<Balance>()
      expect(error.code).type.toBe<"InvalidAccount.InsufficientBalance">()
      expect(error.kind).type.toBe<"balance">()
      expect(error.category).type.toBe<"Billing">()
      expect(error.retryClass).type.toBe<"never">()
      expect(error.clientToken).type.toBe<string | undefined>()
    }
    if (error._tag === "RequestLimitExceeded") expect(error.retryClass).type.toBe<"throttled">()
    if (error._tag === "UnknownErrorCode") {
      expect(error.code).type.toBe<string>()
      expect(error.kind).type.toBe<ErrorCode.UnknownCodeKind>()
    }
  })

  test("takes the lists of a value", () => {
    const codes = { notFound: ["A.NotFound", "B.NotFound"], request: "InvalidFilter" } as const
    expect<TencentError.Errors<typeof codes>>().type.toBe<
      | TencentError.ApiError<"A.NotFound", "notFound">
      | TencentError.ApiError<"B.NotFound", "notFound">
      | TencentError.ApiError<"InvalidFilter", "request">
    >()
  })

  test("has members of one code each", () => {
    expect<Extract<TencentError.Errors<{ notFound: "A" | "B" }>, { readonly _tag: "A" }>>().type.toBe<
      TencentError.ApiError<"A", "notFound">
    >()
  })

  test("names the key that is not a kind", () => {
    // @ts-expect-error notfound is not a kind of a code
    expect<TencentError.Errors<{ notfound: "A"; balance: "B" }>>().type.toBeAssignableTo<unknown>()
    // @ts-expect-error transport is not a kind of a code
    expect<TencentError.Errors<{ transport: "A"; balance: "B" }>>().type.toBeAssignableTo<unknown>()
  })

  test("isTencentError narrows an unknown value", () => {
    const u: unknown = error
    if (TencentError.isTencentError(u)) {
      expect(u).type.toBe<TencentError.ApiError | TencentError.UnknownErrorCode | TencentError.MalformedResponse>()
    }
  })
})

describe("make", () => {
  test("knows the kind of a common code", () => {
    expect(TencentError.make("ResourceInUse")).type.toBe<TencentError.ApiError<"ResourceInUse", "inUse">>()
    expect(TencentError.make("ResourceInUse", { message: "m", outcome: "unknown" })).type.toBe<
      TencentError.ApiError<"ResourceInUse", "inUse">
    >()
  })

  test("needs the kind of any other code", () => {
    expect(TencentError.make("A.NotFound", "notFound", { requestId: "r" })).type.toBe<
      TencentError.ApiError<"A.NotFound", "notFound">
    >()
    expect(TencentError.make).type.not.toBeCallableWith("A.NotFound")
    expect(TencentError.make).type.not.toBeCallableWith("A.NotFound", { requestId: "r" })
    expect(TencentError.make).type.not.toBeCallableWith("A.NotFound", "malformed")
  })

  test("an error is the error of a generator", () => {
    expect(Effect.gen(function*() {
      return yield* TencentError.make("ResourceInUse")
    })).type.toBe<Effect.Effect<never, TencentError.ApiError<"ResourceInUse", "inUse">>>()
    expect(Effect.gen(function*() {
      return yield* new TencentError.UnknownErrorCode({ code: "X" })
    })).type.toBe<Effect.Effect<never, TencentError.UnknownErrorCode>>()
  })
})

describe("Effect and Failure", () => {
  test("catchTag removes what it handles", () => {
    expect(Effect.catchTag(mixed, "InvalidAccount.InsufficientBalance", (e) => {
      expect(e).type.toBe<Balance>()
      return Effect.succeed(1)
    })).type.toBe<Effect.Effect<string | number, NotFound | GroupNotFound | TencentError.UnknownErrorCode | Foreign>>()
    expect(Effect.catchTag).type.not.toBeCallableWith(mixed, "InvalidAccount.Insufficient", () => Effect.succeed(1))
  })

  test("catchKind removes the exact ones of the kind", () => {
    expect(mixed.pipe(Failure.catchKind("notFound", (e) => {
      expect(e).type.toBe<
        NotFound | GroupNotFound | (TencentError.UnknownErrorCode & { readonly kind: "notFound" })
      >()
      return Effect.succeed(1)
    }))).type.toBe<Effect.Effect<string | number, Balance | TencentError.UnknownErrorCode | Foreign>>()
  })

  test("errors of both generations are handled together", () => {
    const both = call as Effect.Effect<string, All | V2.TencentError>
    const handled = both.pipe(Failure.catchKind("throttled", () => Effect.succeed(1)))
    expect<Effect.Error<typeof handled>>().type.toBe<
      Exclude<All | V2.TencentError, { readonly kind: "throttled" }>
    >()
  })

  test("a policy names the codes that a call can fail with", () => {
    const policy = TencentRetry.make({ "InvalidInstanceId.NotFound": TencentRetry.transient })
    expect(mixed.pipe(TencentRetry.retry(policy))).type.toBe<Effect.Effect<string, Small | Foreign>>()
  })
})

describe("families", () => {
  test("the declared codes of the family leave, UnknownErrorCode stays", () => {
    expect(mixed.pipe(TencentError.catchFamily("InvalidInstanceId", (e) => {
      expect(e).type.toBe<NotFound | (TencentError.UnknownErrorCode & { readonly code: InstanceId })>()
      return Effect.succeed(1)
    }))).type.toBe<Effect.Effect<string | number, GroupNotFound | Balance | TencentError.UnknownErrorCode | Foreign>>()
  })

  test("a bare code is in its family, and one that begins like it is not", () => {
    type E = TencentError.Errors<{ request: "InvalidFilter" | "InvalidFilter.X" | "InvalidFilterValue" }>
    expect<TencentError.NotInFamily<E, "InvalidFilter">>().type.toBe<
      TencentError.ApiError<"InvalidFilterValue", "request">
    >()
  })

  test("a family that is only known at run time removes nothing", () => {
    expect(TencentError.catchFamily(mixed, family, () => Effect.succeed(1))).type.toBe<
      Effect.Effect<string | number, Small | Foreign>
    >()
  })

  test("isFamily is a refinement", () => {
    if (TencentError.isFamily("InvalidInstanceId")(small)) {
      expect(small).type.toBe<NotFound | (TencentError.UnknownErrorCode & { readonly code: InstanceId })>()
    }
    expect(mixed.pipe(Effect.catchIf(TencentError.isFamily("InvalidInstanceId"), () => Effect.succeed(1)))).type.toBe<
      Effect.Effect<string | number, GroupNotFound | Balance | TencentError.UnknownErrorCode | Foreign>
    >()
  })
})

describe("match", () => {
  const handlers = {
    "InvalidInstanceId.NotFound": () => 1,
    "FailedOperation.DisasterRecoverGroupNotFound": () => 2,
    "InvalidAccount.InsufficientBalance": () => "three"
  } as const

  test("joins what the handlers return", () => {
    expect(TencentError.match(small, {
      ...handlers,
      UnknownErrorCode: (e) => {
        expect(e).type.toBe<TencentError.UnknownErrorCode>()
        return true
      }
    })).type.toBe<number | string | boolean>()
  })

  test("is a handler of Effect.catch", () => {
    const handled = Effect.catch(
      call as Effect.Effect<string, Small>,
      TencentError.match({
        ...handlers,
        "InvalidInstanceId.NotFound": () => Effect.succeed(1),
        "FailedOperation.DisasterRecoverGroupNotFound": () => Effect.succeed(1),
        "InvalidAccount.InsufficientBalance": (e) => Effect.fail(e),
        UnknownErrorCode: (e) => Effect.fail(e)
      })
    )
    expect(handled).type.toBe<Effect.Effect<string | number, Balance | TencentError.UnknownErrorCode>>()
  })

  test("names the tag that is missing and the key that is not a tag", () => {
    // @ts-expect-error Property 'UnknownErrorCode' is missing
    TencentError.match(small, handlers)
    // @ts-expect-error InvalidInstance is not a tag of the error
    TencentError.match(small, { ...handlers, UnknownErrorCode: () => 1, InvalidInstance: () => 1 })
  })
})

describe("matchKind", () => {
  test("has one handler for each kind of the classes, and one for the rest", () => {
    expect(TencentError.matchKind(small, {
      notFound: (e) => {
        expect(e).type.toBe<
          NotFound | GroupNotFound | (TencentError.UnknownErrorCode & { readonly kind: "notFound" })
        >()
        return 1
      },
      balance: (e) => {
        expect(e).type.toBe<Balance>()
        return "two"
      },
      unknown: (e) => {
        expect(e).type.toBe<TencentError.UnknownErrorCode>()
        return true
      }
    })).type.toBe<number | string | boolean>()
  })

  test("names the kind that is missing and the key that is not a kind of the error", () => {
    // @ts-expect-error Property 'balance' is missing
    TencentError.matchKind(small, { notFound: () => 1, unknown: () => 1 })
    // @ts-expect-error Property 'unknown' is missing
    TencentError.matchKind(small, { notFound: () => 1, balance: () => 1 })
    // @ts-expect-error identity is not a kind of the error
    TencentError.matchKind(small, { notFound: () => 1, balance: () => 1, identity: () => 1, unknown: () => 1 })
  })

  test("takes every error of a response", () => {
    type Kinds = Exclude<ErrorCode.CatalogueRow["kind"], never> | "balance" | "malformed" | "unknown"
    const handlers = {} as { readonly [K in Kinds]: () => number }
    expect(TencentError.matchKind(error, handlers)).type.toBe<number>()
  })
})

describe("the schema", () => {
  test("decodes the union of the declared codes", () => {
    const schema = TencentError.schema({ notFound: ["InvalidZone.NotFound"] })
    expect<typeof schema.Type>().type.toBe<
      TencentError.TencentError<TencentError.ApiError<"InvalidZone.NotFound", "notFound">>
    >()
    const common = TencentError.schema()
    expect<typeof common.Type>().type.toBe<TencentError.TencentError>()
    // @ts-expect-error notfound is not a kind of a code
    TencentError.schema({ notfound: ["InvalidZone.NotFound"] })
  })
})

describe("TencentResponse", () => {
  const Zones = Schema.Struct({ TotalCount: Schema.Number })

  test("the type of the failures follows from the declared codes", () => {
    const decode = TencentResponse.decode(Zones, {
      errors: { request: ["InvalidFilter"], notFound: ["InvalidZone.NotFound"] }
    })
    expect(decode({})).type.toBe<
      Effect.Effect<
        { readonly TotalCount: number },
        TencentError.TencentError<
          TencentError.ApiError<"InvalidFilter", "request"> | TencentError.ApiError<"InvalidZone.NotFound", "notFound">
        >
      >
    >()
    expect(TencentResponse.decodeText(Zones)("")).type.toBe<
      Effect.Effect<{ readonly TotalCount: number }, TencentError.TencentError>
    >()
    expect(TencentResponse.decodeResult(Zones)({})).type.toBe<
      Result.Result<{ readonly TotalCount: number }, TencentError.TencentError>
    >()
    // @ts-expect-error notfound is not a kind of a code
    TencentResponse.decode(Zones, { errors: { notfound: ["InvalidZone.NotFound"] } })
  })
})

describe("the catalogue", () => {
  test("rows are literals", () => {
    expect<ErrorCode.KindOf<"AuthFailure.TokenFailure">>().type.toBe<"credentials">()
    expect(ErrorCode.kindOf("X")).type.toBe<ErrorCode.UnknownCodeKind>()
    expect(ErrorCode.outcomeOf("X", "notFound")).type.toBe<"notRun" | "unknown">()
    expect<ErrorCode.UnknownCodeKind>().type.toBeAssignableTo<ErrorKind.ErrorKind>()
  })
})

describe("the credentials of roles", () => {
  test("are sources, and need what they ask", () => {
    expect(TencentRoles.instanceRole()).type.toBe<TencentCredentials.Source<HttpClient.HttpClient>>()
    expect(TencentRoles.assumeRole(TencentCredentials.fromConfig, { roleArn: "a" })).type.toBe<
      TencentCredentials.Source<HttpClient.HttpClient>
    >()
    expect(TencentRoles.assumeRole(TencentCredentials.fromFile(), { roleArn: "a" })).type.toBe<
      TencentCredentials.Source<FileSystem.FileSystem | HttpClient.HttpClient>
    >()
    expect(TencentCredentials.layerRefreshing(TencentRoles.defaultChain)).type.toBe<
      Layer.Layer<TencentCredentials.TencentCredentials, never, FileSystem.FileSystem | HttpClient.HttpClient>
    >()
    // @ts-expect-error Property 'roleArn' is missing
    TencentRoles.assumeRole(TencentCredentials.fromConfig, {})
  })
})

describe("pages", () => {
  interface Instance {
    readonly InstanceId: string
  }
  interface DescribeInstancesRequest {
    readonly Name?: string
    readonly Offset?: number
    readonly Limit?: number
  }
  interface DescribeInstancesResponse {
    readonly TotalCount?: number
    readonly InstanceSet?: ReadonlyArray<Instance>
  }
  type DescribeInstancesError = TencentError.TencentError<Declared>

  // As the declarations of a service have it.
  const DescribeInstances = {} as TencentAction.PagedAction<
    DescribeInstancesRequest,
    DescribeInstancesResponse,
    DescribeInstancesError,
    Instance,
    "Offset"
  >
  const client = {} as TencentClient.TencentClient["Service"]
  const options = {
    service: "cvm",
    version: "2017-03-12",
    request: Schema.Struct({
      Name: Schema.optionalKey(Schema.String),
      Offset: Schema.optionalKey(Schema.Number),
      Limit: Schema.optionalKey(Schema.Number),
      Cursor: Schema.optionalKey(Schema.String)
    }),
    response: Schema.Struct({
      TotalCount: Schema.Number,
      InstanceSet: Schema.optionalKey(Schema.Array(Schema.Struct({ InstanceId: Schema.String }))),
      Next: Schema.optionalKey(Schema.String)
    }),
    errors: { notFound: ["InvalidInstanceId.NotFound"] }
  } as const
  type Request = typeof options.request.Type
  type Item = { readonly InstanceId: string }
  type ItemsOf<Action> = Action extends TencentAction.PagedAction<infer _A, infer _B, infer _C, infer I, infer K>
    ? [item: I, keys: K]
    : never

  test("are a stream of the items, with the errors of the action and those of the client", () => {
    const instances = client.paginate(DescribeInstances, { Name: "a", Limit: 50 })
    expect(instances).type.toBe<Stream.Stream<Instance, DescribeInstancesError | TencentClient.ClientError>>()
    expect(client.paginate(DescribeInstances, {}, { region: "ap-beijing" })).type.toBe<typeof instances>()
    // @ts-expect-error 'Stream<Instance, ClientError | TencentError<Declared>, never>'
    takesText(instances)
  })

  test("are asked for without what paginate sets, and without a typo", () => {
    // @ts-expect-error 'Offset' does not exist in type
    client.paginate(DescribeInstances, { Offset: 0 })
    // @ts-expect-error 'Limits' does not exist in type
    client.paginate(DescribeInstances, { Limits: 50 })
    // @ts-expect-error Type 'string' is not assignable to type 'number'
    client.paginate(DescribeInstances, { Limit: "50" })
  })

  test("are refused for an action without them, with words that say so", () => {
    const Plain = {} as TencentAction.Action<
      DescribeInstancesRequest,
      DescribeInstancesResponse,
      DescribeInstancesError
    >
    // @ts-expect-error Property 'pages' is missing in type 'Action<DescribeInstancesRequest
    client.paginate(Plain, {})
  })

  test("of an action are a call, too", () => {
    expect(client.call(DescribeInstances, { Offset: 20 })).type.toBe<
      Effect.Effect<DescribeInstancesResponse, DescribeInstancesError | TencentClient.ClientError>
    >()
  })

  test("are declared with members of the request and of the response", () => {
    const action = TencentAction.makePaged("DescribeInstances", {
      ...options,
      pages: { items: (page) => page.InstanceSet, total: (page) => page.TotalCount, offset: "Offset", limit: "Limit" }
    })
    expect<ItemsOf<typeof action>>().type.toBe<[item: Item, keys: "Offset"]>()
    expect(client.paginate(action, { Name: "a" })).type.toBe<
      Stream.Stream<
        Item,
        | TencentError.TencentError<TencentError.ApiError<"InvalidInstanceId.NotFound", "notFound">>
        | TencentClient.ClientError
      >
    >()
    const byToken = TencentAction.makePaged("DescribeInstances", {
      ...options,
      pages: { items: (page) => page.InstanceSet, token: "Cursor", nextToken: (page) => page.Next, limit: "Limit" }
    })
    expect<ItemsOf<typeof byToken>>().type.toBe<[item: Item, keys: "Cursor"]>()
    const byNumber = TencentAction.makePaged("DescribeInstances", {
      ...options,
      pages: { items: (page) => page.InstanceSet, page: "Offset", limit: "Limit" }
    })
    expect<ItemsOf<typeof byNumber>>().type.toBe<[item: Item, keys: never]>()
    expect(client.paginate).type.toBeCallableWith(byNumber, { Offset: 1 } satisfies Request)
  })

  test("name the member that does not fit", () => {
    const { make, makePaged } = TencentAction
    makePaged("DescribeInstances", {
      ...options,
      // @ts-expect-error Type '"Offsets"' is not assignable to type
      pages: { items: (page) => page.InstanceSet, offset: "Offsets", limit: "Limit" }
    })
    makePaged("DescribeInstances", {
      ...options,
      // @ts-expect-error Type '"Limits"' is not assignable to type
      pages: { items: (page) => page.InstanceSet, offset: "Offset", limit: "Limits" }
    })
    makePaged("DescribeInstances", {
      ...options,
      // @ts-expect-error is not assignable to type 'never'
      pages: { items: (page) => page.InstanceSet, token: "Limit", nextToken: (page) => page.Next }
    })
    makePaged("DescribeInstances", {
      ...options,
      // @ts-expect-error is not assignable to type 'never'
      pages: { items: (page) => page.InstanceSet, token: "Cursor" }
    })
    makePaged("DescribeInstances", {
      ...options,
      // @ts-expect-error Property 'Instances' does not exist
      pages: { items: (page) => page.Instances, offset: "Offset", limit: "Limit" }
    })
    // @ts-expect-error Property 'pages' is missing
    makePaged("DescribeInstances", options)
    expect(client.paginate).type.not.toBeCallableWith(make("DescribeInstances", options), {})
  })
})

describe("what the compiler shows", () => {
  test("is short", () => {
    // @ts-expect-error Type 'ApiError<"ResourceInUse", "inUse">' is not assignable to type 'string'
    const text: string = TencentError.make("ResourceInUse")
    // @ts-expect-error Type 'UnknownErrorCode' is not assignable to type 'ApiError<
    const unknown: Declared = new TencentError.UnknownErrorCode({ code: text })
    // @ts-expect-error Type 'Effect<string, Foreign | Small, never>' is not assignable
    const effect: string = mixed
    takesAll(unknown, effect)
  })
})

describe("streams", () => {
  const options = {
    service: "hunyuan",
    version: "2023-09-01",
    request: Schema.Struct({ Model: Schema.String }),
    response: Schema.Struct({ Id: Schema.String }),
    errors: { notFound: ["InvalidParameter.ModelNotExist"] }
  } as const
  const Chat = TencentAction.makeStream("ChatCompletions", { ...options, event: Schema.Struct({ N: Schema.Number }) })
  const Any = TencentAction.makeStream("ChatCompletions", { ...options, event: Schema.Unknown })
  const Plain = TencentAction.make("ChatCompletions", options)

  type Failure =
    | TencentError.TencentError<TencentError.ApiError<"InvalidParameter.ModelNotExist", "notFound">>
    | TencentClient.ClientError

  const plain = (options?: TencentClient.CallOptions) => client.call(Plain, { Model: "a" }, options)
  const chat = (options?: TencentClient.StreamOptions) => client.stream(Chat, { Model: "a" }, options)

  test("have the events and the errors of their action, and those of the client", () => {
    expect(client.stream(Chat, { Model: "a" })).type.toBe<Stream.Stream<{ readonly N: number }, Failure>>()
    expect(client.stream(Any, { Model: "a" })).type.toBe<Stream.Stream<unknown, Failure>>()
    expect(client.stream(Chat, { Model: "a" }, { idleTimeout: "1 minute", deadline: "1 minute" })).type.toBe<
      Stream.Stream<{ readonly N: number }, Failure>
    >()
    expect(client.call(Chat, { Model: "a" })).type.toBe<Effect.Effect<{ readonly Id: string }, Failure>>()
  })

  test("show their types as names", () => {
    // @ts-expect-error 'Stream<{ readonly N: number; }, ClientError | ErrorOf<{ readonly notFound: readonly ["InvalidParameter.ModelNotExist"]; }>, never>'
    takesText(client.stream(Chat, { Model: "a" }))
  })

  test("and calls take options that fit every action", () => {
    expect(plain).type.toBeCallableWith({ retry: TencentRetry.make({ TransportFailure: Schedule.recurs(1) }) })
    expect(chat).type.toBeCallableWith({ retry: TencentRetry.make({}), idleTimeout: "1 second" })
    expect(chat()).type.toBe<Stream.Stream<{ readonly N: number }, Failure>>()
  })

  test("and calls take options of an action that is not known yet", () => {
    expect(sendAny(Plain, { Model: "a" })).type.toBe<Effect.Effect<{ readonly Id: string }, Failure>>()
    const retry = TencentRetry.make({ "InvalidParameter.ModelNotExist": Schedule.recurs(1) })
    expect(sendAny(Plain, { Model: "a" }, { retry })).type.toBe<Effect.Effect<{ readonly Id: string }, Failure>>()
  })

  test("need a streaming action, and its request", () => {
    // @ts-expect-error Property 'events' is missing in type 'Action<
    client.stream(Plain, { Model: "a" })
    // @ts-expect-error Property 'Model' is missing
    client.stream(Chat, {})
    // @ts-expect-error 'Modell' does not exist
    client.stream(Chat, { Modell: "a" })
  })
})
