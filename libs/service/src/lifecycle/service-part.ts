import type { Check, RuledCheck } from '@triplane/health'
import type { Clock } from '@triplane/kernel'
import type { Logger } from '@triplane/logging'
import type { Metrics } from '@triplane/metrics'
import type { RequestHandler } from 'express'
import type { StatusViews } from '../platform/status-routes.ts'

/** The edges of a service's process. */
export interface ServiceEdges {
  readonly logger: Logger
  readonly clock: Clock
}

/** Something that a service is made of: a connection, a loop, a store. It brings what the service shows of it. */
export interface ServicePart {
  /** What holds while the service is healthy, by name. */
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** What holds besides before the service is ready for work. */
  readonly readiness?: Readonly<Record<string, Check | RuledCheck>>
  /** What is shown at `/status/<name>`. */
  readonly views?: StatusViews
  /** What else is served on the service's port. */
  readonly routes?: readonly RequestHandler[]
  /**
   * Works, from when the port is open until `stopping` aborts; then finishes and resolves. Rejects with a fault that the
   * service cannot live with, or a bug: then all of it stops.
   */
  readonly run?: (stopping: AbortSignal) => Promise<void>
  /** Called when no part works any more; the last part is closed first. */
  readonly close?: () => Promise<void>
}

/** What a service is made of. A part may use those before it until its own `close`. */
export interface ServiceParts {
  readonly metrics: Metrics<string>
  readonly parts: readonly ServicePart[]
}

/** A service that is under way. */
export interface Service {
  /** Where metrics, health and status are served: http://127.0.0.1:8000 */
  readonly url: string
  /** Resolves when the service has shut down cleanly; rejects with a fault that it cannot live with, or a bug. */
  readonly ended: Promise<void>
  /** Has every part finish, then closes them. Resolves when that is done. */
  stop(): Promise<void>
}
