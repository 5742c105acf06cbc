/** The fields that only some kinds of instruments have. */
export const contractFields = ['contractSize', 'expiry', 'strike', 'right', 'underlying', 'settlement'] as const
type ContractField = (typeof contractFields)[number]

/** The rules of one kind of instrument. */
interface KindRule {
  /** Of the fields that only some kinds have: those it must have, and those it may have. All others are refused. */
  readonly needs: readonly ContractField[]
  readonly may: readonly ContractField[]
  /** A position owns none of the base and pays no notional: only gains and losses reach the balance. */
  readonly isDerivative: boolean
  /** The currency that gains and losses are paid in; absent: any, or none. */
  readonly settlesIn?: 'base' | 'quote'
  /** Why it is only quoted and never traded; absent: it may be traded. */
  readonly quotedOnly?: string
}

/** Every kind of instrument. A kind whose money is not booked exactly is quoted only. */
export const kindRules = {
  spot: { needs: [], may: [], isDerivative: false },
  equity: { needs: [], may: [], isDerivative: false },
  linear_perpetual: {
    needs: [],
    may: ['contractSize', 'underlying', 'settlement'],
    isDerivative: true,
    settlesIn: 'quote',
  },
  linear_future: {
    needs: ['expiry'],
    may: ['contractSize', 'underlying', 'settlement'],
    isDerivative: true,
    settlesIn: 'quote',
  },
  inverse_perpetual: {
    needs: ['settlement'],
    may: ['contractSize', 'underlying'],
    isDerivative: true,
    settlesIn: 'base',
    quotedOnly: 'its gains are not linear in its price, and the ledger books linear ones',
  },
  option: {
    needs: ['expiry', 'strike', 'right', 'underlying'],
    may: ['contractSize', 'settlement'],
    isDerivative: true,
    quotedOnly: 'its premium, exercise and margin are not booked',
  },
  index: { needs: [], may: [], isDerivative: false, quotedOnly: 'it is a number that nobody sells' },
} as const satisfies Record<string, KindRule>

export type InstrumentKind = keyof typeof kindRules

/** The rules of a kind. */
export const ruleOf = (kind: InstrumentKind): KindRule => kindRules[kind]
