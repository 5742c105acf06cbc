import { among, counter, histogram, measurement, planned } from '../definition.ts'
import { market } from './market.ts'

/** 1 s is the alert on slow predictions. */
const PREDICTION_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Predictions of the strategy plane's models and their quality. There is no model yet. */
export const modelsCatalog = {
  predictions: planned(
    counter('ml_predictions_total', 'Predictions by what they advise.', [
      'model',
      ...market,
      among('action', ['BUY', 'SELL', 'FLAT']),
    ]),
  ),
  predictionDuration: planned(
    histogram('ml_prediction_duration_seconds', 'Time of one prediction.', ['model'], PREDICTION_SECONDS),
  ),
  modelAccuracy: planned(
    measurement('ml_model_accuracy', 'Share of predictions whose sign came true, rolling, 0-1.', ['model']),
  ),
  dataDrift: planned(
    measurement('ml_data_drift_score', 'Population stability index of the features against those of the training.', [
      'model',
    ]),
  ),
  featureFreshness: planned(
    measurement('ml_feature_freshness_seconds', 'Age of the newest feature vector.', ['model']),
  ),
}
