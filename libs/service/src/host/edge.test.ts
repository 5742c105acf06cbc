import { encodeLine, topics, type DeadLetter, type Heartbeat } from '@triplane/contracts'
import { createMemoryBus, type BusRecord, type Producer } from '@triplane/messaging'
import { Edge } from './edge.ts'

const SILENCE_US = 1_000_000

describe('the heartbeats of an edge', () => {
  const clock = { nowUs: () => 1_700_000_000_000_000, monotonicUs: () => atUs }
  let atUs = 0

  /** An edge at time 0, and the origins that it has said. */
  function edgeWithSaid() {
    atUs = 0
    const said: number[] = []
    const producer = createMemoryBus({ nowUs: clock.nowUs }).producer({ name: 'strategy-plane.edge', runId: 'r' })
    const send: typeof producer.send = (...sent) => {
      for (const event of sent[2]) said.push((event as Heartbeat).originUs)
      producer.send(...sent)
    }
    const edge = new Edge({
      name: 'strategy-plane.edge',
      stage: 'strategy',
      producer: { ...producer, send },
      run: { account: 'sim-r' },
      lastSeq: 0,
      clock,
    })
    return { edge, said }
  }
  const ofData = (originUs: number): Heartbeat => ({ type: 'heartbeat', seq: 1, effectUs: 7, stage: 'data', originUs })

  it('are those of the stage before, as long as they come', () => {
    const { edge, said } = edgeWithSaid()
    for (const second of [1, 2, 3]) {
      atUs = second * SILENCE_US
      edge.forward(ofData(second))
      atUs += SILENCE_US - 1
      edge.beatAfter(SILENCE_US, 7)
    }
    expect(said).toEqual([1, 2, 3])
  })

  it('are its own before the first has come and when no more come, with the newest origin', () => {
    const { edge, said } = edgeWithSaid()
    edge.beatAfter(SILENCE_US, 7)
    edge.forward(ofData(1))
    for (const second of [1, 2]) {
      atUs = second * SILENCE_US
      edge.beatAfter(SILENCE_US, 7)
    }
    expect(said).toEqual([0, 1, 1, 1])
    expect(edge.lastSeenUs).toBe(0)
  })
})

describe('the dead letters of an edge', () => {
  const clock = { nowUs: () => 1_700_000_000_000_000, monotonicUs: () => 0 }
  const nuls = Buffer.alloc(200_000)
  const refusal = { code: 'not_json', detail: nuls.toString() }
  const aRecord = (fields: Partial<BusRecord<Buffer>> = {}): BusRecord<Buffer> => ({
    ...{ topic: topics.market, partition: 0, offset: 7, key: nuls.toString(), runId: 'r' },
    ...{ producer: nuls.toString(), seq: 1, tsSentUs: 1, events: nuls, ...fields },
  })

  function edgeWith(isHalfFull: () => boolean) {
    const sent: DeadLetter[] = []
    const said: DeadLetter[] = []
    const unsent: DeadLetter[] = []
    const producer = {
      get isHalfFull() {
        return isHalfFull()
      },
      send: (_topic, _key, [letter]) => void sent.push(letter as DeadLetter),
    } satisfies Partial<Producer> as unknown as Producer
    const edge = new Edge({
      ...{ name: 'e', stage: 'order', producer, run: { account: 'a' }, lastSeq: 0, clock },
      onDeadLetter: (letter) => said.push(letter),
      onUnsent: (letter) => unsent.push(letter),
    })
    return { edge, sent, said, unsent }
  }

  it('can be sent, whatever came: each part of one is bounded', () => {
    const { edge, sent } = edgeWith(() => false)
    edge.deadLetter({ record: aRecord(), stage: 'decode', refusal })
    const [letter] = sent
    expect(letter).toMatchObject({ rawBytes: 200_000, rawSha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(Buffer.byteLength(encodeLine(letter as DeadLetter))).toBeLessThan(450_000)
    expect(letter?.source.length).toBeLessThan(300)
  })

  it('are not sent while half of what may wait does: that is said once, and each is counted', () => {
    let isHalfFull = false
    const { edge, sent, said, unsent } = edgeWith(() => isHalfFull)
    for (const isFull of [false, true, true, true, false, true]) {
      isHalfFull = isFull
      edge.deadLetter({ record: aRecord(), stage: 'decode', refusal })
    }
    expect([sent.length, said.length, unsent.map(({ seq }) => seq)]).toEqual([2, 6, [2, 6]])
  })
})
