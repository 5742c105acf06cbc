import { topics, type Topic } from '@triplane/contracts'
import { kafkaUsers, rightsOf, type Right } from './rights.ts'

const rights = rightsOf()
const topicsOf = (user: Right['user'], may: Right['may']) =>
  rights.filter((right) => right.user === user && right.on === 'topic' && right.may === may).map(({ name }) => name)
const all: readonly Topic[] = Object.values(topics)
const named = (isWanted: (topic: Topic) => boolean) => all.filter(isWanted).map(({ name }) => name)

describe('the rights of users at the broker', () => {
  it.each(['data-plane', 'strategy-plane', 'order-plane'] as const)(
    '%s writes what its core and its edge write, and reads that and what they read',
    (plane) => {
      const isOurs = (parties: Topic['writers']) => parties.includes(plane) || parties.includes(`${plane}.edge`)
      expect(topicsOf(plane, 'write')).toEqual(named(({ writers }) => isOurs(writers)))
      expect(topicsOf(plane, 'read')).toEqual(named(({ writers, readers }) => isOurs(writers) || isOurs(readers)))
    },
  )

  it('cli reads every topic, and heartbeat-watch the heartbeats', () => {
    expect(topicsOf('cli', 'read')).toEqual(named(() => true))
    expect(topicsOf('cli', 'write')).toEqual(named(({ writers }) => writers.includes('command-line')))
    expect(topicsOf('heartbeat-watch', 'read')).toEqual([topics.heartbeats.name])
    expect(topicsOf('heartbeat-watch', 'write')).toEqual([])
  })

  it('everyone describes every topic and joins groups of their own name, and may do nothing else', () => {
    const others = rights.filter(({ on, may }) => on === 'group' || !['read', 'write'].includes(may))
    const everyone = (right: Omit<Right, 'user'>) => kafkaUsers.map((user) => ({ user, ...right }))
    const wanted = [
      ...everyone({ on: 'topic', name: '*', may: 'describe' }),
      ...everyone({ on: 'topic', name: '*', may: 'describe_configs' }),
      ...kafkaUsers.map((user) => ({ user, on: 'group', name: user, may: 'read' })),
    ]
    expect(new Set(others.map((right) => JSON.stringify(right)))).toEqual(
      new Set(wanted.map((right) => JSON.stringify(right))),
    )
  })

  it('follow the definitions that they are given', () => {
    const written = { ...topics.audit, writers: ['strategy-plane.edge'], readers: [] } as const
    expect(rightsOf([written]).filter(({ may, on }) => on === 'topic' && may === 'write')).toEqual([
      { user: 'strategy-plane', on: 'topic', name: topics.audit.name, may: 'write' },
    ])
  })
})
