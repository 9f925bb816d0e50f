/**
 * Lists in pages as one stream.
 */
import { assert, describe, it } from "@effect/vitest"
import { TencentRetry } from "effect-tencentcloud"
import { TencentAction } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { clientOf } from "../../support/client.ts"
import { makeRandom } from "../../support/random.ts"
import { scripted, type ServerResponse, transportError } from "../../support/scriptedServer.ts"
import { errorOf, run } from "../../support/virtualTime.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const service = { service: "cvm", version: "2017-03-12" } as const

const Response = Schema.Struct({
  // What a server can send, not what it should.
  Total: Schema.optionalKey(Schema.Unknown),
  Items: Schema.optionalKey(Schema.Unknown),
  Next: Schema.optionalKey(Schema.Unknown)
})

type Response = typeof Response.Type

/** The functions of an action believe their types. */
const items = ({ Items }: Response) => Items as ReadonlyArray<number> | undefined
const total = ({ Total }: Response) => Total as number | undefined

const ByOffset = TencentAction.makePaged("DescribeInstances", {
  ...service,
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
  response: Response,
  pages: { items, total, offset: "Offset", limit: "Limit" }
})

const AsText = TencentAction.makePaged("DescribeInstances", {
  ...service,
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.String), Limit: Schema.optionalKey(Schema.String) }),
  response: Response,
  pages: { items, total, offset: "Offset", limit: "Limit", asText: true }
})

const ByNumber = TencentAction.makePaged("DescribeInstances", {
  ...service,
  request: Schema.Struct({
    PageNumber: Schema.optionalKey(Schema.Number),
    PageSize: Schema.optionalKey(Schema.Number)
  }),
  response: Response,
  pages: { items, total, page: "PageNumber", limit: "PageSize" }
})

const ByToken = TencentAction.makePaged("DescribeInstances", {
  ...service,
  request: Schema.Struct({
    NextToken: Schema.optionalKey(Schema.String),
    MaxResults: Schema.optionalKey(Schema.Number)
  }),
  response: Response,
  pages: { items, token: "NextToken", nextToken: ({ Next }) => Next as string | undefined, limit: "MaxResults" }
})

// ---------------------------------------------------------------------------------------------------------------------
// Servers
// ---------------------------------------------------------------------------------------------------------------------

interface Asked {
  readonly Offset?: number | string
  readonly Limit?: number | string
  readonly PageNumber?: number
  readonly PageSize?: number
  readonly NextToken?: string
  readonly MaxResults?: number
}

const respond = (members: object): ServerResponse =>
  globalThis.Response.json({ Response: { ...members, RequestId: "r-1" } })

const refuse = (Code: string): ServerResponse => respond({ Error: { Code, Message: "no" } })

/** A server of pages, and a client of it. */
const served = (page: (asked: Asked, index: number) => ServerResponse) =>
  Effect.gen(function*() {
    const { layer, sent } = scripted((request, index) => page(JSON.parse(request.body), index))
    const client = yield* clientOf(layer, { retry: TencentRetry.make({}) })
    return { client, asked: () => sent.map(({ body }) => JSON.parse(body) as Asked) }
  })

const count = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, i) => i)

/** What has come of a stream, and how it ended. */
const drain = <A, E>(stream: Stream.Stream<A, E>) =>
  Effect.gen(function*() {
    const came: Array<A> = []
    const exit = yield* Effect.exit(run(Stream.runForEach(stream, (item) => Effect.sync(() => came.push(item)))))
    return { came, error: Exit.isFailure(exit) ? Cause.squash(exit.cause) as E : undefined }
  })

/** A list that is served by its offset, in pages of at most `cap`. */
const list = (length: number, { cap = Infinity } = {}) => (asked: Asked) => {
  const [offset, limit] = [Number(asked.Offset), Math.min(Number(asked.Limit), cap)]
  return respond({ Total: length, Items: count(length).slice(offset, offset + limit) })
}

