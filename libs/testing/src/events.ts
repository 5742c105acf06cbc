import { eventDefinitions, type EventByTag, type EventType } from '@triplane/contracts'

/** 2024-08-08T14:30:00Z in microseconds: the start of tests and scenarios, and the time of the examples. */
export const testStartUs = 1_723_127_400_000_000

/** One example of every event, by its tag. */
export const examples = Object.fromEntries(eventDefinitions.map(({ tag, example }) => [tag, example])) as {
  readonly [Type in EventType]: EventByTag<Type>
}

/** Builds events of a tag: its example with some fields replaced. */
export function builderOf<Type extends EventType>(type: Type) {
  return (fields: Partial<EventByTag<Type>> = {}): EventByTag<Type> => ({ ...examples[type], ...fields })
}

export const aTrade = builderOf('trade')
export const aQuote = builderOf('quote')
export const aBookDelta = builderOf('bookDelta')
export const aBookSnapshot = builderOf('bookSnapshot')
export const aBar = builderOf('bar')
export const aPastBar = builderOf('pastBar')
export const anOfi = builderOf('ofi')
export const aMark = builderOf('mark')
export const aMarketStatus = builderOf('marketStatus')
export const aDeadLetter = builderOf('deadLetter')
export const aSignal = builderOf('signal')
export const aTargetPortfolio = builderOf('targetPortfolio')
export const anOrderIntent = builderOf('orderIntent')
export const aCancelIntent = builderOf('cancelIntent')
export const anOrderEvent = builderOf('orderEvent')
export const aFill = builderOf('fill')
export const aPortfolioState = builderOf('portfolioState')
export const aRegimeChange = builderOf('regimeChange')
export const aKillSwitch = builderOf('killSwitch')
export const anOperatorCommand = builderOf('operatorCommand')
export const aTuning = builderOf('tuning')
export const anAccountOpening = builderOf('accountOpening')
export const anAccountOpened = builderOf('accountOpened')
export const aCross = builderOf('cross')
export const aLedgerDigest = builderOf('ledgerDigest')
export const aLedgerAnswer = builderOf('ledgerAnswer')
export const aLedgerStated = builderOf('ledgerStated')
export const aHeartbeat = builderOf('heartbeat')
export const aTradingCondition = builderOf('tradingCondition')
export const aRun = builderOf('run')
export const anAuditLink = builderOf('auditLink')
