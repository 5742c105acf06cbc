/**
 * The spans of one order from frame to fill, with their services and parents. Ids are pure functions of run, order and name,
 * so every plane can compute those of the others.
 */
export const spanTree = {
  /** A frame was received and its events were published. The deciding plane reports it, since only then does it matter. */
  frame: { service: 'data-plane', kind: 'producer', parent: undefined },
  /** The record was handled and an intent was published. */
  decide: { service: 'strategy-plane', kind: 'consumer', parent: 'frame' },
  /** The intent was handled, and an order went to the broker or was refused. */
  'risk+submit': { service: 'order-plane', kind: 'client', parent: 'decide' },
  /** The broker acknowledged or rejected the order. */
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