/** One item for each page, and the token that `next` makes. */
const chain = (next: (token: string | undefined, index: number) => unknown) => (asked: Asked, index: number) =>
  respond({ Items: [index], Next: next(asked.NextToken, index) })

/** A list without an end. */
const endless = ({ Offset }: Asked) => respond({ Items: count(20).map((i) => i + Number(Offset)) })

// ---------------------------------------------------------------------------------------------------------------------

describe("pages by offset", () => {
  it.effect.each<readonly [length: number, Limit: number | undefined, offsets: ReadonlyArray<number>]>([
    [0, undefined, [0]],
    [3, undefined, [0]],
    [20, undefined, [0, 20]],
    [21, undefined, [0, 20]],
    [45, undefined, [0, 20, 40]],
    [45, 50, [0]],
    [45, 45, [0, 45]],
    [40, 20, [0, 20]]
  ])("of a list of %s with the limit %s are asked for at %j", ([length, Limit, offsets]) =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(list(length))
      const stream = client.paginate(ByOffset, Limit === undefined ? {} : { Limit })
      assert.deepStrictEqual(yield* drain(stream), { came: [...count(length)], error: undefined })
      assert.deepStrictEqual(asked(), offsets.map((Offset) => ({ Offset, Limit: Limit ?? 20 })))
    }))

  it.effect("advance by what came, where a server sends less than it is asked for", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(list(25, { cap: 10 }))
      assert.deepStrictEqual((yield* drain(client.paginate(ByOffset, { Limit: 100 }))).came, [...count(25)])
      assert.deepStrictEqual(asked().map(({ Offset }) => Offset), [0, 10, 20])
    }))

  it.effect.each<readonly [name: string, total: (page: ReadonlyArray<number>, all: number) => unknown]>([
    ["of the page", (page) => page.length],
    ["that is missing", () => undefined],
    ["of null", () => null],
    ["of 0", () => 0],
    ["of -1", () => -1],
    ["that is not a number", () => "many"],
    ["that is larger than any list", () => 1e300],
    ["of all items, as text", (_, all) => String(all)],
    ["of less than the page", (page) => page.length - 1]
  ])("lose nothing with a total %s", ([, Total]) =>
    Effect.gen(function*() {
      const { client } = yield* served(({ Limit, Offset }) => {
        const Items = count(45).slice(Number(Offset), Number(Offset) + Number(Limit))
        return respond({ Total: Total(Items, 45), Items })
      })
      assert.deepStrictEqual(yield* drain(client.paginate(ByOffset, {})), { came: [...count(45)], error: undefined })
    }))

  it.effect("end where a list that shrinks has reached its total", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(({ Offset }, index) =>
        respond({ Total: index === 0 ? 50 : 30, Items: count(20).map((i) => i + Number(Offset)) })
      )
      assert.strictEqual((yield* drain(client.paginate(ByOffset, {}))).came.length, 40)
      assert.strictEqual(asked().length, 2)
    }))

  it.effect("of a server that sends all at once are one page", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(() => respond({ Total: 50, Items: count(50) }))
      assert.deepStrictEqual(yield* drain(client.paginate(ByOffset, {})), { came: [...count(50)], error: undefined })
      assert.strictEqual(asked().length, 1)
    }))

  it.effect("can have texts for numbers", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(list(25))
      assert.strictEqual((yield* drain(client.paginate(AsText, {}))).came.length, 25)
      assert.strictEqual((yield* drain(client.paginate(AsText, { Limit: "25" }))).came.length, 25)
      assert.deepStrictEqual(asked(), [
        { Offset: "0", Limit: "20" },
        { Offset: "20", Limit: "20" },
        { Offset: "0", Limit: "25" },
        { Offset: "25", Limit: "25" }
      ])
    }))

  it.effect.each<readonly [name: string, page: unknown]>([
    ["numbers", [1, 2]],
    ["objects", [{ Id: "a", Tags: [{ Key: "k" }] }]]
  ])("that repeat, of %s, fail after the first", ([, Items]) =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(() => respond({ Items, Total: 1000 }))
      const { came, error } = yield* drain(client.paginate(ByOffset, {}))
      assert.deepStrictEqual(came as unknown, Items)
      assert(error?._tag === "MalformedResponse")
      assert.include(error.message, "The pages do not advance")
      assert.deepStrictEqual([error.action, error.outcome, asked().length], ["cvm.DescribeInstances", "ran", 2])
    }))

  it.effect("that are too deep to compare go on", () =>
    Effect.gen(function*() {
      const { client } = yield* served((_, index) =>
        index === 3
          ? respond({ Items: [] })
          : new globalThis.Response(`{"Response":{"Items":[${"[".repeat(50_000)}${"]".repeat(50_000)}]}}`)
      )
      const { came, error } = yield* drain(client.paginate(ByOffset, {}))
      assert.deepStrictEqual([came.length, error], [3, undefined])
    }))

  it.effect("that never end are a stream without an end", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(({ Offset }) =>
        respond({ Items: count(20).map((i) => i + Number(Offset)) })
      )
      const some = client.paginate(ByOffset, {}).pipe(Stream.take(2010), Stream.runCollect)
      assert.strictEqual((yield* some).at(-1), 2009)
      assert.strictEqual(asked().length, 101)
    }))

  it.effect.each<readonly [name: string, page: object, message: string]>([
    ["a text for its list", { Items: "many" }, "not a list"],
    ["an object for its list", { Items: { length: 3 } }, "not a list"],
    ["no list, although there is more", { Total: 5 }, "no list, after 0 of 5 items"]
  ])("fail with %s", ([, page, message]) =>
    Effect.gen(function*() {
      const { client } = yield* served(() => respond(page))
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(ByOffset, {})))
      assert(error._tag === "MalformedResponse")
      assert.include(error.message, message)
    }))

  it.effect.each<readonly [name: string, page: object]>([
    ["no list", {}],
    ["null for its list", { Items: null }],
    ["no list and no total", { Total: 0 }],
    ["an empty list, although the total says more", { Items: [], Total: 5 }]
  ])("end with %s", ([, page]) =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(() => respond(page))
      assert.deepStrictEqual(yield* drain(client.paginate(ByOffset, {})), { came: [], error: undefined })
      assert.strictEqual(asked().length, 1)
    }))

  it.effect("whose reader throws are malformed, and no defect", () =>
    Effect.gen(function*() {
      const Deep = TencentAction.makePaged("DescribeInstances", {
        ...service,
        request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
        response: Response,
        pages: {
          items: (response) => (response.Items as { readonly Set: ReadonlyArray<number> }).Set,
          offset: "Offset",
          limit: "Limit"
        }
      })
      const { client } = yield* served(() => respond({}))
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(Deep, {})))
      assert.deepStrictEqual([error._tag, error.outcome], ["MalformedResponse", "ran"])
    }))

  it.effect("of any server either hold all that it sent, in order, or fail typed", () =>
    Effect.gen(function*() {
      const random = makeRandom(20_261_127)
      const int = (bound: number) => Math.floor(random() * bound)
      for (let n = 0; n < 100; n++) {
        const [length, cap, limit] = [int(60), 1 + int(25), 1 + int(25)]
        const sometimes = [length, -1, 0, NaN, undefined, length * 2, "x"]
        const Total = () => sometimes[int(sometimes.length)]
        // Only a full page raises doubts about its total, so a server that caps pages does not count the page alone.
        const { asked, client } = yield* served(({ Limit, Offset }) =>
          respond({
            Total: Total(),
            Items: count(length).slice(Number(Offset), Number(Offset) + Math.min(cap, Number(Limit)))
          })
        )
        const { came, error } = yield* drain(client.paginate(ByOffset, { Limit: limit }))
        assert.isUndefined(error)
        assert.deepStrictEqual(came, [...count(length)])
        assert.isAtMost(asked().length, length + 1)
      }
    }))
})

