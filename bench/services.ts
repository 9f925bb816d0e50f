/**
 * What the actions of the services package cost at run time, against the JSON functions that no client can do without.
 *
 *     npm run build && npm run build:services && node bench/services.ts [--quick]
 */
import { Description } from "effect-tencentcloud-services"
import { DescribeInstances, RunInstances } from "effect-tencentcloud-services/cvm"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describedOf } from "../services/src/internal/action.ts"
import { compare } from "./compare.ts"
import { requestJson, writerOf } from "./library.ts"
import { atMost } from "./report.ts"

const { exampleResponse } = Option.getOrThrow(Description.of(DescribeInstances))

const page = (instances: number): string => {
  const InstanceSet = Array.from({ length: instances }, (_, seed) => exampleResponse(seed).InstanceSet?.[0])
  return JSON.stringify({ Response: { TotalCount: instances, InstanceSet, RequestId: "r-1" } })
}

const texts = [1, 20, 100].map((instances) => ({ instances, text: page(instances) }))

const request = {
  Placement: { Zone: "ap-guangzhou-1", ProjectId: 0 },
  ImageId: "img-9qabwvbn",
  InstanceType: "S5.MEDIUM4",
  InstanceChargeType: "POSTPAID_BY_HOUR",
  InstanceCount: 3,
  InstanceName: "worker",
  SystemDisk: { DiskType: "CLOUD_PREMIUM", DiskSize: 50 },
  DataDisks: [{ DiskType: "CLOUD_SSD", DiskSize: 100 }],
  VirtualPrivateCloud: { VpcId: "vpc-1", SubnetId: "subnet-1" },
  InternetAccessible: { InternetMaxBandwidthOut: 10, PublicIpAssigned: true },
  SecurityGroupIds: ["sg-1", "sg-2"],
  TagSpecification: [{ ResourceType: "instance", Tags: [{ Key: "team", Value: "a" }] }],
  ClientToken: "system-f3827db9-c58a-49cc-bf10-33fc1923a34a"
}

const write = writerOf(describedOf(RunInstances)!.request)
const context = { earlierMayHaveRun: false, clockWasRight: () => false }

console.log(compare([
  ...texts.map(({ instances, text }) => ({
    name: `text to value, DescribeInstances of ${instances} / \`JSON.parse\``,
    ours: () => Effect.runSync(DescribeInstances.protocol.read(text, context)),
    theirs: (): unknown => JSON.parse(text),
    goal: instances === 100 ? atMost(2.2) : undefined
  })),
  {
    name: "check and write a request, RunInstances / `JSON.stringify`",
    ours: () => requestJson.requestJson(write(request)),
    theirs: () => JSON.stringify(request),
    goal: atMost(2)
  },
  {
    name: "encode a request, RunInstances / `JSON.stringify`",
    ours: () => Effect.runSync(RunInstances.protocol.encode(request)),
    theirs: () => JSON.stringify(request)
  }
]))
