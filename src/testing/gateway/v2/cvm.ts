/**
 * The actions of the `cvm` module: they read parameters, ask the instances, and say what the body of the response has.
 */
import * as Result from "effect/Result"
import { copy } from "../copy.ts"
import {
  buyInstancesOnce,
  type Change,
  changeInstance,
  type CvmState,
  listInstances,
  nextNumber,
  type Order,
  restart,
  start,
  stop,
  terminate
} from "../cvm.ts"
import { type Checked, refuse } from "../refusal.ts"
import { regions, zonesOf } from "../regions.ts"
import type { Failure, Members } from "./envelope.ts"
import { instanceIdsOf, maxItems, type Parameters, readInstanceIds, readInteger, readText } from "./parameters.ts"
import { failureOf } from "./refusal.ts"

export interface Call {
  readonly parameters: Parameters
  /** The long id of the region. `""` for an action that needs none. */
  readonly region: string
  readonly account: string
  /** The gateway's time, in milliseconds. */
  readonly now: number
}

export interface Outcome {
  readonly result: Result.Result<Members, Failure>
  /** Whether anything was changed, whatever the response says. */
  readonly executed: boolean
}

export interface Action {
  readonly needsRegion: boolean
  /** The ids that permissions are checked for. */
  readonly resources: (parameters: Parameters) => ReadonlyArray<string>
  readonly run: (cvm: CvmState, call: Call) => Outcome
}

/** A request that is refused has changed nothing. */
const settle = (outcome: Checked<Outcome>): Outcome =>
  Result.getOrElse(outcome, (refusal): Outcome => ({ result: Result.fail(failureOf(refusal)), executed: false }))

const readOnly = (members: Checked<Members>): Outcome => ({
  result: Result.mapError(members, failureOf),
  executed: false
})

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

const describeInstances = (cvm: CvmState, { parameters, region }: Call): Outcome =>
  readOnly(Result.gen(function*() {
    const offset = yield* readInteger(parameters, "offset", { min: 0, max: 1_000_000, default: 0 })
    const limit = yield* readInteger(parameters, "limit", { min: 1, max: maxItems, default: 20 })
    const found = listInstances(cvm, region, yield* readInstanceIds(parameters))
    return { totalCount: found.length, instanceSet: found.slice(offset, offset + limit) }
  }))

const describeRegions = (): Outcome =>
  readOnly(Result.succeed({
    totalCount: regions.size,
    regionSet: Array.from(regions, (region) => ({ region, state: "AVAILABLE" }))
  }))

const describeZones = (_: CvmState, { region }: Call): Outcome => {
  const zones = zonesOf(region)
  return readOnly(Result.succeed({
    totalCount: zones.length,
    zoneSet: zones.map((zone) => ({ zone, state: "AVAILABLE" }))
  }))
}

// ---------------------------------------------------------------------------------------------------------------------
// Buying
// ---------------------------------------------------------------------------------------------------------------------

/** Longer names are cut. */
const maxNameLength = 60

const nameOf = (parameters: Parameters): string | undefined => {
  const name = parameters.get("instanceName")
  return name === undefined ? undefined : copy(name.slice(0, maxNameLength))
}

const readOrder = ({ parameters, region }: Call): Checked<Order> =>
  Result.gen(function*() {
    const zones = zonesOf(region)
    const zone = yield* readText(parameters, "zone", /^[a-z0-9-]+$/, "a zone")
    if (!zones.includes(zone)) return yield* refuse("invalidParameter", `zone must be one of ${zones.join(", ")}`)
    return {
      instanceType: yield* readText(parameters, "instanceType", /^[A-Z0-9.]{1,32}$/, "a type such as S1.SMALL1"),
      imageId: yield* readText(parameters, "imageId", /^img-[0-9a-z]{1,32}$/, "img- and letters or digits"),
      zone,
      count: yield* readInteger(parameters, "instanceCount", { min: 1, max: maxItems, default: 1 }),
      instanceName: nameOf(parameters)
    }
  })

