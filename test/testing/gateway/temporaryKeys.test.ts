import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { testCredential } from "../../../src/testing/gateway/credentials.ts"
import { type Issued, issueKeys } from "../../../src/testing/gateway/temporaryKeys.ts"

const hour = 3_600_000

describe("temporary keys", () => {
  it.effect("are forgotten an hour after they have expired, and no other keys are", () =>
    Effect.gen(function*() {
      const random = yield* Random.Random
      const expired = { ...testCredential, secretId: "AKIDown", tokenExpiresAt: 1 }
      const credentials = new Map([testCredential, expired].map((one) => [one.secretId, one]))
      const issuedKeys = new Map<string, Issued>()
      const session = { account: "100000000001", role: "r", session: "s", applicant: "100000000001" }
      const issue = (now: number) => issueKeys({ credentials, issuedKeys, random }, session, 3600, now).secretId
      const [first, second] = [issue(hour), issue(2 * hour)]
      assert.includeMembers([...credentials.keys()], [first, second])
      const third = issue(3 * hour + 1)
      assert.sameMembers([...credentials.keys()], [testCredential.secretId, "AKIDown", second, third])
      assert.sameMembers([...issuedKeys.keys()], [second, third])
    }))
})
