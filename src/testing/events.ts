/**
 * The text of each event of a stream: a text as it is (`[DONE]`, or several lines), anything else as JSON.
 */
export const eventTexts = (events: ReadonlyArray<unknown>): ReadonlyArray<string> =>
  events.map((event) => {
    const data = typeof event === "string" ? event : JSON.stringify(event) ?? "null"
    return `${data.split("\n").map((line) => `data: ${line}`).join("\n")}\n\n`
  })
