import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aFill } from '@triplane/testing'
import { logEvent } from './log-event.ts'
import { createLogger, type LoggingOptions } from './logger.ts'

const clock = { nowUs: () => 1_723_127_400_123_456, monotonicUs: () => 0 }

/** A logger and the lines that it wrote. */
function aLogger(options: Partial<LoggingOptions> = {}) {
  const lines: string[] = []
  const logger = createLogger({
    service: 'data_plane',
    clock,
    destination: { write: (line) => lines.push(line) },
    ...options,
  })
  return { logger, lines, written: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('a log line', () => {
  it('has this exact form, to the byte', () => {
    const { logger, lines } = aLogger()
    logger
      .child('feeds')
      .child('binance')
      .info('Feed "up"', { symbol: 'BTC/USDT', lagMs: 1.5, ids: [1, 2], none: undefined })
    expect(lines).toEqual([
      '{"timestamp":"2024-08-08T14:30:00.123Z","level":"INFO","logger":"feeds.binance","message":"Feed \\"up\\"",' +
        '"service":"data_plane","symbol":"BTC/USDT","lagMs":1.5,"ids":[1,2]}\n',
    ])
  })

  it.each(['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const)('names the level %s', (level) => {
    const { logger, written } = aLogger({ level: 'DEBUG' })
    const method = level.toLowerCase() as Lowercase<typeof level>
    logger[method]('x')
    expect(written()).toEqual([
      { timestamp: '2024-08-08T14:30:00.123Z', level, logger: 'data_plane', message: 'x', service: 'data_plane' },
    ])
  })

  it('masks secrets at any depth and in URLs', () => {
    const { logger, lines } = aLogger()
    logger.info('x', {
      apiKey: 'abc1',
      venue: { password: 'abc2', keys: [{ secret: 'abc3' }] },
      url: 'postgres://me:abc4@host/db',
    })
    expect(lines[0]).not.toMatch(/abc\d/)
    expect(lines[0]).toContain('"url":"postgres://me:***@host/db"')
  })

  it('writes errors with their code, stack and cause, and values that JSON cannot represent', () => {
    const { logger, written } = aLogger()
    const error = Object.assign(new Error('no answer', { cause: new TypeError('reset') }), { code: 'ETIMEDOUT' })
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    logger.error('x', { error, err: error, quantity: 12n, loop, missing: NaN })
    expect(written()[0]).toMatchObject({
      message: 'x',
      error: { name: 'Error', message: 'no answer', code: 'ETIMEDOUT', cause: { name: 'TypeError', message: 'reset' } },
      quantity: '12',
      missing: null,
    })
  })

  it('keeps its own fields whatever the names in the context', () => {
    const { logger, written } = aLogger()
    logger.info('x', { level: 3, message: 'y', time: 1 })
    expect(written()[0]).toMatchObject({ level: 'INFO', message: 'x', context_level: 3, context_message: 'y', time: 1 })
  })
})

describe('context', () => {
  it('is bound permanently, to the logger and its children', () => {
    const { logger, written } = aLogger()
    const feeds = logger.child('feeds')
    const binance = feeds.child('binance')
    feeds.bind({ runId: 'r1' }).bind({ shard: 2 })
    binance.bind({ shard: 3 }).info('a')
    feeds.info('b')
    logger.info('c')
    expect(written().map(({ runId, shard }) => [runId, shard])).toEqual([
      ['r1', 3],
      ['r1', 2],
      [undefined, undefined],
    ])
  })

  it('applies to a scope, across awaits and nested scopes, in every logger', async () => {
    const { logger, written } = aLogger()
    const feeds = logger.child('feeds')
    const result = await logger.context({ orderId: 'o1', step: 1 }, async () => {
      await Promise.resolve()
      feeds.info('a')
      feeds.context({ step: 2 }, () => logger.info('b', { step: 3 }))
      feeds.context({ step: 2 }, () => logger.info('c'))
      return 'done'
    })
    logger.info('d')
    expect(result).toBe('done')
    expect(written().map(({ orderId, step }) => [orderId, step])).toEqual([
      ['o1', 1],
      ['o1', 3],
      ['o1', 2],
      [undefined, undefined],
    ])
  })
})

it('has a level for each module, the longest name first', () => {
  const { logger, written } = aLogger({ level: 'WARNING', levels: { feeds: 'DEBUG', 'feeds.binance': 'ERROR' } })
  for (const one of [
    logger,
    logger.child('feeds'),
    logger.child('feeds').child('sim'),
    logger.child('feeds').child('binance'),
  ]) {
    one.debug('debug')
    one.warning('warning')
  }
  expect(written().map((line) => `${String(line['logger'])} ${String(line['message'])}`)).toEqual([
    'data_plane warning',
    'feeds debug',
    'feeds warning',
    'feeds.sim debug',
    'feeds.sim warning',
  ])
})

it('appends to a file, in a folder that it creates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-log-'))
  try {
    const file = join(folder, 'logs', 'data-plane.jsonl')
    for (const message of ['a', 'b'])
      createLogger({ service: 'data_plane', clock, destination: { file } }).info(message)
    expect(readFileSync(file, 'utf8').match(/"message":"[ab]"/g)).toHaveLength(2)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('logs a fill that comes after the end of its order', () => {
  const { logger, written } = aLogger()
  logEvent(logger, aFill({ fillId: 'a-1' }))
  logEvent(logger, aFill({ fillId: 'a-2', isLate: true }))
  expect(written()).toMatchObject([{ level: 'WARNING', fill_id: 'a-2' }])
})
