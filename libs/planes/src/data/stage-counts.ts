import {
  isTraded,
  normalizeRefusals,
  validationRefusals,
  type NormalizeRefusal,
  type ValidationRefusal,
} from '@triplane/contracts'
import type { DataCore } from '@triplane/data-core'
import type { CounterHandle, Metrics } from '@triplane/metrics'

const IGNORED = 'trade_stream_ignored'

/** Initialises the stages and their refusals. */
export function showStages({
  stageIn,
  stageOut,
  stageRefused,
}: Pick<Metrics<'data_plane'>, 'stageIn' | 'stageOut' | 'stageRefused'>): void {
  const reasons = { normalize: normalizeRefusals, validate: [...validationRefusals, IGNORED], publish: [] }
  for (const [stage, refused] of Object.entries(reasons)) {
    stageIn.of({ stage })
    stageOut.of({ stage })
    for (const reason of refused) stageRefused.of({ stage, reason })
  }
}

/**
 * Exports what entered, left and was refused by each stage, read from the core's counts before each scrape. A resumed
 * run does not count the past again.
 */
export function exportStageCounts(metrics: Metrics<'data_plane'>, core: DataCore, source: string): void {
  const { stageIn, stageOut, stageRefused, finerThanSteps, clockAgreements } = metrics
  const sum = (reasons: readonly (NormalizeRefusal | ValidationRefusal)[]) =>
    reasons.reduce((total, reason) => total + core.refused[reason], 0)
  const understood = () => core.understood
  const refusedBy = (stage: string, reasons: readonly (NormalizeRefusal | ValidationRefusal)[]) =>
    reasons.map((reason) => [stageRefused.of({ stage, reason }), () => core.refused[reason]] as const)

  const counts: readonly (readonly [CounterHandle, () => number])[] = [
    [stageIn.of({ stage: 'normalize' }), () => core.framesIn],
    [stageOut.of({ stage: 'normalize' }), understood],
    [stageIn.of({ stage: 'validate' }), understood],
    [stageOut.of({ stage: 'validate' }), () => understood() - sum(validationRefusals) - core.ignored],
    [stageRefused.of({ stage: 'validate', reason: IGNORED }), () => core.ignored],
    [stageIn.of({ stage: 'publish' }), () => core.outbox.lastSeq],
    [stageOut.of({ stage: 'publish' }), () => core.outbox.lastSeq - core.outbox.size],
    [clockAgreements.of({ source }), () => core.clockAgreements],
    ...core.lanes
      .filter(({ instrument }) => isTraded(instrument))
      .map(
        ({ steps, instrument: { exchange, symbol } }) =>
          [finerThanSteps.of({ source, exchange, symbol }), () => steps.finer] as const,
      ),
    ...refusedBy('normalize', normalizeRefusals),
    ...refusedBy('validate', validationRefusals),
  ]
  const before = counts.map(([, read]) => read())
  metrics.beforeScrape(() => {
    for (const [i, [handle, read]] of counts.entries()) {
      const total = read()
      handle.inc(total - (before[i] as number))
      before[i] = total
    }
  })
}
