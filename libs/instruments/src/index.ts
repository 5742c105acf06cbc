// Terms
export {
  changeSteps,
  contractSizeOf,
  limitPrice,
  notional,
  priceUnitsOf,
  quantityNumber,
  quantityText,
  quantityUnitsOf,
  quantityWorth,
  tradingTerms,
  wholeLots,
  worthUsd,
  type ContractSize,
  type TradingTerms,
} from './trading-terms.ts'
// Rates
export {
  configuredRates,
  quotedOf,
  RateSettingError,
  tradableOf,
  type ConfiguredRates,
  type Rate,
  type Rates,
  type RateSetting,
} from './rates.ts'
export { RunRates, runRatesSchema } from './run-rates.ts'
