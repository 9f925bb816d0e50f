import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { call } from "./error.ts"
NodeRuntime.runMain(call)
