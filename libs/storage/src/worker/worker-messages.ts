import { wire, type Event } from '@triplane/contracts'
import { types } from 'node:util'
import type { Batch } from '../history/row-writer.ts'
import { StorageError, type StorageErrorCode } from '../storage-error.ts'

/** What the worker is started with. */
export interface WorkerSettings {
  /** Connection string of the database. */
  readonly url: string
}

/** Producers in a row with the same name: its name, and how many. */
type Stretch = readonly [producer: string, rows: number]

/** A batch on its way to the worker: events as a record of the binary wire. */
export interface PackedBatch {
  readonly producers: readonly Stretch[]
  readonly record: Uint8Array
}

/** What the worker is told. Each writer has a number, and each batch. */
export type ToWorker =
  | { readonly kind: 'open'; readonly writer: number; readonly runId: string }
  | {
      readonly kind: 'write'
      readonly id: number
      readonly writer: number
      readonly table: string
      readonly batch: PackedBatch
    }
  | { readonly kind: 'close'; readonly writer: number }
  | { readonly kind: 'end' }

/** A fault with what `storageFault` judges by: errors lose their fields between threads. */
export interface PackedFault {
  readonly message: string
  /** Of a StorageError. */
  readonly fault?: StorageErrorCode
  /** SQLSTATE, or that of the system. */
  readonly code?: string
}

/** What the worker says of a batch. */
export type FromWorker =
  { readonly id: number; readonly written: number } | { readonly id: number; readonly failed: PackedFault }

/** Packs a batch; its bytes have a buffer of their own, which can change hands. */
export function packBatch({ events, producers }: Batch): PackedBatch {
  const stretches: [string, number][] = []
  for (const producer of producers) {
    const last = stretches.at(-1)
    if (last?.[0] === producer) last[1]++
    else stretches.push([producer, 1])
  }
  return { producers: stretches, record: new Uint8Array(wire.encodeRecord(events)) }
}

/** Unpacks a batch. Throws StorageError `rejected` when an event does not fit its schema. */
export function unpackBatch({ producers, record }: PackedBatch): Batch {
  const events = wire.decodeRecord(Buffer.from(record.buffer, record.byteOffset, record.byteLength))
  if (!events.ok) throw new StorageError('rejected', events.error.detail)
  return {
    events: events.value satisfies readonly Event[],
    producers: producers.flatMap(([producer, rows]) => Array<string>(rows).fill(producer)),
  }
}

/** Packs an error of a write. Rethrows what is none: a bug. */
export function packFault(error: unknown): PackedFault {
  if (!types.isNativeError(error)) throw error
  const { message } = error
  if (error instanceof StorageError) return { message, fault: error.code }
  return { message, ...('code' in error && typeof error.code === 'string' && { code: error.code }) }
}

/** The error that a write failed with. */
export function unpackFault({ message, fault, code }: PackedFault): Error {
  if (fault !== undefined) return new StorageError(fault, message)
  return Object.assign(new Error(message), code !== undefined && { code })
}
