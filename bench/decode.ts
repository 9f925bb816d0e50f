/**
 * What decoding costs, against what it replaces: a success against its schema alone, a failure against the exception of the
 * API 3.0 SDK, and a text against `JSON.parse` and the schema.
 *
 *     npm run build && node bench/decode.ts [--quick]
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import sdkException from "tencentcloud-sdk-nodejs-common/tencentcloud/common/exception/tencent_cloud_sdk_exception.js"
import { compare } from "./compare.ts"
import { TencentResponse, v3 } from "./library.ts"
import { atMost } from "./report.ts"

const Instance = Schema.Struct({
  unInstanceId: Schema.String,
  instanceName: Schema.String,
  status: Schema.Number,
  cpu: Schema.Number,
  mem: Schema.Number,
  zoneName: Schema.String,
  lanIp: Schema.String,
  wanIpSet: Schema.Array(Schema.String),
  createTime: Schema.String,
  deadlineTime: Schema.NullOr(Schema.String),
  autoRenew: Schema.optionalKey(Schema.Number)
})

const Page = Schema.Struct({ totalCount: Schema.Number, instanceSet: Schema.Array(Instance) })

const page = (instances: number) => ({
  code: 0,
  message: "",
  codeDesc: "Success",
  totalCount: instances,
  instanceSet: Array.from({ length: instances }, (_, i) => ({
    unInstanceId: `ins-${(0x5f3a_0000 + i).toString(36)}`,
    instanceName: `worker-${i}`,
    status: 2,
    cpu: 4,
    mem: 8,
    zoneName: "ap-guangzhou-3",
    lanIp: `10.0.0.${i % 256}`,
    wanIpSet: [`203.0.113.${i % 256}`],
    createTime: "2016-10-12 12:12:57",
    deadlineTime: i % 2 === 0 ? "2017-10-12 12:12:57" : null,
    autoRenew: 1
  }))
})

const failure = {
  code: 4400,
  message: "(100004)the request frequency is over the limit of the account",
  codeDesc: "RequestLimitExceeded",
  requestId: "e7c3a1de-5b0f-4a36-9a54-0d2f9c1f4b5a"
}

const failureV3 = {
  Response: {
    Error: { Code: "InvalidInstanceId.NotFound", Message: failure.message },
    RequestId: failure.requestId
  }
}

const decode = TencentResponse.decode(Page)
const decodeV3 = v3.TencentResponse.decode(Page, { errors: { notFound: "InvalidInstanceId.NotFound" } })
const decodeText = TencentResponse.decodeText(Page)
const schema = Schema.decodeUnknownEffect(Page)

/** As the SDK makes it from a response. */
const makeSdkException = () => {
  const exception = new sdkException.default(failure.message, failure.requestId)
  exception.code = failure.codeDesc
  return exception
}

const bodies = [2, 50].map((instances) => {
  const body = page(instances)
  const text = JSON.stringify(body)
  return { body, text, size: text.length < 1000 ? `${text.length} bytes` : `${Math.round(text.length / 1000)} kB` }
})

console.log(compare([
  ...bodies.map(({ body, size }) => ({
    name: `decode a success of ${size} / its schema alone`,
    ours: () => Effect.runSync(decode(body)),
    theirs: () => Effect.runSync(schema(body)),
    goal: atMost(1.1)
  })),
  ...bodies.map(({ size, text }, i) => ({
    name: `decode a text of ${size} / \`JSON.parse\` and the schema`,
    ours: () => Effect.runSync(decodeText(text)),
    theirs: () => Effect.runSync(schema(JSON.parse(text))),
    goal: [undefined, atMost(1.08)][i]
  })),
  {
    name: "decode a failure / the exception of the API 3.0 SDK",
    ours: () => Effect.runSyncExit(decode(failure)),
    theirs: makeSdkException,
    goal: atMost(0.25)
  },
  {
    name: "decode a declared failure of API 3.0 / the exception of its SDK",
    ours: () => Effect.runSyncExit(decodeV3(failureV3)),
    theirs: makeSdkException,
    goal: atMost(0.25)
  },
  {
    name: "an error of API 3.0 / the exception of its SDK",
    ours: () =>
      v3.TencentError.make("RequestLimitExceeded", { message: failure.message, requestId: failure.requestId }),
    theirs: makeSdkException,
    goal: atMost(0.25)
  }
]))
