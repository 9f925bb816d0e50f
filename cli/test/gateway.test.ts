import { assert, describe, it } from "@effect/vitest"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { run, start, type Started } from "./support/process.ts"

/** The lines of stdout, one after the other. */
const linesOf = async function*({ child }: Started): AsyncGenerator<string, undefined> {
  let rest = ""
  for await (const text of child.stdout!) {
    const lines = (rest + String(text)).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
  }
}

const next = async (lines: AsyncGenerator<string, undefined>): Promise<string> => {
  const { value } = await lines.next()
  assert.isDefined(value)
  return value!
}

describe("gateway", () => {
  it("prints its address and its account, then each request, and stops at Ctrl-C", async () => {
    const gateway = start(["gateway", "--port", "0", "--json"])
    const lines = linesOf(gateway)
    const { url, ...account } = JSON.parse(await next(lines))
    const called = await run(
      ["call", "cvm", "DescribeZones", "--version", "2017-03-12", "--endpoint", url, "--json"],
      { env: account }
    )
    assert.notStrictEqual(called.code, 64, called.stderr)
    assert.deepInclude(JSON.parse(await next(lines)), { method: "POST", path: "/", status: 200 })
    gateway.child.kill("SIGINT")
    const { code, stderr } = await gateway.ended
    assert.deepStrictEqual([code, stderr], [130, "The gateway has stopped.\n"])
  })

  it("refuses every request with a quota of 0", async () => {
    const gateway = start(["gateway", "--port", "0", "--json", "--quota", "0", "--balance", "0"])
    const lines = linesOf(gateway)
    const { url, ...account } = JSON.parse(await next(lines))
    const called = start(["call", "cvm", "DescribeZones", "--endpoint", url], { env: account })
    assert.deepInclude(JSON.parse(await next(lines)), { code: "RequestLimitExceeded" })
    called.child.kill("SIGKILL")
    gateway.child.kill("SIGINT")
    assert.strictEqual((await gateway.ended).code, 130)
  })

  it("tells a person what to export", async () => {
    const gateway = start(["gateway", "--port", "0"])
    const lines = linesOf(gateway)
    assert.match(await next(lines), /^The gateway is at http:\/\/127\.0\.0\.1:\d+\. Its account:$/)
    assert.match(await next(lines), /^ {2}export TENCENTCLOUD_SECRET_ID=AKID/)
    gateway.child.kill("SIGTERM")
    assert.strictEqual((await gateway.ended).code, 130)
  })

  it("exits with 1 where another program has the port", async () => {
    const server = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const { port } = server.address() as AddressInfo
    const { code, stderr, stdout } = await run(["gateway", "--port", String(port)])
    server.close()
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.include(stderr, `Cannot listen on 127.0.0.1:${port}`)
  })
})
