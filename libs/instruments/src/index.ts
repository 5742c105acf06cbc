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
export { configuredRates, quotedOf, tradableOf, type Rate, type Rates } from './rates.ts'
