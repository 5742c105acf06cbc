import { among, counter, histogram, measurement } from '../definition.ts'

/** 1 s is the alert on slow predictions. */
const PREDICTION_SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** What the models of the strategy plane predict and how they fare. A model shows no series before it is there. */
export const modelsCatalog = {
  predictions: counter('ml_predictions_total', 'Predictions by what they advise.', [
    'model',
    'symbol',
    among('action', ['BUY', 'SELL', 'FLAT']),
  ]),
  predictionDuration: histogram(
    'ml_prediction_duration_seconds',
    'Time of one prediction.',
    ['model'],
    PREDICTION_SECONDS,
  ),
  modelAccuracy: measurement('ml_model_accuracy', 'Share of predictions whose sign came true, rolling, 0-1.', [
    'model',
  ]),
  dataDrift: measurement(
    'ml_data_drift_score',
    'Population stability index of the features against those of the training.',
    ['model'],
  ),
  featureFreshness: measurement('ml_feature_freshness_seconds', 'Age of the newest feature vector.', ['model']),
}
