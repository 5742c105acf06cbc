import { labelOf, stageOf, type PlaneName } from '@triplane/contracts'
import type { AlertPlane } from './alert.ts'

/** A plane as its series and targets name it. */
function named<const Name extends PlaneName, const Alert extends string>(job: Name, downAlert: Alert) {
  return { plane: stageOf(job), name: job.replace('-', ' '), job, service: labelOf(job), downAlert }
}

/** The three planes. */
export const planes = [
  named('data-plane', 'DataPlaneDown'),
  named('order-plane', 'OrderPlaneDown'),
  named('strategy-plane', 'StrategyPlaneDown'),
] as const satisfies readonly { readonly plane: AlertPlane }[]
export type Plane = (typeof planes)[number]

/** The plane of that name. */
export function planeOf(plane: Plane['plane']): Plane {
  return planes.find((one) => one.plane === plane) as Plane
}

/** Scrapes the book levels of the data plane alone; whether the plane is up is told by its other job. */
export const BOOK_JOB = 'data-plane-book'

/** Targets of the stack that are no planes. One of them that Prometheus does not even know is a fault of its configuration. */
export const platformJobs: readonly string[] = ['prometheus', 'alertmanager', 'node', 'pushgateway']