const inquiryPriceRunInstances = (cvm: CvmState, call: Call): Outcome =>
  readOnly(Result.gen(function*() {
    const { count, instanceType } = yield* readOrder(call)
    const type = cvm.types.get(instanceType)
    if (type === undefined) return yield* refuse("invalidParameter", `There is no instanceType ${instanceType}`)
    return { price: { unitPrice: type.price, totalPrice: type.price * count, currency: "CNY" } }
  }))

const readClientToken = (parameters: Parameters): Checked<string | undefined> =>
  parameters.has("clientToken")
    ? readText(parameters, "clientToken", /^[\x20-\x7e]{1,64}$/, "1 to 64 ASCII characters")
    : Result.succeed(undefined)

const runInstances = (cvm: CvmState, call: Call): Outcome =>
  settle(Result.gen(function*() {
    const { account, now, parameters } = call
    const clientToken = yield* readClientToken(parameters)
    const { executed, purchase } = yield* buyInstancesOnce(cvm, yield* readOrder(call), { account, clientToken }, now)
    return { result: Result.succeed({ ...purchase }), executed }
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

/** An item of the `detail` of a batch. */
const detailOf = (cvm: CvmState, changed: Checked<void>): Members => {
  const { code, codeDesc, message } = Result.match(changed, {
    onSuccess: (): Failure => ({ code: 0, message: "" }),
    onFailure: failureOf
  })
  return { code, message, ...(codeDesc !== undefined && { codeDesc }), requestId: nextNumber(cvm) }
}

/** The documented outer codes: 0 if all are done, 5100 if none is, 5400 if some are. */
const outcomeOf = (done: number, all: number, detail: Members): Outcome => {
  if (done === all) return { result: Result.succeed({ detail }), executed: true }
  const failure = failureOf({
    reason: done === 0 ? "batchFailed" : "batchPartlyFailed",
    message: `${done} of ${all} operations were done, see detail`
  })
  return { result: Result.fail({ ...failure, body: { detail } }), executed: done > 0 }
}

const batch = (change: Change): Action["run"] => (cvm, { parameters, region }) =>
  settle(Result.gen(function*() {
    const ids = yield* readInstanceIds(parameters)
    if (ids.length === 0) return yield* refuse("invalidParameter", "instanceIds is missing")
    const detail: { [id: string]: unknown } = Object.create(null)
    let done = 0
    for (const id of ids) {
      const changed = changeInstance(cvm, change, region, id)
      // Nothing is partial about one id.
      if (ids.length === 1 && Result.isFailure(changed) && changed.failure.reason === "instanceNotFound") {
        return yield* Result.fail(changed.failure)
      }
      if (Result.isSuccess(changed)) done++
      detail[id] = detailOf(cvm, changed)
    }
    return outcomeOf(done, ids.length, detail)
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const none = (): ReadonlyArray<string> => []

const imageOf = (parameters: Parameters): ReadonlyArray<string> => {
  const imageId = parameters.get("imageId")
  return imageId === undefined ? [] : [imageId]
}

export const actions: ReadonlyMap<string, Action> = /*#__PURE__*/ new Map<string, Action>([
  ["DescribeRegions", { needsRegion: false, resources: none, run: describeRegions }],
  ["DescribeZones", { needsRegion: true, resources: none, run: describeZones }],
  ["DescribeInstances", { needsRegion: true, resources: instanceIdsOf, run: describeInstances }],
  ["InquiryPriceRunInstances", { needsRegion: true, resources: imageOf, run: inquiryPriceRunInstances }],
  ["RunInstances", { needsRegion: true, resources: imageOf, run: runInstances }],
  ["StartInstances", { needsRegion: true, resources: instanceIdsOf, run: /*#__PURE__*/ batch(start) }],
  ["StopInstances", { needsRegion: true, resources: instanceIdsOf, run: /*#__PURE__*/ batch(stop) }],
  ["RestartInstances", { needsRegion: true, resources: instanceIdsOf, run: /*#__PURE__*/ batch(restart) }],
  ["TerminateInstances", { needsRegion: true, resources: instanceIdsOf, run: /*#__PURE__*/ batch(terminate) }]
])
