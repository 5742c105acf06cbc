import { isPassed, reportText, type Struck } from './chaos-report.ts'

const healed: Struck = {
  fault: 'kill kafka, 5 s',
  secondsToTrading: 7.25,
  lost: 0,
  doubled: 0,
  alerts: [],
  latches: [],
  problems: [],
}

describe('the report of chaos', () => {
  it.each<{ readonly name: string; readonly one: Partial<Struck>; readonly passes: boolean }>([
    { name: 'passes when the stack healed by itself', one: {}, passes: true },
    { name: 'passes with a latch that waits for an operator by design', one: { latches: ['drawdown'] }, passes: true },
    { name: 'fails when something was lost', one: { lost: 1 }, passes: false },
    { name: 'fails when something was doubled', one: { doubled: 1 }, passes: false },
    { name: 'fails when it did not trade again', one: { secondsToTrading: undefined }, passes: false },
    {
      name: 'fails when the sources could not be compared',
      one: { problems: ['reconcile ended with 2'] },
      passes: false,
    },
  ])('$name', ({ one, passes }) => {
    expect(isPassed([healed, { ...healed, ...one }])).toBe(passes)
  })

  it('is a table of faults, and their sums', () => {
    const second = { ...healed, fault: 'poison', secondsToTrading: 61, latches: ['pnl'], alerts: ['DlqGrowing'] }
    expect(reportText([healed, second])).toMatchInlineSnapshot(`
      "fault            s to trading  lost  doubled  latches  alerts
      kill kafka, 5 s  7.3           0     0        -        -
      poison           61.0          0     0        pnl      DlqGrowing

      2 faults, 0 lost, 0 doubled, 1 latches re-armed; seconds to trading: median 61.0, longest 61.0
      PASSED
      "
    `)
  })
})
