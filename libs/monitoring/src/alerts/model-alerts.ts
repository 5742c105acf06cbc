import type { AlertRule } from '../alert.ts'
import { pictures } from '../pictures.ts'
import { promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'

const plane = 'strategy'

/** Alerts about models. Without a model there are no series, and none of these fires. */
export function modelAlerts({
  highPredictionLatency,
  modelAccuracyDrop,
  dataDrift,
  staleFeatures,
}: Thresholds): AlertRule[] {
  return [
    {
      name: 'HighPredictionLatency',
      severity: 'warning',
      plane,
      expr: promql`
        histogram_quantile(
          ${highPredictionLatency.quantile},
          sum by (le, model) (rate(ml_prediction_duration_seconds_bucket[${duration(highPredictionLatency.overSeconds)}]))
        ) > ${highPredictionLatency.aboveSeconds}
      `,
      for: duration(highPredictionLatency.forSeconds),
      summary: 'A model predicts slowly.',
      description: 'The 95th percentile of a prediction of {{ $labels.model }} is {{ $value | humanizeDuration }}.',
      picture: pictures.predictionLatency,
    },
    {
      name: 'ModelAccuracyDrop',
      severity: 'warning',
      plane,
      expr: `min by (model) (ml_model_accuracy) < ${modelAccuracyDrop.belowRatio}`,
      for: duration(modelAccuracyDrop.forSeconds),
      summary: 'A model is right less often than it should be.',
      description: '{{ $value | humanizePercentage }} of the predictions of {{ $labels.model }} had the right sign.',
      picture: pictures.modelAccuracy,
    },
    {
      name: 'DataDriftDetected',
      severity: 'warning',
      plane,
      expr: `max by (model) (ml_data_drift_score) > ${dataDrift.aboveScore}`,
      for: duration(dataDrift.forSeconds),
      summary: "A model's features are not distributed as in its training.",
      description:
        'The population stability index of the features of {{ $labels.model }} is {{ printf "%.4g" $value }}.',
      picture: pictures.dataDrift,
    },
    {
      name: 'StaleFeatures',
      severity: 'warning',
      plane,
      expr: `max by (model) (ml_feature_freshness_seconds) > ${staleFeatures.aboveSeconds}`,
      for: duration(staleFeatures.forSeconds),
      summary: "A model's features are old.",
      description: 'The newest feature vector of {{ $labels.model }} is {{ $value | humanizeDuration }} old.',
      picture: pictures.featureAge,
    },
  ]
}
