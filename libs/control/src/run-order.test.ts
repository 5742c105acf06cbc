import { examples } from '@triplane/testing'
import { parseRunOrder } from './run-order.ts'

const run = { runId: '0a1b2c3d', mode: 'live', venues: ['sim'] }

describe('an order to start a run', () => {
  it('is a run without what its plane says of it, and a reason', () => {
    expect(parseRunOrder({ run, why: 'a new day' })).toEqual({
      ok: true,
      value: { run, ifNone: false, why: 'a new day' },
    })
    const { type: _, seq: __, effectUs: ___, startedAtUs: ____, positions: _____, who: ______, ...whole } = examples.run
    expect(parseRunOrder({ run: whole, ifNone: true, why: 'x' })).toMatchObject({ ok: true, value: { run: whole } })
  })

  it.each([
    ['nothing', undefined, 'Expected a body such as'],
    ['no reason', { run }, 'Expected why to be a text, was none.'],
    ['no run', { why: 'x' }, 'Expected run to be an object.'],
    ['a name that is a path', { run: { ...run, runId: '../../etc' }, why: 'x' }, 'Expected runId to be 1 to 64'],
    ['no venue', { run: { ...run, venues: [] }, why: 'x' }, 'Expected a run, was not: run/venues'],
    ['another mode', { run: { ...run, mode: 'fast' }, why: 'x' }, 'Expected a run, was not: run/mode'],
    ['a start in the past of the bus', { run: { ...run, positions: [] }, why: 'x' }, 'was also positions.'],
    ['another name', { run: { ...run, who: 'ada' }, why: 'x' }, 'was also who.'],
    ['an odd condition', { run, ifNone: 'yes', why: 'x' }, 'Expected ifNone to be true or false.'],
  ])('is refused with %s', (_, body, message) => {
    const parsed = parseRunOrder(body)
    expect(parsed.ok ? '' : parsed.error).toContain(message)
  })
})
