import type {
  AuditLink,
  Bar,
  BookDelta,
  BookSnapshot,
  CancelIntent,
  DeadLetter,
  Event,
  EventType,
  Fill,
  Heartbeat,
  KillSwitch,
  Mark,
  MarketStatus,
  Ofi,
  OperatorCommand,
  OrderEvent,
  OrderIntent,
  PortfolioState,
  Quote,
  RegimeChange,
  Run,
  Signal,
  TargetPortfolio,
  Trade,
  TradingConditionChange,
} from '@triplane/contracts'

/** 2024-08-08T14:30:00Z in microseconds: where tests and scenarios start. */
export const testStartUs = 1_723_127_400_000_000

const market = { source: 'sim', venue: 'sim', symbol: 'BTC/USDT', tsRecvUs: testStartUs } as const

export const aTrade = (fields: Partial<Trade> = {}): Trade => ({
  type: 'trade',
  seq: 1,
  ...market,
  tsEventUs: testStartUs - 2_000,
  tradeId: 1,
  price: 61_800.3,
  size: 0.006,
  aggressor: 'buy',
  ...fields,
})

export const aQuote = (fields: Partial<Quote> = {}): Quote => ({
  type: 'quote',
  seq: 1,
  ...market,
  tsEventUs: testStartUs - 2_000,
  updateId: 1,
  bid: 61_800.2,
  bidSize: 2.5,
  ask: 61_800.3,
  askSize: 2.51,
  ...fields,
})

export const aBookDelta = (fields: Partial<BookDelta> = {}): BookDelta => ({
  type: 'bookDelta',
  seq: 1,
  ...market,
  tsEventUs: testStartUs - 2_000,
  firstUpdateId: 11,
  lastUpdateId: 12,
  prevUpdateId: 10,
  bids: [61_800.2, 2.5],
  asks: [61_800.3, 0],
  ...fields,
})

export const aBookSnapshot = (fields: Partial<BookSnapshot> = {}): BookSnapshot => ({
  type: 'bookSnapshot',
  seq: 1,
  ...market,
  tsEventUs: testStartUs - 2_000,
  lastUpdateId: 10,
  bids: [61_800.2, 2.5, 61_800.1, 4],
  asks: [61_800.3, 2.51, 61_800.4, 3],
  ...fields,
})

export const aBar = (fields: Partial<Bar> = {}): Bar => ({
  type: 'bar',
  seq: 1,
  ...market,
  timeframe: '1m',
  origin: 'trades',
  openTimeUs: testStartUs,
  open: 61_800.3,
  high: 61_839.8,
  low: 61_800,
  close: 61_807.8,
  volume: 125.967,
  quoteVolume: 7_786_316.8556,
  buyVolume: 50.874,
  trades: 1751,
  closed: true,
  ...fields,
})

export const anOfi = (fields: Partial<Ofi> = {}): Ofi => ({
  type: 'ofi',
  seq: 1,
  ...market,
  value: 1.5,
  intervalStartUs: testStartUs,
  intervalValue: 13.684,
  depth: 2.505,
  ...fields,
})

export const aMark = (fields: Partial<Mark> = {}): Mark => ({
  type: 'mark',
  seq: 1,
  ...market,
  price: 61_800.25,
  kind: 'quote',
  ageUs: 120_000,
  ...fields,
})

export const aMarketStatus = (fields: Partial<MarketStatus> = {}): MarketStatus => ({
  type: 'marketStatus',
  seq: 1,
  ...market,
  status: 'gap',
  reason: 'update_id',
  missing: 3,
  ...fields,
})

export const aDeadLetter = (fields: Partial<DeadLetter> = {}): DeadLetter => ({
  type: 'deadLetter',
  seq: 1,
  ...market,
  stage: 'validate',
  reason: 'bad_price',
  eventType: 'trade',
  detail: 'Expected a price > 0, was -1',
  raw: '{"e":"trade","p":"-1"}',
  ...fields,
})

export const aSignal = (fields: Partial<Signal> = {}): Signal => ({
  type: 'signal',
  seq: 1,
  strategy: 'OFI',
  symbol: 'BTC/USDT',
  effectUs: testStartUs,
  strength: 0.4,
  direction: 'BUY',
  ...fields,
})

export const aTargetPortfolio = (fields: Partial<TargetPortfolio> = {}): TargetPortfolio => ({
  type: 'targetPortfolio',
  seq: 1,
  effectUs: testStartUs,
  targets: [{ strategy: 'OFI', symbol: 'BTC/USDT', notionalUsd: 20_000 }],
  grossUsd: 20_000,
  netUsd: 20_000,
  scale: 1,
  ...fields,
})

export const anOrderIntent = (fields: Partial<OrderIntent> = {}): OrderIntent => ({
  type: 'orderIntent',
  seq: 1,
  intentId: 'OFI-1',
  strategy: 'OFI',
  venue: 'sim',
  symbol: 'BTC/USDT',
  effectUs: testStartUs,
  side: 'BUY',
  orderType: 'LIMIT',
  quantity: '0.1',
  limitPrice: '61800.3',
  timeInForce: 'GTC',
  postOnly: false,
  reduceOnly: false,
  decisionMid: 61_800.25,
  decisionRecvUs: testStartUs,
  validUntilUs: testStartUs + 2_000_000,
  ...fields,
})

export const aCancelIntent = (fields: Partial<CancelIntent> = {}): CancelIntent => ({
  type: 'cancelIntent',
  seq: 1,
  intentId: 'OFI-1',
  strategy: 'OFI',
  symbol: 'BTC/USDT',
  effectUs: testStartUs,
  reason: 'replaced',
  ...fields,
})

