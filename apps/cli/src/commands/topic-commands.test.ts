import { encodeLine, topics, wire, type Event } from '@triplane/contracts'
import { aQuote, aTrade, testStartUs } from '@triplane/testing'
import { CliWorld } from '../../test/cli-world.ts'

let world: CliWorld
beforeEach(() => void (world = new CliWorld()))

const trades = [1, 2, 3].map((seq) => aTrade({ seq, instrument: seq === 2 ? 'ETH/USDT@sim' : 'BTC/USDT@sim' }))
const [first, second, third] = trades as [Event, Event, Event]
const fourth: Event = aQuote({ seq: 4 })
const lines = (...events: readonly Event[]) => events.map((event) => `${encodeLine(event)}\n`).join('')

async function publish(...events: readonly Event[]): Promise<void> {
  const producer = world.bus.producer({ name: 'data-plane', runId: 'r' })
  producer.send(topics.market, 'key', events)
  producer.mark([topics.market], { throughUs: 1, final: false })
  await producer.flush()
}

describe('topic read', () => {
  it('prints a topic, one line per event', async () => {
    await publish(first, second)
    await publish(third)
    expect(await world.run('topic', 'read', 'market.events.v2')).toBe(0)
    expect(world.output).toBe(lines(first, second, third))
  })

  it.each([
    [['instrument=ETH/USDT@sim'], [second]],
    [['instrument=BTC/USDT@sim', 'seq=3'], [third]],
    [['type=quote'], [fourth]],
    [
      ['type=trade', 'instrument=BTC/USDT@sim'],
      [first, third],
    ],
    [['toString=x'], []],
  ])('filters the events: %j', async (conditions, want) => {
    await publish(first, second, third, fourth)
    const where = conditions.flatMap((condition) => ['--where', condition])
    expect(await world.run('topic', 'read', 'market.events.v2', ...where)).toBe(0)
    expect(world.output).toBe(lines(...want))
  })

  it.each([
    [0, lines(first)],
    [1, ''],
  ])('shows only what was sent since a time: %d s later', async (seconds, want) => {
    await publish(first)
    const since = new Date(testStartUs / 1000 + 1000 * seconds).toISOString()
    expect(await world.run('topic', 'read', 'market.events.v2', '--since', since)).toBe(0)
    expect(world.output).toBe(want)
  })

  it('prints the bytes of each record in hex, the input of docs/wire-reader.py', async () => {
    await publish(first, second)
    expect(await world.run('topic', 'read', 'market.events.v2', '--raw')).toBe(0)
    expect(world.output).toBe(`${wire.encodeRecord([first, second]).toString('hex')}\n`)
  })

  it('names the record that cannot be read, shows the others, and exits with 1', async () => {
    await publish(first)
    await publish(second)
    world.isReadable = ({ offset }) => offset > 0
    expect(await world.run('topic', 'read', 'market.events.v2')).toBe(1)
    expect(world.output).toBe(lines(second))
    expect(world.messages).toBe(
      'triplane: partition 0, offset 0: unknown_schema: Expected another\n' +
        'triplane: Expected records that can be read, was 1 others\n',
    )
  })

  it.each([
    [['market.trades.v1'], 'Expected one of market.events.v2, '],
    [['market.events.v2', '--where', 'seq'], 'Expected field=value.'],
    [['market.events.v2', '--since', 'yesterday'], 'Expected an ISO 8601 time'],
  ])('refuses %j', async (argv, message) => {
    expect(await world.run('topic', 'read', ...argv)).toBe(2)
    expect(world.messages).toContain(message)
  })

  it('fails while Kafka is down', async () => {
    world.kafkaFault = Object.assign(new Error('no broker answers'), { code: 'unreachable', retryable: true })
    expect(await world.run('topic', 'read', 'market.events.v2')).toBe(1)
    expect(world.messages).toContain('no broker answers')
  })
})
