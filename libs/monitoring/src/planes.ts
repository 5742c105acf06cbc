import { labelOf, stageOf, type PlaneName } from '@triplane/contracts'
import type { AlertPlane } from './alert.ts'

/** A plane, by the names in its series and targets. */
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

/** Scrapes only the book levels of the data plane; its other job shows whether the plane is up. */
export const BOOK_JOB = 'data-plane-book'

/** Targets of the stack that are not planes. If Prometheus does not even know one of them, its configuration is wrong. */
export const platformJobs: readonly string[] = ['prometheus', 'alertmanager', 'node', 'pushgateway']
