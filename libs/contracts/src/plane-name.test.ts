import { instanceName, labelOf, planeNames, stageOf } from './plane-name.ts'
import { sourcesOf } from './events/run.ts'

describe('the name of a plane', () => {
  it('has one spelling in labels and one in heartbeats', () => {
    expect(planeNames.map((name) => [labelOf(name), stageOf(name)])).toEqual([
      ['data_plane', 'data'],
      ['strategy_plane', 'strategy'],
      ['order_plane', 'order'],
    ])
  })

  it('is spelled like that of any other service', () => {
    expect(labelOf('heartbeat-watch')).toBe('heartbeat_watch')
    expect(labelOf('a-b-c')).toBe('a_b_c')
  })

  it('has its instance appended where there are several', () => {
    expect(instanceName('data-plane', undefined)).toBe('data-plane')
    expect(instanceName('data-plane', 'kraken')).toBe('data-plane.kraken')
  })

  it('is listed among the producers of a run', () => {
    expect(sourcesOf({})).toEqual(['data-plane'])
    const dataPlanes = [
      { instance: 'kraken', venues: ['kraken'] },
      { instance: 'spot', venues: ['binance_spot'] },
    ]
    expect(sourcesOf({ dataPlanes })).toEqual(['data-plane.kraken', 'data-plane.spot'])
  })
})
