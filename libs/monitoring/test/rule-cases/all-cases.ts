import type { RuleCase } from './rule-case.ts'
import { dataCases } from './data-cases.ts'
import { orderCases } from './order-cases.ts'
import { planeCases } from './plane-cases.ts'
import { platformCases } from './platform-cases.ts'
import { sloCases } from './slo-cases.ts'
import { strategyCases } from './strategy-cases.ts'

/** The behaviour of every alert, given the scraped series. */
export const ruleCases: readonly RuleCase[] = [
  ...strategyCases,
  ...orderCases,
  ...dataCases,
  ...planeCases,
  ...platformCases,
  ...sloCases,
]
