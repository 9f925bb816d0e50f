/**
 * The actions of `cvm`, version 2017-03-12: they read parameters, ask the instances, and say what the response has.
 */
import * as Result from "effect/Result"
import { copy } from "../copy.ts"
import {
  buyInstancesOnce,
  type Change,
  changeInstances,
  checkOrder,
  type CvmState,
  type Instance,
  listInstances,
  type Order,
  restart,
  start,
  stop,
  terminate
} from "../cvm.ts"
import { regions, zonesOf } from "../regions.ts"
import { type Action, type Call, names, type Outcome, readOnly, settle } from "./action.ts"
import type { Members } from "./envelope.ts"
import {
  isMembers,
  maxItems,
  memberOf,
  missing,
  type Parameters,
  readBoolean,
  readInteger,
  readObject,
  readText,
  readTexts,
  requireText
} from "./parameters.ts"
import { type Checked, fail, ours, shown } from "./refusal.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Reading
// ---------------------------------------------------------------------------------------------------------------------

const idPattern = /^ins-[0-9a-z]{1,32}$/

const readInstanceIds = (parameters: Parameters): Checked<ReadonlyArray<string>> =>
  Result.gen(function*() {
    const ids = yield* readTexts(parameters, "InstanceIds")
    const malformed = ids.find((id) => !idPattern.test(id))
    if (malformed !== undefined) {
      return yield* fail("InvalidInstanceId.Malformed", `The instance id \`${shown(malformed)}\` is malformed.`)
    }
    return new Set(ids).size === ids.length
      ? ids
      : yield* fail("InvalidParameterValue", "The value of `InstanceIds` has the same id twice.")
  })

/** For permissions: what is malformed is refused later. */
const instanceIdsOf = (parameters: Parameters): ReadonlyArray<string> =>
  Result.getOrElse(readTexts(parameters, "InstanceIds"), () => [])

type Matches = (instance: Instance) => boolean

// Some of the documented ones.
const filters: ReadonlyMap<string, (instance: Instance) => string> = /*#__PURE__*/ new Map([
  ["zone", ({ zone }: Instance) => zone],
  ["instance-id", ({ instanceId }: Instance) => instanceId],
  ["instance-name", ({ instanceName }: Instance) => instanceName],
  ["instance-type", ({ instanceType }: Instance) => instanceType],
  ["instance-state", ({ status }: Instance) => status],
  ["image-id", ({ imageId }: Instance) => imageId]
])

const maxFilters = 10

const readFilter = (filter: unknown): Checked<Matches> =>
  Result.gen(function*() {
    if (!isMembers(filter)) return yield* fail("InvalidParameter", "An item of `Filters` is not an object.")
    const name = memberOf(filter, "Name")
    const read = typeof name === "string" ? filters.get(name) : undefined
    if (read === undefined) {
      return yield* fail("InvalidFilter", `There is no filter \`${shown(String(name))}\`.`)
    }
    const values = new Set(yield* readTexts({ members: filter }, "Values"))
    return (instance: Instance) => values.has(read(instance))
  })

const readFilters = ({ members }: Parameters): Checked<ReadonlyArray<Matches>> => {
  const value = memberOf(members, "Filters") ?? []
  if (!Array.isArray(value)) {
    return fail("InvalidParameter", "The type of value of parameter `Filters` is not `list`.")
  }
  const items: ReadonlyArray<unknown> = value
  return items.length > maxFilters
    ? fail("InvalidParameterValue.LimitExceeded", `\`Filters\` has more than ${maxFilters} items.`)
    : Result.all(items.map(readFilter))
}

/** The members that a listing shows. Some can be null, as documented. */
const described = (
  { createTime, imageId, instanceId, instanceName, instanceType, status, zone }: Instance
): Members => ({
  Placement: { Zone: zone, ProjectId: 0 },
  InstanceId: instanceId,
  InstanceType: instanceType,
  InstanceName: instanceName,
  InstanceState: status,
  InstanceChargeType: "POSTPAID_BY_HOUR",
  RestrictState: "NORMAL",
  ImageId: imageId,
  CreatedTime: `${createTime.slice(0, 19)}Z`,
  PublicIpAddresses: null,
  LatestOperation: null
})

