import { topics as allTopics, type Topic } from '@triplane/contracts'
import kafkajs, { type Admin, type IResourceConfigEntry } from 'kafkajs'
import { BusError } from '../bus-error.ts'
import type { KafkaBusOptions } from './kafka-options.ts'

const MS_PER_HOUR = 3_600_000
/** Larger than a producer's largest batch, so that no record is ever refused for its size. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024

/** Our topics on the broker. */
export interface KnownTopics {
  /** The topic's name on the broker. */
  nameOf(topic: Topic): string
  /** The topic with a name on the broker. */
  topicOf(name: string): Topic | undefined
  partitionsOf(topic: Topic): number
}

/**
 * Creates the missing topics of `contracts`, and reads the partitions of all. Leaves existing topics as they are; refuses a
 * compacted topic that is not compacted on the broker, since it would lose records.
 */
export async function ensureTopics(admin: Admin, options: KafkaBusOptions): Promise<KnownTopics> {
  const { topicPrefix = '', partitions = () => 1, replicationFactor = 1 } = options
  const all: readonly Topic[] = Object.values(allTopics)
  const nameOf = (topic: Topic) => topicPrefix + topic.name
  const byName = new Map(all.map((topic) => [nameOf(topic), topic]))

  const existing = new Set(await admin.listTopics())
  const missing = all.filter((topic) => !existing.has(nameOf(topic)))
  if (missing.length > 0) {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic: nameOf(topic),
        numPartitions: partitions(topic),
        replicationFactor,
        configEntries: settingsOf(topic, options),
      })),
    })
    options.onLog?.('info', 'topics created', { topics: missing.map(nameOf) })
  }

  // Another process may have created some meanwhile, so all are checked. Reading the ends ensures that every partition has a
  // leader that answers: consumers of kafkajs rejoin their group once for each answer that one lacks.
  await mustCompact(admin, all.filter((topic) => topic.compacted).map(nameOf))
  await Promise.all(all.map((topic) => admin.fetchTopicOffsets(nameOf(topic))))

  const { topics: found } = await admin.fetchTopicMetadata({ topics: [...byName.keys()] })
  const counts = new Map(found.map(({ name, partitions }) => [name, partitions.length]))
  return {
    nameOf,
    topicOf: (name) => byName.get(name),
    partitionsOf: (topic) => counts.get(nameOf(topic)) ?? 0,
  }
}

function settingsOf(topic: Topic, { compression }: KafkaBusOptions): IResourceConfigEntry[] {
  const entries = {
    'max.message.bytes': MAX_BATCH_BYTES,
    // Whatever codec a batch comes in, we can read what the broker keeps of it.
    'compression.type': compression === 'gzip' ? 'gzip' : 'uncompressed',
  }
  if (!topic.compacted) {
    const { retentionHours } = topic
    return settings({ ...entries, ...(retentionHours && { 'retention.ms': retentionHours * MS_PER_HOUR }) })
  }
  // Only closed segments are compacted: small ones that close within the hour keep reading at the start short.
  return settings({
    ...entries,
    'cleanup.policy': 'compact',
    'segment.bytes': 4 * 1024 * 1024,
    'segment.ms': MS_PER_HOUR,
    'min.cleanable.dirty.ratio': 0.1,
  })
}

function settings(entries: Readonly<Record<string, string | number>>): IResourceConfigEntry[] {
  return Object.entries(entries).map(([name, value]) => ({ name, value: String(value) }))
}

async function mustCompact(admin: Admin, names: readonly string[]): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['cleanup.policy'],
    })),
  })
  for (const { resourceName, configEntries } of resources) {
    const policy = configEntries.find((entry) => entry.configName === 'cleanup.policy')?.configValue ?? ''
    if (policy === 'compact') continue
    throw new BusError(
      'wrong_topic_settings',
      `Expected cleanup.policy=compact on ${resourceName}, was ${policy}: it would forget what it must keep. ` +
        `Set it with kafka-configs --alter, or delete the topic.`,
      { retryable: false },
    )
  }
}
