/** A metric of another program. */
export interface ForeignMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly labels: readonly string[]
}

const target = ['job', 'instance']
const filesystem = [...target, 'device', 'fstype', 'mountpoint', 'device_error']

const counter = (name: string, labels: readonly string[] = target): ForeignMetric => ({ name, type: 'counter', labels })
const gauge = (name: string, labels: readonly string[] = target): ForeignMetric => ({ name, type: 'gauge', labels })

/**
 * The metrics of Prometheus, Alertmanager, the Pushgateway and the node exporter that rules and dashboards use, and no more.
 * The labels are those of the versions in docker-compose.monitoring.yml.
 */
export const foreignMetrics: readonly ForeignMetric[] = [
  // Made by Prometheus for each target
  // A user's targets that belong to a plane have the label `plane`
  gauge('up', [...target, 'plane']),
  gauge('scrape_duration_seconds'),
  gauge('scrape_samples_scraped'),
  gauge('scrape_samples_post_metric_relabeling'),
  gauge('scrape_series_added'),
  // Made by Prometheus for each alert
  gauge('ALERTS', [
    'alertname',
    'alertstate',
    'severity',
    'plane',
    'service',
    'source',
    'exchange',
    'symbol',
    'slo',
    'switch_type',
    ...target,
  ]),
  // Prometheus
  counter('prometheus_rule_evaluation_failures_total', [...target, 'rule_group']),
  counter('prometheus_rule_group_iterations_missed_total', [...target, 'rule_group']),
  gauge('prometheus_rule_group_last_duration_seconds', [...target, 'rule_group']),
  gauge('prometheus_rule_group_interval_seconds', [...target, 'rule_group']),
  counter('prometheus_notifications_errors_total', [...target, 'alertmanager']),
  counter('prometheus_notifications_dropped_total'),
  gauge('prometheus_notifications_alertmanagers_discovered'),
  gauge('prometheus_sd_discovered_targets', [...target, 'config', 'name']),
  gauge('prometheus_config_last_reload_successful'),
  gauge('prometheus_tsdb_head_series'),
  counter('prometheus_tsdb_head_samples_appended_total', [...target, 'type']),
  gauge('prometheus_tsdb_storage_blocks_bytes'),
  // Alertmanager
  counter('alertmanager_notifications_total', [...target, 'integration']),
  counter('alertmanager_notifications_failed_total', [...target, 'integration', 'reason']),
  gauge('alertmanager_alerts', [...target, 'state']),
  gauge('alertmanager_config_last_reload_successful'),
  // The Pushgateway, for each group that was pushed
  gauge('push_time_seconds', [...target, 'service', 'dag_id']),
  gauge('push_failure_time_seconds', [...target, 'service', 'dag_id']),
  // The node exporter
  counter('node_cpu_seconds_total', [...target, 'cpu', 'mode']),
  gauge('node_load1'),
  gauge('node_memory_MemAvailable_bytes'),
  gauge('node_memory_MemTotal_bytes'),
  gauge('node_filesystem_avail_bytes', filesystem),
  gauge('node_filesystem_size_bytes', filesystem),
  gauge('node_filesystem_readonly', filesystem),
  counter('node_disk_io_time_seconds_total', [...target, 'device']),
]
