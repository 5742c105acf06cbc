import { among, counter, gauge, histogram, measurement, planned } from '../definition.ts'

const job = ['dag_id'] as const
const stage = ['dag_id', 'stage'] as const
const DURATION_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 14_400]

/** The metrics that batch jobs push to the Pushgateway when they end. There is no job yet. */
export const jobsCatalog = {
  dagRuns: planned(
    counter('pipeline_dag_runs_total', 'Runs of the job that ended, by outcome.', [
      ...job,
      among('status', ['success', 'failed']),
    ]),
  ),
  dagDuration: planned(
    histogram('pipeline_dag_duration_seconds', 'Time of one run of the job.', job, DURATION_SECONDS),
  ),
  recordsProcessed: planned(
    counter('pipeline_records_processed_total', 'Records that the stage of the job worked through.', stage),
  ),
  errors: planned(counter('pipeline_errors_total', 'Records that the stage of the job could not work through.', stage)),
  lastSuccess: planned(measurement('pipeline_last_success_timestamp_seconds', 'When the job last ended well.', job)),
  lastRunFailed: planned(gauge('pipeline_last_run_failed', '1 when the last run of the job failed.', job)),
}
