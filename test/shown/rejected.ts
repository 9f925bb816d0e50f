import * as Effect from "effect/Effect"
import { call } from "./error.ts"
void Effect.runPromise(call)
