/**
 * Instances that are bought, started, stopped and returned: their stock, the balance that pays for them, and the
 * operations on them, for whatever generation of the API asks.
 *
 * An operation is a synchronous function of the state, so nothing comes between its checks and its changes. States change at
 * once: an instance that was bought is running when the response is written.
 */
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import { type ClientTokens, makeClientTokens } from "./clientTokens.ts"
import { type Checked, refuse } from "./refusal.ts"
import { regionOfZone } from "./regions.ts"

// ---------------------------------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------------------------------

/**
 * An instance (a virtual machine) of the gateway, as `DescribeInstances` prints it.
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
  /** The region and a number, such as `ap-guangzhou-3`. An instance is seen in its own region only. */
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
  /** The price of one instance, in fen (a hundredth of a yuan). */
  readonly price: number
  /** How many can be bought before the response is 5200. */
  readonly stock: number
}

/** The part of the options of `TencentGateway` that is about instances. They are documented there. */
export interface CvmOptions {
  readonly balance?: number | undefined
  readonly identityVerified?: boolean | undefined
  readonly instanceTypes?: { readonly [instanceType: string]: InstanceType } | undefined
  readonly instances?: ReadonlyArray<Pick<Instance, "instanceId"> & Partial<Instance>> | undefined
}

export interface CvmState {
  readonly instances: Map<string, Instance>
  readonly types: Map<string, InstanceType>
  /** In fen. */
  balance: number
  identityVerified: boolean
  /** The purchases that had a client token. */
  readonly purchases: ClientTokens<{ readonly order: Order; readonly purchase: Purchase }>
  /** Instances, deals and tasks are numbered in one sequence. */
  sequence: number
}

const defaultTypes: CvmOptions["instanceTypes"] = {
  "S1.SMALL1": { price: 2_000, stock: 100 },
  "S1.MEDIUM4": { price: 8_000, stock: 100 },
  "S1.LARGE8": { price: 16_000, stock: 100 }
}

const defaultInstances: CvmOptions["instances"] = [
  { instanceId: "ins-00000001", instanceName: "web" },
  { instanceId: "ins-00000002", instanceName: "worker", status: "STOPPED" }
]

// The order of the fields is that of a response.
const toInstance = ({ instanceId, ...fields }: Pick<Instance, "instanceId"> & Partial<Instance>): Instance => ({
  instanceId,
  instanceName: "Unnamed",
  instanceType: "S1.SMALL1",
  imageId: "img-00000001",
  zone: "ap-guangzhou-3",
  status: "RUNNING",
  createTime: "2020-01-01T00:00:00.000Z",
  ...fields
})

export const makeCvm = (options: CvmOptions): CvmState => ({
  instances: new Map((options.instances ?? defaultInstances).map((one) => [one.instanceId, toInstance(one)])),
  types: new Map(Object.entries(options.instanceTypes ?? defaultTypes)),
  balance: options.balance ?? 100_000,
  identityVerified: options.identityVerified ?? true,
  purchases: makeClientTokens(),
  sequence: 1_000_000
})

/** The number of the next deal or task. */
export const nextNumber = (cvm: CvmState): string => String(++cvm.sequence)

// ---------------------------------------------------------------------------------------------------------------------
// Listing
// ---------------------------------------------------------------------------------------------------------------------

/** The instances of a region with these ids, or all of them if there are no ids. */
export const listInstances = (cvm: CvmState, region: string, ids: ReadonlyArray<string>): ReadonlyArray<Instance> =>
  [...cvm.instances.values()].filter(({ instanceId, zone }) =>
    regionOfZone(zone) === region && (ids.length === 0 || ids.includes(instanceId))
  )

// ---------------------------------------------------------------------------------------------------------------------
// Buying
// ---------------------------------------------------------------------------------------------------------------------

export interface Order {
  readonly instanceName: string | undefined
  readonly instanceType: string
  readonly imageId: string
  readonly zone: string
  readonly count: number
}

export interface Purchase {
  readonly instanceIds: ReadonlyArray<string>
  readonly dealId: string
}

const newInstanceId = (cvm: CvmState): string => {
  let id: string
  // An id of the initial state can be in the way.
  do id = `ins-${(++cvm.sequence).toString(36).padStart(8, "0")}`
  while (cvm.instances.has(id))
  return id
}

