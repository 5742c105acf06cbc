import { Type, type Static } from '@sinclair/typebox'
import { effectUs, eventSchema, real, text } from '../fields.ts'

export const targetPortfolioSchema = eventSchema(
  'targetPortfolio',
  {
    effectUs,
    targets: Type.Array(
      Type.Object({
        strategy: text('whose target'),
        symbol: text('unified symbol'),
        notionalUsd: real('signed target, USD'),
      }),
    ),
    grossUsd: real('sum of absolute targets, USD'),
    netUsd: real('sum of targets, USD'),
    scale: real('what limits left of the wish, 0-1'),
  },
  'The positions that we want.',
)
export type TargetPortfolio = Readonly<Static<typeof targetPortfolioSchema>>