describe("pages by number", () => {
  it.effect.each([0, 1])("count from the first one, %s", (first) =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(({ PageNumber, PageSize }) => {
        const at = (PageNumber! - first) * PageSize!
        return respond({ Total: 45, Items: count(45).slice(at, at + PageSize!) })
      })
      const { came } = yield* drain(client.paginate(ByNumber, { PageNumber: first }))
      assert.deepStrictEqual(came, [...count(45)])
      assert.deepStrictEqual(
        asked(),
        [first, first + 1, first + 2].map((PageNumber) => ({ PageNumber, PageSize: 20 }))
      )
    }))

  it.effect("that repeat, as those of a server that begins at 1 when it is asked for 0, fail", () =>
    Effect.gen(function*() {
      const { client } = yield* served(({ PageNumber }) => {
        const at = Math.max(0, PageNumber! - 1) * 20
        return respond({ Total: 45, Items: count(45).slice(at, at + 20) })
      })
      const { came, error } = yield* drain(client.paginate(ByNumber, { PageNumber: 0 }))
      assert.deepStrictEqual([came.length, error?._tag], [20, "MalformedResponse"])
    }))
})

describe("pages by token", () => {
  it.effect("send the token of the page before, and the size of a page", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(chain((_, index) => ["b", "c"][index]))
      assert.deepStrictEqual((yield* drain(client.paginate(ByToken, {}))).came, [0, 1, 2])
      assert.deepStrictEqual(asked(), [
        { MaxResults: 20 },
        { MaxResults: 20, NextToken: "b" },
        { MaxResults: 20, NextToken: "c" }
      ])
    }))

  it.effect.each<readonly [name: string, next: unknown]>([
    ["no token", undefined],
    ["null", null],
    ["an empty token", ""],
    ["a blank token", " \n"]
  ])(
    "end with %s",
    ([, next]) =>
      Effect.gen(function*() {
        const { client } = yield* served(chain(() => next))
        assert.deepStrictEqual(yield* drain(client.paginate(ByToken, {})), { came: [0], error: undefined })
      })
  )

  it.effect("end with a token that is unchanged", () =>
    Effect.gen(function*() {
      const { client } = yield* served(chain(() => "a"))
      assert.deepStrictEqual(yield* drain(client.paginate(ByToken, {})), { came: [0, 1], error: undefined })
    }))

  it.effect("go on over empty pages, and over equal ones", () =>
    Effect.gen(function*() {
      const pages = [[1], [], undefined, [7], [7], [2]]
      const { client } = yield* served((_, index) =>
        respond({ Items: pages[index], Next: index < 5 ? `t${index}` : "" })
      )
      assert.deepStrictEqual((yield* drain(client.paginate(ByToken, {}))).came, [1, 7, 7, 2])
    }))

  it.effect.each([2, 3, 7, 100])("that go round in a circle of %s fail", (length) =>
    Effect.gen(function*() {
      const lead = 5
      const { asked, client } = yield* served(
        chain((_, index) => `t${index < lead ? index : lead + (index - lead) % length}`)
      )
      const { error } = yield* drain(client.paginate(ByToken, {}))
      assert(error?._tag === "MalformedResponse")
      assert.include(error.message, "do not advance")
      assert.isAtMost(asked().length, 3 * (lead + length))
    }))

  it.effect("fail with a token that is no text", () =>
    Effect.gen(function*() {
      const { client } = yield* served(chain(() => 7))
      const { came, error } = yield* drain(client.paginate(ByToken, {}))
      assert.deepStrictEqual([came, error?._tag], [[], "MalformedResponse"])
    }))
})

