import { dashboardUids, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import { batchJobs as jobs, strategyPlane as models } from '../metrics.ts'
import { stateTimeline, timeSeries } from '../panels.ts'
import { batchScope, byInstrument, createPromql, legendOf, planeScope } from '../promql.ts'
import { series, states } from '../series.ts'

const { of, rate, quantile, max } = createPromql(planeScope)
const batch = createPromql(batchScope)
/** The Pushgateway, to which batch jobs push, is scraped every 15 s. */
const PUSHED = '15s'

const predictions = [
  timeSeries(
    {
      title: 'Predictions',
      worry: 'Worry when a model stops in a session, or all of it points one way.',
      unit: 'eps',
      queries: [series(rate(models.predictions, ['model', 'action']), '{{model}} {{action}}')],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Predictions by symbol',
      worry: 'Worry when a symbol that is traded has none.',
      unit: 'eps',
      queries: [series(rate(models.predictions, ['model', ...byInstrument]), `{{model}} ${legendOf(byInstrument)}`)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Prediction latency p95',
      worry: 'Worry when the 95th percentile stays above the dashed line.',
      unit: 's',
      queries: [0.5, 0.95].map((q) =>
        series(quantile(q, models.predictionDuration, ['model']), `p${q * 100} {{model}}`),
      ),
    },
    { limit: { at: thresholds.highPredictionLatency.aboveSeconds }, min: 0 },
  ),
]

const quality = [
  timeSeries(
    {
      title: 'Model accuracy',
      worry: 'Worry when it stays below the dashed line.',
      unit: 'percentunit',
      queries: [series(`min by (model) (${of(models.modelAccuracy)})`, '{{model}}')],
    },
    { limit: { at: thresholds.modelAccuracyDrop.belowRatio, bad: 'below' }, min: 0, max: 1 },
  ),
  timeSeries(
    {
      title: 'Data drift',
      worry: 'Worry above the dashed line: the market is not the one that the model was trained on.',
      unit: 'none',
      queries: [series(max(models.dataDrift, ['model']), '{{model}}')],
    },
    { limit: { at: thresholds.dataDrift.aboveScore }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Feature age',
      worry: 'Worry above the dashed line: predictions are made of old features.',
      unit: 's',
      queries: [series(max(models.featureFreshness, ['model']), '{{model}}')],
    },
    { limit: { at: thresholds.staleFeatures.aboveSeconds }, min: 0 },
  ),
]

/** A batch job pushes when it ends, and replaces what its previous run pushed: these all belong to the last run. */
const runs = [
  stateTimeline(
    {
      title: 'Batch job runs',
      shows: 'Whether the last run of each batch job failed.',
      worry: 'Worry at failed.',
      unit: 'none',
      queries: [
        series(`${batch.max(jobs.dagRuns, ['dag_id'], 'status="failed"')} > bool 0`, '{{dag_id}}', PUSHED),
        series(batch.max(jobs.lastRunFailed, ['dag_id']), '{{dag_id}} says itself', PUSHED),
      ],
    },
    states.failed,
  ),
  timeSeries(
    {
      title: 'Time since a batch job succeeded',
      shows: 'How long ago each batch job last ended well.',
      worry: "Worry when it is more than twice the job's own period.",
      unit: 's',
      queries: [series(batch.age(jobs.lastSuccess, ['dag_id']), '{{dag_id}}', PUSHED)],
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Duration of the last run',
      worry: 'Worry when a job needs most of the time until it is due again.',
      unit: 's',
      queries: [
        series(
          `max by (dag_id) (${batch.of(jobs.dagDuration, '', '_sum')} / ${batch.of(jobs.dagDuration, '', '_count')})`,
          '{{dag_id}}',
          PUSHED,
        ),
      ],
    },
    { draw: 'steps', min: 0 },
  ),
  timeSeries(
    {
      title: 'Records of the last run',
      worry: 'Worry when a stage works through far fewer than the one before it.',
      unit: 'short',
      queries: [series(batch.max(jobs.recordsProcessed, ['dag_id', 'stage']), '{{dag_id}} {{stage}}', PUSHED)],
      width: 12,
    },
    { draw: 'steps', min: 0 },
  ),
  timeSeries(
    {
      title: 'Errors of the last run',
      worry: 'Worry at any.',
      unit: 'short',
      queries: [series(batch.max(jobs.errors, ['dag_id', 'stage']), '{{dag_id}} {{stage}}', PUSHED)],
      width: 12,
    },
    { draw: 'steps', min: 0 },
  ),
]

/** Models at work, and the batch jobs that feed and train them. */
export function createMlPipelineBoard() {
  return createDashboard({
    uid: dashboardUids.ml,
    title: 'ML Pipeline',
    description:
      'Models at work: how fast, how good, on how fresh features; and the batch jobs that feed and train them.',
    refresh: '30s',
    from: 'now-24h',
    variables: [
      variables.prometheus(),
      variables.job(),
      ...variables.instruments(models.predictions),
      variables.dag(jobs.dagRuns),
    ],
    rows: [
      { title: 'Models', panels: quality },
      { title: 'Predictions', panels: predictions },
      { title: 'Batch jobs', panels: runs },
    ],
  })
}
