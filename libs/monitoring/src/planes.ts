import type { AlertPlane } from './alert.ts'

/** The three planes, as their series and targets name them. */
export const planes = [
  { plane: 'data', name: 'data plane', job: 'data-plane', service: 'data_plane', downAlert: 'DataPlaneDown' },
  { plane: 'order', name: 'order plane', job: 'order-plane', service: 'order_plane', downAlert: 'OrderPlaneDown' },
  {
    plane: 'strategy',
    name: 'strategy plane',
    job: 'strategy-plane',
    service: 'strategy_plane',
    downAlert: 'StrategyPlaneDown',
  },
] as const satisfies readonly {
  readonly plane: AlertPlane
  readonly name: string
  readonly job: string
  readonly service: string
  readonly downAlert: string
}[]
export type Plane = (typeof planes)[number]

/** The plane of that name. */
export function planeOf(plane: Plane['plane']): Plane {
  return planes.find((one) => one.plane === plane) as Plane
}

/** Scrapes the book levels of the data plane alone; whether the plane is up is told by its other job. */
export const BOOK_JOB = 'data-plane-book'

/** Targets of the stack that are no planes. One of them that Prometheus does not even know is a fault of its configuration. */
export const platformJobs: readonly string[] = ['prometheus', 'alertmanager', 'node', 'pushgateway']
