import { riskCodes } from '@triplane/contracts'
import { anAccount, anInstrument, anIntent, limits } from '../../test/builders.ts'
import { readCandidate } from './candidate.ts'
import { defineCheck, defineInstrumentCheck } from './define-check.ts'
import { createRiskGate } from './risk-gate.ts'
import { checkDefinitions } from './standard-checks.ts'

describe.each(checkDefinitions.map((definition) => [definition.code, definition] as const))(
  '%s',
  (code, definition) => {
    it('has a code of the wire, the same as its check', () => {
      expect(riskCodes).toContain(code)
      expect(definition.create(limits).code).toBe(code)
    })

    it('documents in sentences what it refuses and its limits', () => {
      expect(definition.doc).toMatch(/^[A-Z].*\.$/)
      for (const doc of Object.values(definition.limits)) expect(doc).not.toBe('')
    })
  },
)

it('every limit belongs to a check', () => {
  const named = checkDefinitions.flatMap((definition) => Object.keys(definition.limits))
  expect(named.sort()).toEqual(Object.keys(limits).sort())
})

it('a check needs only one definition', () => {
  const smallOrders = defineInstrumentCheck({
    code: 'max_notional',
    doc: 'Refuses more than so many lots.',
    limits: { maxLots: 'largest order, lots' },
    refuse({ quantityUnits }, { terms }, _, { maxLots }) {
      const lots = Number(quantityUnits / terms.lotUnits)
      return lots <= maxLots ? undefined : { notionalUsd: lots, limitUsd: maxLots }
    },
  })
  const gate = createRiskGate([smallOrders.create({ maxLots: 50 })])
  const judge = (quantity: string) =>
    gate.approve(readCandidate(anIntent({ quantity }), anInstrument(), 'active'), anAccount())
  expect(judge('0.05').ok).toBe(true)
  expect(judge('0.051')).toEqual({ ok: false, error: { code: 'max_notional', notionalUsd: 51, limitUsd: 50 } })
})

it('an instrument check refuses an unknown instrument before it runs', () => {
  const check = defineInstrumentCheck({
    code: 'lot_size',
    doc: 'Refuses nothing.',
    refuse: (): { quantity: string; lotSize: string } | undefined => undefined,
  }).create({})
  expect(check.refuse(readCandidate(anIntent(), undefined, 'active'), anAccount())).toEqual({
    code: 'unknown_instrument',
    instrument: 'BTC/USDT:USDT@binance_usdm',
  })
  expect(check.refuse(readCandidate(anIntent(), anInstrument(), 'active'), anAccount())).toBeUndefined()
})

it('an account check sees orders on unknown instruments', () => {
  const check = defineCheck({
    code: 'duplicate',
    doc: 'Refuses all.',
    refuse: ({ intent: { intentId } }) => ({ intentId }),
  })
  const candidate = readCandidate(anIntent(), undefined, 'active')
  expect(check.create({}).refuse(candidate, anAccount())).toEqual({ code: 'duplicate', intentId: 'OFI-1' })
})