const describeInstances = (cvm: CvmState, { parameters, region }: Call): Outcome =>
  readOnly(Result.gen(function*() {
    const offset = yield* readInteger(parameters, "Offset", { min: 0, max: 1_000_000, default: 0 })
    const limit = yield* readInteger(parameters, "Limit", { min: 1, max: maxItems, default: 20 })
    const ids = yield* readInstanceIds(parameters)
    const matches = yield* readFilters(parameters)
    if (ids.length > 0 && matches.length > 0) {
      return yield* fail("InvalidParameter", "`InstanceIds` and `Filters` cannot be used together.")
    }
    const found = listInstances(cvm, region, ids).filter((instance) => matches.every((match) => match(instance)))
    return { TotalCount: found.length, InstanceSet: found.slice(offset, offset + limit).map(described) }
  }))

const describeRegions = (): Outcome =>
  readOnly(Result.succeed({
    TotalCount: regions.size,
    RegionSet: Array.from(regions, (Region) => ({ Region, RegionName: Region, RegionState: "AVAILABLE" }))
  }))

const describeZones = (_: CvmState, { region }: Call): Outcome => {
  const zones = zonesOf(region)
  return readOnly(Result.succeed({
    TotalCount: zones.length,
    ZoneSet: zones.map((Zone, index) => ({
      Zone,
      ZoneName: Zone,
      ZoneId: String(100_001 + index),
      ZoneState: "AVAILABLE"
    }))
  }))
}

// ---------------------------------------------------------------------------------------------------------------------
// Buying
// ---------------------------------------------------------------------------------------------------------------------

/** The documented length of a name. */
const maxNameLength = 128

const readZone = (parameters: Parameters, region: string): Checked<string> =>
  Result.gen(function*() {
    const placement = yield* readObject(parameters, "Placement")
    if (placement === undefined) return yield* missing("Placement")
    const zone = yield* requireText({ ...parameters, members: placement }, "Zone")
    return zonesOf(region).includes(zone)
      ? zone
      : yield* fail("InvalidZone.MismatchRegion", `The zone \`${shown(zone)}\` is not in the region \`${region}\`.`)
  })

const readOrder = ({ parameters, region }: Call): Checked<Order> =>
  Result.gen(function*() {
    const zone = yield* readZone(parameters, region)
    const imageId = yield* requireText(parameters, "ImageId")
    if (!/^img-[0-9a-z]{1,32}$/.test(imageId)) {
      return yield* fail("InvalidImageId.Malformed", `The image id \`${shown(imageId)}\` is malformed.`)
    }
    const instanceType = (yield* readText(parameters, "InstanceType")) ?? "S1.SMALL1"
    if (!/^[A-Z0-9.]{1,32}$/.test(instanceType)) {
      return yield* fail("InvalidInstanceType.Malformed", `The instance type \`${shown(instanceType)}\` is malformed.`)
    }
    const instanceName = yield* readText(parameters, "InstanceName")
    if (instanceName !== undefined && instanceName.length > maxNameLength) {
      return yield* fail("InvalidInstanceName.TooLong", `An instance name has at most ${maxNameLength} characters.`)
    }
    return {
      instanceType,
      imageId,
      zone,
      count: yield* readInteger(parameters, "InstanceCount", { min: 1, max: maxItems, default: 1 }),
      instanceName: instanceName === undefined ? undefined : copy(instanceName)
    }
  })

/** A hundredth of a yuan is a fen. */
const yuan = (fen: number): number => fen / 100

const inquiryPriceRunInstances = (cvm: CvmState, call: Call): Outcome =>
  readOnly(Result.gen(function*() {
    const { count, instanceType } = yield* readOrder(call)
    const type = cvm.types.get(instanceType)
    if (type === undefined) {
      return yield* fail("InvalidParameterValue.InstanceTypeNotFound", `There is no type \`${instanceType}\`.`)
    }
    return { Price: { InstancePrice: { UnitPrice: yuan(type.price * count), ChargeUnit: "HOUR", Discount: 100 } } }
  }))

