import { planeNames, topics as allTopics, type Topic, type TopicParty } from '@triplane/contracts'

/** A user of ours at the broker. A plane's is that of its core and its edge. */
type KafkaUser = (typeof kafkaUsers)[number]

/**
 * A right of a user at the broker. A group's name is a prefix: the user joins every group that begins with it. The topic `*` is any.
 */
export interface Right {
  readonly user: KafkaUser
  readonly on: 'topic' | 'group'
  readonly name: string
  readonly may: 'read' | 'write' | 'describe' | 'describe_configs'
}

/** Services that only watch topics, of which no definition says that they are read by them. */
const watches = { 'heartbeat-watch': [allTopics.heartbeats] } as const satisfies Record<string, readonly Topic[]>

/** Every user that has rights. Others have none; super users need none. */
export const kafkaUsers = [...planeNames, 'cli', 'heartbeat-watch'] as const

/**
 * The rights that follow from the topics' definitions: a writer writes; a reader reads, and a writer reads what it has said; the
 * command line reads every topic. All describe all topics and join groups of their own name. Nobody creates a topic, changes or
 * deletes one, or has a transactional id.
 */
export function rightsOf(topics: readonly Topic[] = Object.values(allTopics)): readonly Right[] {
  return kafkaUsers.flatMap((user) => {
    const isUser = (party: TopicParty) => userOf(party) === user
    const written = topics.filter(({ writers }) => writers.some(isUser))
    const read = topics.filter((topic) => {
      const watched: readonly Topic[] = user === 'heartbeat-watch' ? watches[user] : []
      return user === 'cli' || watched.includes(topic) || written.includes(topic) || topic.readers.some(isUser)
    })
    const rights: readonly Omit<Right, 'user'>[] = [
      ...written.map(({ name }) => ({ on: 'topic', name, may: 'write' }) as const),
      ...read.map(({ name }) => ({ on: 'topic', name, may: 'read' }) as const),
      { on: 'topic', name: '*', may: 'describe' },
      { on: 'topic', name: '*', may: 'describe_configs' },
      { on: 'group', name: user, may: 'read' },
    ]
    return rights.map((right) => ({ user, ...right }))
  })
}

function userOf(party: TopicParty): KafkaUser {
  if (party === 'command-line') return 'cli'
  return planeNames.find((plane) => party === plane || party === `${plane}.edge`) as KafkaUser
}
