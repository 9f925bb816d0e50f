import { assert, describe, it } from "@effect/vitest"
import { TencentSignature } from "effect-tencentcloud/v2"
import * as Arbitrary from "effect/Arbitrary"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { signatureOf, textToSign } from "../support/signing.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Published examples
// ---------------------------------------------------------------------------------------------------------------------

interface Vector {
  readonly id: string
  readonly api: string
  readonly host: string
  readonly path: string
  readonly method: "GET" | "POST"
  readonly algorithm: TencentSignature.SignatureMethod
  readonly secretKey: string
  readonly params: { readonly [name: string]: string }
  readonly stringToSign: string
  readonly signature: string
  readonly note: string
  readonly verified: boolean
}

const fixture = new URL("../fixtures/signing-vectors.json", import.meta.url)
const vectors = (JSON.parse(readFileSync(fixture, "utf8")) as { readonly hmac: ReadonlyArray<Vector> }).hmac
const usable = vectors.filter(({ note, verified }) => verified && !note.startsWith("TRAP"))

const requestOf = ({ host, method, params, path }: Vector): TencentSignature.SignatureRequest => ({
  method,
  host,
  path,
  parameters: params
})

describe("published examples", () => {
  it("ten are usable, of both generations, methods and algorithms", () => {
    assert.strictEqual(usable.length, 10)
    assert.sameMembers(usable.map(({ api }) => api).filter((api, i, all) => all.indexOf(api) === i), [
      "2.0",
      "3.0 (signature v1)"
    ])
    for (const key of ["method", "algorithm"] as const) assert.strictEqual(new Set(usable.map((v) => v[key])).size, 2)
  })

  it.each(usable.map((vector) => [vector.id, vector] as const))("%s", (_, vector) => {
    const request = requestOf(vector)
    const options = { secretKey: Redacted.make(vector.secretKey), signatureMethod: vector.algorithm }
    assert.strictEqual(TencentSignature.stringToSign(request), vector.stringToSign)
    assert.strictEqual(TencentSignature.sign(request, options), vector.signature)
    // The same with the parameters in another order, and with a signature among them.
    const backwards = Object.keys(vector.params).reduce((names: ReadonlyArray<string>, name) => [name, ...names], [])
    const parameters = {
      Signature: "old",
      ...Object.fromEntries(backwards.map((name) => [name, vector.params[name]!]))
    }
    assert.strictEqual(TencentSignature.sign({ ...request, parameters }, options), vector.signature)
    // The signer of these tests is held to the same examples.
    const text = textToSign({ ...request, parameters: Object.entries(parameters) })
    assert.strictEqual(signatureOf(text, vector.secretKey, vector.algorithm), vector.signature)
  })

  // Printed with an order that the rules do not give: a signer that reproduces them is wrong.
  const unsorted = vectors.filter(({ note }) => /^TRAP: .*(?:not sorted|case-insensitive)/.test(note))
  it.each(unsorted.map((vector) => [vector.id, vector] as const))("%s is not reproduced", (_, vector) => {
    assert.notStrictEqual(TencentSignature.stringToSign(requestOf(vector)), vector.stringToSign)
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Rules
// ---------------------------------------------------------------------------------------------------------------------

const parametersToText = (parameters: { readonly [name: string]: string }): string =>
  TencentSignature.stringToSign({ method: "POST", host: "h", path: "/p", parameters })

describe("rules", () => {
  it.each<readonly [string, { readonly [name: string]: string }, string]>([
    ["upper case before lower case", { a: "1", B: "2", A: "3", b: "4" }, "POSTh/p?A=3&B=2&a=1&b=4"],
    ["12 before 2", { "i.2": "x", "i.12": "y", "i.1": "z" }, "POSTh/p?i.1=z&i.12=y&i.2=x"],
    ["sorted by the name as sent, then `_` read as `.`", { a_b: "1", aB: "2", "a.c": "3" }, "POSTh/p?a.c=3&aB=2&a.b=1"],
    ["`_` stays in a value", { a: "x_y" }, "POSTh/p?a=x_y"],
    ["values are raw", { a: "x y&b=%20+@*~", c: "한글 🚀" }, "POSTh/p?a=x y&b=%20+@*~&c=한글 🚀"],
    ["an empty value is signed", { a: "", b: "1" }, "POSTh/p?a=&b=1"],
    [
      "only `Signature` is left out",
      { Signature: "s", SignatureMethod: "m", signature: "t" },
      "POSTh/p?SignatureMethod=m&signature=t"
    ],
    ["no parameters", {}, "POSTh/p"]
  ])("%s", (_, parameters, expected) => assert.strictEqual(parametersToText(parameters), expected))
})

// ---------------------------------------------------------------------------------------------------------------------
// Against an independent signer
// ---------------------------------------------------------------------------------------------------------------------

const textOf = (alphabet: ReadonlyArray<string>, minLength: number) =>
  Arbitrary.array(Arbitrary.schema(Schema.Literals(alphabet)), { minLength, maxLength: 12 })
    .pipe(Arbitrary.map((parts) => parts.join("")))

const names = textOf(["a", "A", "b", "B", "z", "Z", "_", ".", "0", "1", "12", "-", "ids"], 1)
const values = textOf(
  [
    "a",
    "Z",
    "0",
    "@",
    "+",
    "*",
    "~",
    " ",
    "&",
    "=",
    "%",
    "_",
    ".",
    "/",
    "?",
    "#",
    "'",
    "\"",
    "\n",
    "é",
    "云",
    "한",
    "🚀"
  ],
  0
)

interface Parameter {
  readonly name: string
  readonly values: ReadonlyArray<string>
}

const parameterLists = Arbitrary.array(
  Arbitrary.all({ name: names, values: Arbitrary.array(values, { maxLength: 3 }) }),
  { maxLength: 12 }
)

/** One value is the parameter itself, any other number is an array. */
const flat = (list: ReadonlyArray<Parameter>): Map<string, string> =>
  new Map(list.flatMap(({ name, values }) =>
    values.length === 1
      ? [[name, values[0]!] as const]
      : values.map((value, index) => [`${name}.${index}`, value] as const)
  ))

describe("an independent signer agrees", () => {
  it.prop(
    "on any parameters, both methods and algorithms",
    [parameterLists, values, Arbitrary.schema(Schema.Literals(["GET", "POST"]))],
    ([list, secretKey, method]) => {
      const parameters = flat(list)
      const request = { method, host: "cvm.api.qcloud.com", path: "/v2/index.php" }
      const text = TencentSignature.stringToSign({ ...request, parameters: Object.fromEntries(parameters) })
      if (parameters.size > 0) assert.strictEqual(text, textToSign({ ...request, parameters }))
      for (const signatureMethod of ["HmacSHA256", "HmacSHA1"] as const) {
        assert.strictEqual(
          TencentSignature.sign({ ...request, parameters: Object.fromEntries(parameters) }, {
            secretKey: Redacted.make(secretKey),
            signatureMethod
          }),
          signatureOf(text, secretKey, signatureMethod)
        )
      }
    },
    { arbitrary: { runs: 500 } }
  )
})
