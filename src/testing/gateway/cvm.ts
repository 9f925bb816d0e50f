/**
 * The `cvm` module of the gateway: virtual machines that are bought, started, stopped and returned.
 *
 * An action is a synchronous function of the state, so nothing comes between its checks and its changes. States change at
 * once: a machine that was bought is running when the response is written.
 */
import * as Result from "effect/Result"
import { type Failure, refuse } from "./refusal.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Models
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A virtual machine of the gateway, as `DescribeInstances` prints it.
 *
 * @category models
 */
export interface Instance {
  /** `ins-` and letters or digits. */
  readonly instanceId: string
  readonly instanceName: string
  readonly instanceType: string
  /** `img-` and letters or digits. */
  readonly imageId: string
  /** The region and a number, such as `ap-guangzhou-3`. A machine is seen in its own region only. */
  readonly zone: string
  readonly status: "RUNNING" | "STOPPED"
  /** ISO 8601. */
  readonly createTime: string
}

/**
 * A configuration that can be bought.
 *
 * @category models
 */
export interface InstanceType {
  /** The price of one machine, in fen (a hundredth of a yuan). */
  readonly price: number
  /** How many can be bought before the response is 5200. */
  readonly stock: number
}

export interface CvmState {
  readonly instances: Map<string, Instance>
  readonly types: Map<string, InstanceType>
  /** In fen. */
  balance: number
  identityVerified: boolean
  /** Instances, deals and tasks are numbered in one sequence. */
  sequence: number
}

export interface Call {
  readonly values: ReadonlyMap<string, string>
  /** The long id of the region. `""` for an action that needs none. */
  readonly region: string
  /** The server's time, in milliseconds. */
  readonly now: number
}

export interface Outcome {
  readonly response: Result.Result<{ readonly [key: string]: unknown }, Failure>
  /** Whether anything was changed, whatever the response says. */
  readonly executed: boolean
}

export interface Action {
  readonly needsRegion: boolean
  /** The ids that permissions are checked for. */
  readonly resources: (values: ReadonlyMap<string, string>) => ReadonlyArray<string>
  readonly run: (state: CvmState, call: Call) => Outcome
}

const succeeded = (body: { readonly [key: string]: unknown }, executed = false): Outcome => ({
  response: Result.succeed(body),
  executed
})

const refused = (failure: Failure, executed = false): Outcome => ({ response: Result.fail(failure), executed })

const settle = (outcome: Result.Result<Outcome, Failure>): Outcome =>
  Result.isSuccess(outcome) ? outcome.success : refused(outcome.failure)

// ---------------------------------------------------------------------------------------------------------------------
// Regions
// ---------------------------------------------------------------------------------------------------------------------

// The short codes of API 2.0 and the long ids of a later revision of the same pages. Both are accepted.
const regions: ReadonlyMap<string, string> = /*#__PURE__*/ (() => {
  const long = new Map([
    ["gz", "ap-guangzhou"],
    ["sh", "ap-shanghai"],
    ["bj", "ap-beijing"],
    ["hk", "ap-hongkong"],
    ["ca", "na-toronto"],
    ["sg", "ap-singapore"],
    ["cd", "ap-chengdu"],
    ["cq", "ap-chongqing"],
    ["shjr", "ap-shanghai-fsi"],
    ["szjr", "ap-shenzhen-fsi"],
    ["gzopen", "ap-guangzhou-open"],
    ["usw", "na-siliconvalley"],
    ["use", "na-ashburn"],
    ["in", "ap-mumbai"],
    ["th", "ap-bangkok"],
    ["kr", "ap-seoul"],
    ["ru", "eu-moscow"]
  ])
  for (const id of [...long.values(), "ap-nanjing", "ap-tokyo", "ap-jakarta", "eu-frankfurt", "sa-saopaulo"]) {
    long.set(id, id)
  }
  return long
})()

/** The long id of a region, if there is one. */
export const regionOf = (text: string): string | undefined => regions.get(text)

const zonesPerRegion = 3

const zonesOf = (region: string): ReadonlyArray<string> =>
  Array.from({ length: zonesPerRegion }, (_, index) => `${region}-${index + 1}`)

const regionOfZone = (zone: string): string => zone.slice(0, zone.lastIndexOf("-"))

// ---------------------------------------------------------------------------------------------------------------------
// Parameters
// ---------------------------------------------------------------------------------------------------------------------

// The module code that documents print most often with `InvalidParameter`.
const invalid = (message: string): Failure => refuse(4000, `(9003)${message}`)

const readInteger = (
  values: ReadonlyMap<string, string>,
  name: string,
  range: { readonly min: number; readonly max: number; readonly default: number }
): Result.Result<number, Failure> => {
  const text = values.get(name)
  if (text === undefined) return Result.succeed(range.default)
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN
  return value >= range.min && value <= range.max
    ? Result.succeed(value)
    : Result.fail(invalid(`${name} must be an integer from ${range.min} to ${range.max}`))
}

