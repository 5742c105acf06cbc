/**
 * The spans of one order's way from frame to fill, whose spans they are, and where each hangs. Ids are pure functions of
 * run, order and name, so every plane knows those of the others without being told.
 */
export const spanTree = {
  /** A frame was received, and what it said was published. The plane that decides tells it: only then does it matter. */
  frame: { service: 'data-plane', kind: 'producer', parent: undefined },
  /** The record was taken, and an intent was published. */
  decide: { service: 'strategy-plane', kind: 'consumer', parent: 'frame' },
  /** The intent was taken, and an order went to the broker, or was refused. */
  'risk+submit': { service: 'order-plane', kind: 'client', parent: 'decide' },
  /** The broker acknowledged the order, or rejected it. */
  acknowledge: { service: 'order-plane', kind: 'client', parent: 'risk+submit' },
  /** One fill; an order may have many. */
  fill: { service: 'order-plane', kind: 'client', parent: 'acknowledge' },
} as const satisfies Record<string, SpanPlace>

interface SpanPlace {
  readonly service: string
  readonly kind: 'producer' | 'consumer' | 'client'
  readonly parent: string | undefined
}

export type SpanName = keyof typeof spanTree
