import { labelOf, planeNames, stageOf } from './plane-name.ts'

describe('the name of a plane', () => {
  it('has one spelling in labels and one in heartbeats', () => {
    expect(planeNames.map((name) => [labelOf(name), stageOf(name)])).toEqual([
      ['data_plane', 'data'],
      ['strategy_plane', 'strategy'],
      ['order_plane', 'order'],
    ])
  })

  it('is spelled the same way as that of any other service', () => {
    expect(labelOf('heartbeat-watch')).toBe('heartbeat_watch')
    expect(labelOf('a-b-c')).toBe('a_b_c')
  })
})
