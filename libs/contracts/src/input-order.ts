/** Rank of an input among those with the same effect time: command, data, timer, order, strategy. */
export const rank = { command: 0, data: 1, timer: 2, order: 3, strategy: 4 } as const
export type Rank = (typeof rank)[keyof typeof rank]
