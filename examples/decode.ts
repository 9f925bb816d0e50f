/**
 * Reads a raw response, and handles its failure by what it means: `node examples/decode.ts`.
 */
import { Console, Effect, Schema } from "effect"
import { Failure, TencentResponse } from "effect-tencentcloud"

const Instances = Schema.Struct({ totalCount: Schema.Number })

/** The text of a body, such as `await response.text()`. */
const count = (body: string) =>
  TencentResponse.decodeText(Instances)(body).pipe(
    Effect.map(({ totalCount }) => `${totalCount} instances`),
    Effect.catchTag("QuotaExceeded", () => Effect.succeed("too many requests: try again in a second")),
    Failure.catchKind("notFound", () => Effect.succeed("there is no such instance")),
    Failure.catchCategory(["Authentication", "Authorization"], (error) =>
      Effect.succeed(`not allowed: ${Failure.explain(error).remedy}`)),
    Effect.catch((error) =>
      Effect.succeed(`${Failure.explain(error).name}, the server says: ${error.message}`)
    )
  )

const program = Effect.forEach([
  `{ "code": 0, "message": "", "totalCount": 3 }`,
  `{ "code": 4101, "message": "(4101) DescribeInstances" }`,
  `{ "code": "5000", "message": "(100004) no such instance" }`,
  `<html>502 Bad Gateway</html>`
], (body) => Effect.flatMap(count(body), Console.log))

await Effect.runPromise(program)
