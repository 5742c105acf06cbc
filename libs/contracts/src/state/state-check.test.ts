import { createStateCheck } from './state-check.ts'
import { field, stateSchema } from './state-schema.ts'

const report = field.either([
  stateSchema({ type: field.literal('acknowledged'), atUs: field.timeUs }),
  stateSchema({ type: field.literal('rejected'), atUs: field.timeUs, reason: field.oneOf(['late', 'large']) }),
  stateSchema({
    type: field.literal('filled'),
    atUs: field.timeUs,
    order: stateSchema({ id: field.text, side: field.text }),
  }),
])
const check = createStateCheck(stateSchema({ agenda: field.list(report) }), '/state')
const of = (...agenda: readonly object[]) => check({ agenda })

describe('createStateCheck', () => {
  it('accepts what fits', () => {
    expect(of({ type: 'acknowledged', atUs: 1 }, { type: 'rejected', atUs: 2, reason: 'late' })).toBeUndefined()
  })

  it.each([
    // It lacks one field more than another kind, which has fewer.
    [{ type: 'rejected', atUs: 2 }, 'Expected the field /state/agenda/0/reason, was nothing'],
    [{ type: 'filled', atUs: 2 }, 'Expected the field /state/agenda/0/order, was nothing'],
    [{ type: 'filled', atUs: 2, order: { id: 'a' } }, 'Expected the field /state/agenda/0/order/side, was nothing'],
    [{ type: 'acknowledged', atUs: 2, reason: 'late' }, 'Expected no field /state/agenda/0/reason, was "late"'],
    [{ type: 'acknowledged' }, 'Expected the field /state/agenda/0/atUs, was nothing'],
  ])('names the field in the variant of its own kind: %j', (state, misfit) => {
    expect(of(state)).toBe(misfit)
  })
})
