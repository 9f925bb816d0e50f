import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { print } from "../../../services/generate/description.ts"
import { describe as describeService, type Source } from "../../../services/generate/vendor.ts"

const fixture = (path: string): Source => ({
  name: path,
  text: readFileSync(new URL(`../../fixtures/vendor/${path}`, import.meta.url), "utf8")
})

const files = {
  service: "demo",
  api: fixture("tccli/services/demo/v20200101/api.json"),
  client: fixture("tencentcloud/demo/v20200101/client.go"),
  models: fixture("tencentcloud/demo/v20200101/models.go")
}

describe("a snapshot of the vendor", () => {
  it("is read into a description", () => {
    assert.strictEqual(
      print(describeService(files)),
      `service demo 2020-01-01

kind exists
  InvalidParameterValue.BoxAlreadyExist

kind notFound
  ResourceNotFound.BoxNotFound

kind soldOut
  ResourcesSoldOut.Box

action BuyBox clientToken dryRun
  request Size uint64!, ClientToken string, DryRun bool
  errors InternalError InvalidParameterValue.BoxAlreadyExist ResourcesSoldOut.Box

action ChatAboutBoxes sse multipart skipSign deprecated
  request Picture binary

action DescribeBoxes readOnly unset
  request Offset int64, Limit int64
  response TotalCount int64*, BoxSet Box[]*
  pages BoxSet TotalCount offset Offset Limit
  errors ResourceNotFound.BoxNotFound

type Box: BoxId string*, Material string(PAPER|WOOD), Boxes Box[]?-
`
    )
  })

  it.each<[problem: string, file: "api" | "client", text: string, other: string, message: RegExp]>([
    [
      "a key of an action",
      "api",
      "\"status\": \"online\"",
      "\"state\": \"online\"",
      /api\.json:\d+: not understood: state$/
    ],
    ["a status", "api", "\"status\": \"online\"", "\"status\": \"asleep\"", /api\.json:8: not a status: asleep$/],
    [
      "a type",
      "api",
      "\"type\": \"bool\"",
      "\"type\": \"boolean\"",
      /api\.json:64: not understood: the type boolean of bool$/
    ],
    [
      "a base",
      "api",
      "\"member\": \"uint64\"",
      "\"member\": \"uint128\"",
      /api\.json:62: not understood: .* of uint128$/
    ],
    ["a flag", "api", "\"required\": true", "\"required\": \"yes\"", /api\.json:62: true or false is expected$/],
    [
      "an object that is missing",
      "api",
      "\"BuyBoxRequest\": {",
      "\"BuyBoxAsk\": {",
      /there is no object BuyBoxRequest$/
    ],
    ["what is not JSON", "api", "\"actions\": {", "\"actions\": ", /api\.json:1: not JSON/],
    ["a key at the top", "api", "\"version\":", "\"edition\":", /api\.json:\d+: not understood: edition$/],
    [
      "a line between the codes",
      "client",
      "//  INTERNALERROR = \"InternalError\"",
      "//  InternalError",
      /client\.go:7: not a code/
    ],
    ["an action without a method", "client", ") DescribeBoxes(", ") DescribeBox(", /client\.go has no DescribeBoxes$/]
  ])("is refused for %s, by file and line", (_, file, text, other, message) => {
    assert.include(files[file].text, text)
    const changed = { ...files, [file]: { ...files[file], text: files[file].text.replace(text, other) } }
    assert.throws(() => describeService(changed), message)
  })
})
