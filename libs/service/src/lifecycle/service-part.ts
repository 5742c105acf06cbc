import type { ControlRefusal } from '@triplane/control'
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

/** A part of a service (a connection, a loop, a store), with what the service shows of it. */
export interface ServicePart {
  /** Health checks, by name. */
  readonly checks?: Readonly<Record<string, Check | RuledCheck>>
  /** Further checks until the service is ready for work. */
  readonly readiness?: Readonly<Record<string, Check | RuledCheck>>
  /** The views at `/status/<name>`. */
  readonly views?: StatusViews
  /** Notes each request that the service itself refused on its port, and the address that it came from. Default: the log. */
  readonly onRefused?: (reason: ControlRefusal, address: string) => void
  /** Further routes on the service's port. */
  readonly routes?: readonly RequestHandler[]
  /**
   * Works from when the port is open until `stopping` aborts, then finishes and resolves. Rejects with a fatal fault,
   * or a bug: then the whole service stops.
   */
  readonly run?: (stopping: AbortSignal) => Promise<void>
  /** Called when no part works any more, for the last part first. */
  readonly close?: () => Promise<void>
}

/** The parts of a service. A part may use those before it until its own `close`. */
export interface ServiceParts {
  readonly metrics: Metrics<string>
  readonly parts: readonly ServicePart[]
}

/** A running service. */
export interface Service {
  /** The address of metrics, health and status: http://127.0.0.1:8000 */
  readonly url: string
  /** Resolves when the service has shut down cleanly; rejects with a fatal fault, or a bug. */
  readonly ended: Promise<void>
  /** Stops and closes every part. Resolves when that is done. */
  stop(): Promise<void>
}
