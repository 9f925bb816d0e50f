const label = /^[a-z\d-]{1,63}$/i

/** Whether a text is one label of a host name. Anything else, in the place of a region, could name another host. */
export const isHostLabel = (text: string): boolean => label.test(text)