export const anOrderEvent = (fields: Partial<OrderEvent> = {}): OrderEvent => ({
  type: 'orderEvent',
  seq: 1,
  intentId: 'OFI-1',
  strategy: 'OFI',
  venue: 'sim',
  symbol: 'BTC/USDT',
  effectUs: testStartUs + 1_000,
  state: 'denied',
  reason: 'price_collar',
  side: 'BUY',
  orderType: 'LIMIT',
  quantity: '0.1',
  requestedQuantity: '0.1',
  filledQuantity: '0',
  limitPrice: '61800.3',
  tsIntentUs: testStartUs,
  tsStateUs: testStartUs,
  tsPrevStateUs: testStartUs,
  ...fields,
})

export const aFill = (fields: Partial<Fill> = {}): Fill => ({
  type: 'fill',
  seq: 1,
  fillId: 'OFI-1/1',
  intentId: 'OFI-1',
  strategy: 'OFI',
  venue: 'sim',
  symbol: 'BTC/USDT',
  effectUs: testStartUs + 10_000,
  side: 'BUY',
  quantity: '0.1',
  price: '61800.3',
  fee: '3.090015',
  liquidity: 'taker',
  status: 'FILLED',
  decisionMid: 61_800.25,
  slippageBps: 0.008,
  first: true,
  tsIntentUs: testStartUs,
  tsAckUs: testStartUs + 5_000,
  tsVenueUs: testStartUs + 9_000,
  ...fields,
})

export const aPortfolioState = (fields: Partial<PortfolioState> = {}): PortfolioState => ({
  type: 'portfolioState',
  seq: 1,
  effectUs: testStartUs,
  equityUsd: '999996.9',
  realizedUsd: '0',
  unrealizedUsd: '-0.01',
  feesUsd: '3.090015',
  grossUsd: '6180.02',
  netUsd: '6180.02',
  drawdownRatio: 0.0000031,
  maxDrawdownRatio: 0.0000031,
  positions: [
    {
      symbol: 'BTC/USDT',
      quantity: '0.1',
      costBasis: '6180.03',
      mark: 61_800.2,
      realizedUsd: '0',
      unrealizedUsd: '-0.01',
    },
  ],
  ...fields,
})

export const aRegimeChange = (fields: Partial<RegimeChange> = {}): RegimeChange => ({
  type: 'regimeChange',
  seq: 1,
  effectUs: testStartUs,
  from: 'calm',
  to: 'storm',
  ...fields,
})

export const aKillSwitch = (fields: Partial<KillSwitch> = {}): KillSwitch => ({
  type: 'killSwitch',
  seq: 1,
  switchType: 'drawdown',
  effectUs: testStartUs,
  active: true,
  value: 0.021,
  limit: 0.02,
  why: 'Drawdown 2.1 % is beyond the limit of 2 %',
  ...fields,
})

export const anOperatorCommand = (fields: Partial<OperatorCommand> = {}): OperatorCommand => ({
  type: 'operatorCommand',
  seq: 1,
  effectUs: testStartUs,
  command: 'halt',
  who: 'ada',
  why: 'exercise',
  ...fields,
})

export const aHeartbeat = (fields: Partial<Heartbeat> = {}): Heartbeat => ({
  type: 'heartbeat',
  seq: 1,
  effectUs: testStartUs,
  stage: 'feed',
  originUs: testStartUs,
  ...fields,
})

export const aTradingCondition = (fields: Partial<TradingConditionChange> = {}): TradingConditionChange => ({
  type: 'tradingCondition',
  seq: 1,
  effectUs: testStartUs,
  condition: 'heartbeat',
  state: 'reducing',
  why: 'no heartbeat of the strategy plane for 5 s',
  ...fields,
})

export const aRun = (fields: Partial<Run> = {}): Run => ({
  type: 'run',
  seq: 1,
  effectUs: testStartUs,
  runId: '0a1b2c3d',
  mode: 'live',
  account: 'sim-0a1b2c3d',
  startedAtUs: testStartUs,
  seed: 7,
  startUs: testStartUs,
  scenario: 'calm',
  sessions: 'always',
  venues: ['sim'],
  positions: [{ topic: 'market.trades.v1', partition: 0, offset: 12 }],
  who: 'ada',
  ...fields,
})

export const anAuditLink = (fields: Partial<AuditLink> = {}): AuditLink => ({
  type: 'auditLink',
  seq: 1,
  effectUs: testStartUs,
  link: 1,
  mac: 'ab'.repeat(32),
  ...fields,
})

/** One example of every event, by its tag. */
export const examples: { readonly [Type in EventType]: Extract<Event, { type: Type }> } = {
  trade: aTrade(),
  quote: aQuote(),
  bookDelta: aBookDelta(),
  bookSnapshot: aBookSnapshot(),
  bar: aBar(),
  ofi: anOfi(),
  mark: aMark(),
  marketStatus: aMarketStatus(),
  deadLetter: aDeadLetter(),
  signal: aSignal(),
  targetPortfolio: aTargetPortfolio(),
  orderIntent: anOrderIntent(),
  cancelIntent: aCancelIntent(),
  orderEvent: anOrderEvent(),
  fill: aFill(),
  portfolioState: aPortfolioState(),
  regimeChange: aRegimeChange(),
  killSwitch: aKillSwitch(),
  operatorCommand: anOperatorCommand(),
  tradingCondition: aTradingCondition(),
  run: aRun(),
  auditLink: anAuditLink(),
  heartbeat: aHeartbeat(),
}