describe("a request for pages", () => {
  it.effect.each<readonly [name: string, path: string, Limit: number]>([
    ["0", "Limit", 0],
    ["a negative number", "Limit", -1],
    ["a fraction", "Limit", 1.5],
    ["NaN", "Limit", NaN]
  ])("with %s as the size of a page is refused, and nothing is sent", ([, path, Limit]) =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(() => respond({}))
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(ByOffset, { Limit })))
      assert("issues" in error)
      assert.deepStrictEqual([error.issues[0]?.path, asked().length], [[path], 0])
    }))

  it.effect("that sets what paginate sets is refused", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(() => respond({}))
      // No literal, so the compiler does not look for members that do not belong.
      const withOffset = { Offset: 40, Limit: 20 }
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(ByOffset, withOffset)))
      assert("issues" in error)
      assert.deepStrictEqual([error.issues[0]?.path, asked().length], [["Offset"], 0])
    }))

  it.effect("by number without the first page is refused, with words that say what to do", () =>
    Effect.gen(function*() {
      const { client } = yield* served(() => respond({}))
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(ByNumber, {})))
      assert(error._tag === "InvalidRequest")
      assert.include(error.message, "Say the number of the first page")
    }))
})

describe("the stream of pages", () => {
  it.effect("asks for a page when its items are asked for, and for none before", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served(endless)
      const stream = client.paginate(ByOffset, {})
      assert.strictEqual(asked().length, 0)
      yield* Stream.runDrain(Stream.take(stream, 20))
      assert.strictEqual(asked().length, 1)
      yield* Stream.runDrain(Stream.take(stream, 21))
      assert.strictEqual(asked().length, 3)
    }))

  it.effect("delivers the items of earlier pages before a failure", () =>
    Effect.gen(function*() {
      const { client } = yield* served((asked, index) => index < 2 ? endless(asked) : refuse("UnauthorizedOperation"))
      const { came, error } = yield* drain(client.paginate(ByOffset, {}))
      assert.deepStrictEqual([came.length, error?._tag], [40, "UnauthorizedOperation"])
    }))

  it.effect("retries each page as a call, and never sends its items twice", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(({ body }, index) => {
        const { Limit, Offset } = JSON.parse(body)
        if (index % 3 === 0) return refuse("InternalError")
        if (index % 3 === 1) return transportError("ECONNRESET")
        return respond({ Total: 45, Items: count(45).slice(Offset, Offset + Limit) })
      })
      const client = yield* clientOf(layer)
      const { came, error } = yield* drain(client.paginate(ByOffset, {}))
      assert.deepStrictEqual([came, error, sent.length], [[...count(45)], undefined, 9])
    }))

  it.effect("has the options of a call for each page", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(() => Effect.never)
      const client = yield* clientOf(layer)
      const stream = client.paginate(ByOffset, {}, {
        region: "ap-beijing",
        deadline: "3 seconds",
        retry: TencentRetry.make({})
      })
      const error = yield* errorOf(Stream.runDrain(stream))
      assert(error._tag === "TransportFailure")
      assert.deepStrictEqual([error.reason, sent[0]?.headers["x-tc-region"]], ["AttemptTimeout", "ap-beijing"])
    }))

  it.effect("ends the request under way when it is interrupted", () =>
    Effect.gen(function*() {
      const { layer, sent } = scripted(({ body }) =>
        JSON.parse(body).Offset === 0 ? respond({ Items: count(20) }) : Effect.never
      )
      const client = yield* clientOf(layer)
      const fiber = yield* Effect.forkChild(Stream.runDrain(client.paginate(ByOffset, {})))
      while (sent.length < 2) yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.isTrue(sent[1]?.signal.aborted)
    }))

  it.effect("can be run again, from the first page", () =>
    Effect.gen(function*() {
      const { asked, client } = yield* served((asked) =>
        Number(asked.Offset) === 0 ? endless(asked) : respond({ Items: [] })
      )
      const stream = client.paginate(ByOffset, {})
      yield* Stream.runDrain(stream)
      assert.strictEqual((yield* Stream.runCollect(stream)).length, 20)
      assert.deepStrictEqual(asked().map(({ Offset }) => Offset), [0, 20, 0, 20])
    }))

  it.effect("shows no page in its failure", () =>
    Effect.gen(function*() {
      const { client } = yield* served(() => respond({ Items: "a-key-of-the-customer" }))
      const error = yield* Effect.flip(Stream.runDrain(client.paginate(ByOffset, {})))
      assert.notInclude(JSON.stringify(error), "a-key-of-the-customer")
      assert.isFalse("body" in error && Redacted.isRedacted(error.body))
    }))
})
