// CommonJS without a compiler.
const { Effect, Schema } = require("effect")
const { TencentError, TencentResponse } = require("effect-tencentcloud")
const { TencentClient } = require("effect-tencentcloud/client")

const decode = TencentResponse.decode(Schema.Struct({}))
const call = decode({ code: 5000, message: "no such instance" }).pipe(
  Effect.catchTag("ResourceNotFound", (error) => Effect.succeed(error.code))
)

Effect.runPromise(call).then((code) => {
  console.log(code, TencentError.isTencentError(code), typeof TencentClient.layer) // => 5000 false function
})
