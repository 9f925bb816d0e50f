/**
 * Every action of every service: all are imported in one process, and each request is encoded and each response decoded.
 */
import { assert, describe, it } from "@effect/vitest"
import { Description } from "effect-tencentcloud-services"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Member, parse, type Type } from "../../../services/src/internal/compact.ts"
import { example } from "../../../services/src/internal/example.ts"
import { readerOf } from "../../../services/src/internal/read.ts"
import { Unfit } from "../../../services/src/internal/unfit.ts"
import { writerOf } from "../../../services/src/internal/write.ts"
import { actionsOf, moduleNames, reachable, typesOf } from "../../support/services.ts"

const start = performance.now()
const modules = await Promise.all(moduleNames.map(async (name) => [name, await actionsOf(name)] as const))
const megabytes = process.memoryUsage().heapUsed / 1e6
console.log(
  `${modules.length} modules in ${Math.round(performance.now() - start)} ms, ${Math.round(megabytes)} MB of heap`
)

const noContext = { earlierMayHaveRun: false, clockWasRight: () => false }

/** Their requests are not JSON. */
const uploads = new Set(["cii.DescribeQualityScore", "cii.UploadMedicalFile", "cls.UploadLog"])

type Values = { [name: string]: unknown }

const isNumber = ({ item }: Member): boolean => "form" in item && !["text", "boolean", "binary"].includes(item.form)

const wrongFor = ({ item }: Member): unknown => "type" in item ? "text" : { a: 1 }

/** What the reader says of a value, which it must refuse. */
const refusal = (run: () => unknown): Unfit => {
  try {
    run()
  } catch (error) {
    if (error instanceof Unfit) return error
    throw error
  }
  throw new Error("it was taken")
}

const changed = (members: ReadonlyArray<Member>, values: Values, change: (member: Member, value: unknown) => unknown) =>
  Object.fromEntries(
    members.filter(({ name }) => Object.hasOwn(values, name)).map((member) =>
      [member.name, change(member, values[member.name])] as const
    )
  )

/** Each deviation that a reader allows, as a change of good values, and what it must read then. */
const deviations: {
  readonly [name: string]: (members: ReadonlyArray<Member>, values: Values) => readonly [raw: Values, read: Values]
} = {
  "nothing at all": () => [{}, {}],
  "null everywhere": (members, values) => [
    changed(members, values, () => null),
    Object.fromEntries(members.filter(({ list }) => list).map(({ name }) => [name, []]))
  ],
  "null in lists": (members, values) => [
    changed(members, values, ({ list }, value) => list ? [null, ...value as Array<unknown>, null] : value),
    values
  ],
  "numbers as text": (members, values) => [
    changed(
      members,
      values,
      (member, value) => !isNumber(member) ? value : member.list ? (value as Array<unknown>).map(String) : String(value)
    ),
    values
  ],
  "text as numbers": (members, values) => {
    const texts = (to: (value: number) => unknown) =>
      changed(
        members,
        values,
        ({ item, list }, value) => "form" in item && item.form === "text" ? list ? [to(12)] : to(12) : value
      )
    return [texts((value) => value), texts(String)]
  },
  "booleans as text": (members, values) => [
    changed(
      members,
      values,
      ({ item, list }, value) =>
        !("form" in item) || item.form !== "boolean"
          ? value
          : list
          ? (value as Array<unknown>).map(String)
          : String(value)
    ),
    values
  ],
  "a single value for a list": (members, values) => [
    changed(members, values, ({ list }, value) => list ? (value as Array<unknown>)[0] : value),
    changed(members, values, ({ list }, value) => list ? (value as Array<unknown>).slice(0, 1) : value)
  ],
  "members that nobody described": (_, values) => [{ ...values, notDescribed: { a: [1] } }, values],
  "ids beyond 2^53": (members, values) => {
    const ids = (to: (digits: string) => unknown) =>
      changed(members, values, (member, value) =>
        member.id && "form" in member.item && /int64/.test(member.item.form)
          ? member.list ? [to("9007199254740993")] : to("9007199254740993")
          : value)
    return [ids((digits) => digits), ids(BigInt)]
  }
}

/** Checks one type, and counts what was checked. */
const checkType = (type: Type): number => {
  const members = parse(type)
  const read = readerOf(type)
  const values = example(type, "response", members.length)
  assert.deepStrictEqual(read(values), values)
  for (const [name, deviation] of Object.entries(deviations)) {
    const [raw, expected] = deviation(members, values)
    assert.deepStrictEqual(read(raw), expected, name)
  }
  for (const member of members) {
    const wrong = member.list ? [wrongFor(member)] : wrongFor(member)
    const error = refusal(() => read({ ...values, [member.name]: wrong }))
    assert.deepStrictEqual(error.path, member.list ? [member.name, 0] : [member.name])
  }
  return members.length
}

/** Breaks each rule of a request, and counts what was broken. */
const checkRequest = (type: Type): number => {
  const members = parse(type)
  const write = writerOf(type)
  const values = example(type, "request", members.length)
  const known = new Set(members.map(({ name }) => name))
  for (const member of members) {
    const { list, name, required } = member
    const wrong = refusal(() => write({ ...values, [name]: list ? [wrongFor(member)] : wrongFor(member) }))
    assert.deepStrictEqual(wrong.path, list ? [name, 0] : [name])
    if (required) assert.deepStrictEqual(refusal(() => write({ ...values, [name]: undefined })).path, [name])
    const typo = name.toLowerCase()
    if (!known.has(typo)) assert.deepStrictEqual(refusal(() => write({ [typo]: 1, ...values })).path, [typo])
  }
  return members.length
}

describe("the modules of all services", () => {
  it("have every action of API 3.0", () => {
    const actions = modules.flatMap(([, actions]) => actions)
    assert.deepStrictEqual([modules.length, actions.length], [296, 15_210])
  })
})

describe.each(modules)("%s", (_, actions) => {
  it.effect("encodes a request and decodes a response of each action", () =>
    Effect.forEach(actions, (action, seed) =>
      Effect.gen(function*() {
        const description = Option.getOrThrow(Description.of(action))
        const request = description.exampleRequest(seed)
        const encoded = yield* Effect.result(action.protocol.encode(request))
        const isUpload = uploads.has(`${action.service}.${action.name}`)
        assert.strictEqual(encoded._tag, isUpload ? "Failure" : "Success", action.name)
        if (encoded._tag === "Failure") assert.include(encoded.failure[0]?.message, "TencentSignature.authorization")
        const response = description.exampleResponse(seed)
        const body = JSON.stringify({ Response: response })
        assert.deepStrictEqual(yield* action.protocol.read(body, noContext), response, action.name)
      })))

  it("reads each type as leniently as it says, and says where it does not fit", () => {
    const types = new Set(actions.flatMap((action) => [...reachable(typesOf(action).response)]))
    let members = 0
    for (const type of types) members += checkType(type)
    assert.isTrue(members > 0 || [...types].every(({ text }) => text === ""))
  })

  it("refuses each request that breaks a rule", () => {
    const types = new Set(actions.flatMap((action) => [...reachable(typesOf(action).request)]))
    let members = 0
    for (const type of types) members += checkRequest(type)
    assert.isTrue(members > 0 || [...types].every(({ text }) => text === ""))
  })
})
