/**
 * `ChatCompletions` of `hunyuan`, version 2023-09-01: a language model that says what it was told, as one response or as events.
 */
import * as Result from "effect/Result"
import { eventStream } from "../injectedResponses.ts"
import type { State } from "../state.ts"
import { type Action, type Call, names, type Outcome, readOnly } from "./action.ts"
import type { Members } from "./envelope.ts"
import { isMembers, memberOf, type Parameters, readBoolean, requireText } from "./parameters.ts"
import { type Checked, fail, shown } from "./refusal.ts"

/** What is said again at most. */
const maxLength = 2000

/** The content of the last message. */
const readPrompt = ({ members }: Parameters): Checked<string> => {
  const messages: unknown = memberOf(members, "Messages")
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  const content = isMembers(last) ? memberOf(last, "Content") : undefined
  return typeof content === "string" && content !== ""
    ? Result.succeed(content.slice(0, maxLength))
    : fail("InvalidParameterValue", "The last item of `Messages` has no `Content`.")
}

const chatCompletions = (_: State, { now, parameters }: Call): Outcome =>
  readOnly(Result.gen(function*() {
    const model = yield* requireText(parameters, "Model")
    if (!model.startsWith("hunyuan-")) {
      return yield* fail("InvalidParameterValue.Model", `There is no model ${shown(model)}.`)
    }
    const words = (yield* readPrompt(parameters)).split(/(?<= )/)
    const common = { Created: Math.floor(now / 1000), Id: "00000000-0000-4000-8000-000000000000" }
    const usage = (said: number): Members => ({
      PromptTokens: words.length,
      CompletionTokens: said,
      TotalTokens: words.length + said
    })
    if (!(yield* readBoolean(parameters, "Stream"))) {
      const Message = { Role: "assistant", Content: words.join("") }
      return { ...common, Usage: usage(words.length), Choices: [{ Index: 0, FinishReason: "stop", Message }] }
    }
    const event = (said: number, FinishReason: string, Content: string): Members => ({
      ...common,
      Usage: usage(said),
      Choices: [{ Index: 0, FinishReason, Delta: { Role: "assistant", Content } }]
    })
    return eventStream([
      ...words.map((word, index) => event(index + 1, "", word)),
      event(words.length, "stop", ""),
      "[DONE]"
    ])
  }))

export const actions = (): ReadonlyArray<Action> => [{
  service: "hunyuan",
  version: "2023-09-01",
  name: "ChatCompletions",
  parameters: names(
    "Model Messages Stream StreamModeration TopP Temperature EnableEnhancement Tools ToolChoice CustomTool SearchInfo " +
      "Citation EnableSpeedSearch EnableMultimedia EnableDeepSearch Seed ForceSearchEnhancement Stop " +
      "EnableRecommendedQuestions EnableDeepRead WebSearchOptions TopicChoice EnableThinking"
  ),
  run: chatCompletions
}]