/** What one instance of an order costs and how many there are, if all of them can be bought. */
export const checkOrder = (cvm: CvmState, { count, instanceType, zone }: Order): Checked<InstanceType> => {
  if (!cvm.identityVerified) return refuse("identity", "The account has not passed identity verification")
  const type = cvm.types.get(instanceType)
  if (type === undefined) return refuse("typeNotSold", `${instanceType} cannot be bought in ${zone}`)
  if (type.stock < count) {
    return refuse("soldOut", `${instanceType} is out of stock in ${zone}: ${type.stock} left`)
  }
  const price = type.price * count
  return cvm.balance < price
    ? refuse("balance", `The price is ${price}, the balance is ${cvm.balance}`)
    : Result.succeed(type)
}

/** Pays an order that can be bought, and delivers it. */
const deliver = (cvm: CvmState, order: Order, type: InstanceType, now: number): Purchase => {
  const { count, instanceName, instanceType, ...where } = order
  cvm.balance -= type.price * count
  cvm.types.set(instanceType, { ...type, stock: type.stock - count })
  const instanceIds = Array.from({ length: count }, () => {
    const instance = toInstance({
      instanceId: newInstanceId(cvm),
      ...(instanceName !== undefined && { instanceName }),
      instanceType,
      ...where,
      createTime: new Date(now).toISOString()
    })
    cvm.instances.set(instance.instanceId, instance)
    return instance.instanceId
  })
  return { instanceIds, dealId: nextNumber(cvm) }
}

/** Who buys, and the token that says which purchase it is. */
export interface Buyer {
  readonly account: string
  readonly clientToken: string | undefined
}

/**
 * Buys all instances of an order, or none. With the client token of an earlier purchase it is that purchase, and nothing is
 * bought. A purchase that was refused is not remembered: what it lacked may be there the next time.
 */
export const buyInstancesOnce = (
  cvm: CvmState,
  order: Order,
  { account, clientToken }: Buyer,
  now: number
): Checked<{ readonly purchase: Purchase; readonly executed: boolean }> => {
  const known = clientToken === undefined ? undefined : cvm.purchases.find(account, clientToken, now)
  if (known !== undefined) {
    return Equal.equals(known.order, order)
      ? Result.succeed({ purchase: known.purchase, executed: false })
      : refuse("tokenMismatch", "The clientToken was used for a purchase with other parameters")
  }
  return Result.map(checkOrder(cvm, order), (type) => {
    const purchase = deliver(cvm, order, type, now)
    if (clientToken !== undefined) cvm.purchases.remember(account, clientToken, { order, purchase }, now)
    return { purchase, executed: true }
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// Changing
// ---------------------------------------------------------------------------------------------------------------------

/** A change of one instance, and what is in its way. */
export interface Change {
  readonly check: (instance: Instance) => Checked<void>
  /** For an instance that has passed the check. */
  readonly apply: (cvm: CvmState, instance: Instance) => void
}

const changeStatus = (from: Instance["status"], to: Instance["status"]): Change => ({
  check: ({ instanceId, status }) =>
    status === from ? Result.void : refuse(
      status === "RUNNING" ? "instanceRunning" : "instanceStopped",
      `${instanceId} is ${status}, it must be ${from}`
    ),
  apply: (cvm, instance) => void cvm.instances.set(instance.instanceId, { ...instance, status: to })
})

export const start: Change = /*#__PURE__*/ changeStatus("STOPPED", "RUNNING")

export const stop: Change = /*#__PURE__*/ changeStatus("RUNNING", "STOPPED")

export const restart: Change = /*#__PURE__*/ changeStatus("RUNNING", "RUNNING")

/** An instance that was returned can be bought again. */
export const terminate: Change = {
  check: () => Result.void,
  apply: (cvm, { instanceId, instanceType }) => {
    cvm.instances.delete(instanceId)
    const type = cvm.types.get(instanceType)
    if (type !== undefined) cvm.types.set(instanceType, { ...type, stock: type.stock + 1 })
  }
}

/** The instance of a region, where the change can be made. */
const findInstance = (cvm: CvmState, change: Change, region: string, id: string): Checked<Instance> => {
  const instance = cvm.instances.get(id)
  return instance === undefined || regionOfZone(instance.zone) !== region
    ? refuse("instanceNotFound", `The instance ${id} does not exist`)
    : Result.map(change.check(instance), () => instance)
}

/** Changes an instance of a region. */
export const changeInstance = (cvm: CvmState, change: Change, region: string, id: string): Checked<void> =>
  Result.map(findInstance(cvm, change, region, id), (instance) => change.apply(cvm, instance))

/** Changes all instances with these ids, or none. Each id is there once. */
export const changeInstances = (
  cvm: CvmState,
  change: Change,
  region: string,
  ids: ReadonlyArray<string>
): Checked<void> =>
  Result.map(
    Result.all(ids.map((id) => findInstance(cvm, change, region, id))),
    (instances) => instances.forEach((instance) => change.apply(cvm, instance))
  )