const readText = (
  values: ReadonlyMap<string, string>,
  name: string,
  pattern: RegExp,
  form: string
): Result.Result<string, Failure> => {
  const text = values.get(name)
  if (text === undefined) return Result.fail(invalid(`${name} is missing`))
  return pattern.test(text) ? Result.succeed(text) : Result.fail(invalid(`${name} must be ${form}`))
}

const idName = /^instanceIds\.\d{1,4}$/

/** `instanceIds.0`, `instanceIds.1`, ... in the order of their numbers. Documents count from 0 and from 1. */
const idsOf = (values: ReadonlyMap<string, string>): ReadonlyArray<string> =>
  [...values.keys()]
    .filter((name) => idName.test(name))
    .map((name) => ({ name, index: Number(name.slice(name.indexOf(".") + 1)) }))
    .sort((a, b) => a.index - b.index)
    .flatMap(({ name }) => values.get(name) ?? [])

const idPattern = /^ins-[0-9a-z]{1,32}$/

// The documented limit of a batch, and of a page.
const maxItems = 100

const readIds = (values: ReadonlyMap<string, string>): Result.Result<ReadonlyArray<string>, Failure> => {
  const ids = idsOf(values)
  if (ids.length > maxItems) return Result.fail(invalid(`instanceIds has more than ${maxItems} items`))
  const malformed = ids.find((id) => !idPattern.test(id))
  if (malformed !== undefined) {
    return Result.fail(invalid(`instanceIds has ${JSON.stringify(malformed.slice(0, 64))}, which is no instance id`))
  }
  return new Set(ids).size === ids.length
    ? Result.succeed(ids)
    : Result.fail(invalid("instanceIds has the same id twice"))
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

const describeInstances = (state: CvmState, { region, values }: Call): Outcome =>
  settle(Result.gen(function*() {
    const offset = yield* readInteger(values, "offset", { min: 0, max: 1_000_000, default: 0 })
    const limit = yield* readInteger(values, "limit", { min: 1, max: maxItems, default: 20 })
    const ids = new Set(yield* readIds(values))
    const found = [...state.instances.values()].filter((instance) =>
      regionOfZone(instance.zone) === region && (ids.size === 0 || ids.has(instance.instanceId))
    )
    return succeeded({ totalCount: found.length, instanceSet: found.slice(offset, offset + limit) })
  }))

const describeRegions = (): Outcome => {
  const ids = [...new Set(regions.values())]
  return succeeded({ totalCount: ids.length, regionSet: ids.map((region) => ({ region, state: "AVAILABLE" })) })
}

const describeZones = (_: CvmState, { region }: Call): Outcome => {
  const zones = zonesOf(region)
  return succeeded({ totalCount: zones.length, zoneSet: zones.map((zone) => ({ zone, state: "AVAILABLE" })) })
}

// ---------------------------------------------------------------------------------------------------------------------
// Buying
// ---------------------------------------------------------------------------------------------------------------------

interface Order {
  readonly instanceType: string
  readonly imageId: string
  readonly zone: string
  readonly count: number
}

const readOrder = ({ region, values }: Call): Result.Result<Order, Failure> =>
  Result.gen(function*() {
    const zones = zonesOf(region)
    const zone = yield* readText(values, "zone", /^[a-z0-9-]+$/, "a zone")
    if (!zones.includes(zone)) return yield* Result.fail(invalid(`zone must be one of ${zones.join(", ")}`))
    return {
      instanceType: yield* readText(values, "instanceType", /^[A-Z0-9.]{1,32}$/, "a type such as S1.SMALL1"),
      imageId: yield* readText(values, "imageId", /^img-[0-9a-z]{1,32}$/, "img- and letters or digits"),
      zone,
      count: yield* readInteger(values, "instanceCount", { min: 1, max: maxItems, default: 1 })
    }
  })

const inquiryPriceRunInstances = (state: CvmState, call: Call): Outcome =>
  settle(Result.gen(function*() {
    const { count, instanceType } = yield* readOrder(call)
    const type = state.types.get(instanceType)
    if (type === undefined) return yield* Result.fail(invalid(`There is no instanceType ${instanceType}`))
    return succeeded({ price: { unitPrice: type.price, totalPrice: type.price * count, currency: "CNY" } })
  }))

const newId = (state: CvmState): string => {
  let id: string
  // An id of the initial state can be in the way.
  do id = `ins-${(++state.sequence).toString(36).padStart(8, "0")}`
  while (state.instances.has(id))
  return id
}

const runInstances = (state: CvmState, call: Call): Outcome =>
  settle(Result.gen(function*() {
    const { count, imageId, instanceType, zone } = yield* readOrder(call)
    if (!state.identityVerified) {
      return yield* Result.fail(refuse(5500, "The account has not passed identity verification"))
    }
    const type = state.types.get(instanceType)
    if (type === undefined) {
      return yield* Result.fail(
        refuse(5200, `${instanceType} cannot be bought in ${zone}`, { codeDesc: "InstanceTypeNotSupported" })
      )
    }
    if (type.stock < count) {
      return yield* Result.fail(refuse(5200, `${instanceType} is out of stock in ${zone}: ${type.stock} left`))
    }
    const price = type.price * count
    if (state.balance < price) {
      return yield* Result.fail(refuse(5300, `(100207)The price is ${price}, the balance is ${state.balance}`))
    }
    state.balance -= price
    state.types.set(instanceType, { ...type, stock: type.stock - count })
    const instanceIds = Array.from({ length: count }, () => {
      const instanceId = newId(state)
      state.instances.set(instanceId, {
        instanceId,
        instanceName: call.values.get("instanceName")?.slice(0, 60) ?? "Unnamed",
        instanceType,
        imageId,
        zone,
        status: "RUNNING",
        createTime: new Date(call.now).toISOString()
      })
      return instanceId
    })
    return succeeded({ instanceIds, dealId: String(++state.sequence) }, true)
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

/** Changes one machine, or says why not. */
type Transition = (state: CvmState, instance: Instance) => Failure | undefined

const needs = (status: Instance["status"], next: Instance["status"]): Transition => (state, instance) => {
  if (instance.status !== status) {
    return refuse(5100, `${instance.instanceId} is ${instance.status}, it must be ${status}`, {
      codeDesc: "IncorrectInstanceStatus"
    })
  }
  state.instances.set(instance.instanceId, { ...instance, status: next })
  return undefined
}

const terminate: Transition = (state, instance) => {
  state.instances.delete(instance.instanceId)
  const type = state.types.get(instance.instanceType)
  if (type !== undefined) state.types.set(instance.instanceType, { ...type, stock: type.stock + 1 })
  return undefined
}

const notFound = (id: string): Failure => refuse(5000, `The instance ${id} does not exist`)

/** The documented outer codes: 0 if all are done, 5100 if none is, 5400 if some are. `detail` has the items by id. */
const batch = (transition: Transition): Action["run"] => (state, { region, values }) =>
  settle(Result.gen(function*() {
    const ids = yield* readIds(values)
    if (ids.length === 0) return yield* Result.fail(invalid("instanceIds is missing"))
    const detail: { [id: string]: unknown } = Object.create(null)
    let done = 0
    for (const id of ids) {
      const instance = state.instances.get(id)
      const failure = instance === undefined || regionOfZone(instance.zone) !== region
        ? notFound(id)
        : transition(state, instance)
      // Nothing is partial about one id.
      if (failure?.code === 5000 && ids.length === 1) return yield* Result.fail(failure)
      if (failure === undefined) done++
      detail[id] = {
        code: failure?.code ?? 0,
        message: failure?.message ?? "",
        ...(failure?.codeDesc !== undefined && { codeDesc: failure.codeDesc }),
        requestId: String(++state.sequence)
      }
    }
    if (done === ids.length) return succeeded({ detail }, true)
    const message = `${done} of ${ids.length} operations were done, see detail`
    return refused(refuse(done === 0 ? 5100 : 5400, message, { body: { detail } }), done > 0)
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const none = (): ReadonlyArray<string> => []

const imageOf = (values: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const imageId = values.get("imageId")
  return imageId === undefined ? [] : [imageId]
}

export const actions: ReadonlyMap<string, Action> = /*#__PURE__*/ new Map<string, Action>([
  ["DescribeRegions", { needsRegion: false, resources: none, run: describeRegions }],
  ["DescribeZones", { needsRegion: true, resources: none, run: describeZones }],
  ["DescribeInstances", { needsRegion: true, resources: idsOf, run: describeInstances }],
  ["InquiryPriceRunInstances", { needsRegion: true, resources: imageOf, run: inquiryPriceRunInstances }],
  ["RunInstances", { needsRegion: true, resources: imageOf, run: runInstances }],
  ["StartInstances", { needsRegion: true, resources: idsOf, run: /*#__PURE__*/ batch(needs("STOPPED", "RUNNING")) }],
  ["StopInstances", { needsRegion: true, resources: idsOf, run: /*#__PURE__*/ batch(needs("RUNNING", "STOPPED")) }],
  ["RestartInstances", { needsRegion: true, resources: idsOf, run: /*#__PURE__*/ batch(needs("RUNNING", "RUNNING")) }],
  ["TerminateInstances", { needsRegion: true, resources: idsOf, run: /*#__PURE__*/ batch(terminate) }]
])
