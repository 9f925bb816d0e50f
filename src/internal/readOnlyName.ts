// `Check*`, `Verify*`, `Estimate*` and the like stay out: some of them are billed per call.
const readOnlyName = /^(?:Describe|List|Get|Query|Inquiry|Inquire|Search|Count)(?![a-z])/

/** Whether the name of an action says that it only reads. */
export const isReadOnlyName = (name: string): boolean => readOnlyName.test(name)