const readClientToken = (parameters: Parameters): Checked<string | undefined> =>
  Result.gen(function*() {
    const token = yield* readText(parameters, "ClientToken")
    if (token === undefined || /^[\x20-\x7e]{1,64}$/.test(token)) return token
    return token.length > 64
      ? yield* fail("InvalidClientToken.TooLong", "A client token has at most 64 characters.")
      : yield* fail("InvalidParameterValue", "The value of `ClientToken` must be 1 to 64 ASCII characters.")
  })

const runInstances = (cvm: CvmState, call: Call): Outcome =>
  settle(Result.gen(function*() {
    const { account, now, parameters } = call
    const clientToken = yield* readClientToken(parameters)
    const order = yield* readOrder(call)
    if (yield* readBoolean(parameters, "DryRun")) {
      yield* ours(checkOrder(cvm, order))
      return yield* fail("DryRunOperation", "The request would have succeeded, but the DryRun parameter was used.")
    }
    const { executed, purchase } = yield* ours(buyInstancesOnce(cvm, order, { account, clientToken }, now))
    return { result: Result.succeed({ InstanceIdSet: purchase.instanceIds }), executed }
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Batches
// ---------------------------------------------------------------------------------------------------------------------

/** All instances are changed, or none. */
const batch = (change: Change) => (cvm: CvmState, { parameters, region }: Call): Outcome =>
  settle(Result.gen(function*() {
    const ids = yield* readInstanceIds(parameters)
    if (ids.length === 0) return yield* missing("InstanceIds")
    yield* ours(changeInstances(cvm, change, region, ids))
    return { result: Result.succeed({}), executed: true }
  }))

// ---------------------------------------------------------------------------------------------------------------------
// Actions
// ---------------------------------------------------------------------------------------------------------------------

const imageOf = ({ members }: Parameters): ReadonlyArray<string> => {
  const imageId = memberOf(members, "ImageId")
  return typeof imageId === "string" ? [imageId] : []
}

const orderNames =
  "Placement ImageId InstanceChargeType InstanceChargePrepaid InstanceType SystemDisk DataDisks VirtualPrivateCloud " +
  "InternetAccessible InstanceCount InstanceName LoginSettings SecurityGroupIds EnhancedService ClientToken HostName " +
  "TagSpecification InstanceMarketOptions Metadata HpcClusterId CpuTopology LaunchTemplate NetworkInterfaces"

const action = (
  name: string,
  run: (cvm: CvmState, call: Call) => Outcome,
  fields: Pick<Action, "parameters" | "resources" | "needsRegion">
): Action => ({
  service: "cvm",
  version: "2017-03-12",
  name,
  needsRegion: true,
  ...fields,
  run: ({ cvm }, call) => run(cvm, call)
})

const batchAction = (name: string, change: Change, options: string): Action =>
  action(name, batch(change), { parameters: names(`InstanceIds ${options}`.trim()), resources: instanceIdsOf })

export const actions = (): ReadonlyArray<Action> => [
  action("DescribeRegions", describeRegions, { parameters: new Set(), needsRegion: false }),
  action("DescribeZones", describeZones, { parameters: new Set() }),
  action("DescribeInstances", describeInstances, {
    parameters: names("InstanceIds Filters Offset Limit"),
    resources: instanceIdsOf
  }),
  action("InquiryPriceRunInstances", inquiryPriceRunInstances, { parameters: names(orderNames), resources: imageOf }),
  action("RunInstances", runInstances, {
    parameters: names(
      `${orderNames} MinCount ActionTimer DisasterRecoverGroupIds UserData DryRun CamRoleName DedicatedClusterId ChcIds ` +
        "PartitionNumber DisableApiTermination EnableJumboFrame"
    ),
    resources: imageOf
  }),
  batchAction("StartInstances", start, ""),
  batchAction("StopInstances", stop, "ForceStop StopType StoppedMode"),
  batchAction("RebootInstances", restart, "ForceReboot StopType"),
  batchAction("TerminateInstances", terminate, "ReleaseAddress ReleasePrepaidDataDisks")
]
