import { counter, gauge, histogram } from '../definition.ts'

const type = ['type'] as const
const space = ['space'] as const

/** The default metrics of Node and the process, which prom-client exposes for every service: the ones that others may name. */
export const processCatalog = {
  cpuUser: counter('process_cpu_user_seconds_total', 'Total user CPU time spent in seconds.'),
  cpuSystem: counter('process_cpu_system_seconds_total', 'Total system CPU time spent in seconds.'),
  cpu: counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.'),
  startTime: gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.'),
  residentMemory: gauge('process_resident_memory_bytes', 'Resident memory size in bytes.'),
  virtualMemory: gauge('process_virtual_memory_bytes', 'Virtual memory size in bytes.'),
  heap: gauge('process_heap_bytes', 'Process heap size in bytes.'),
  openFiles: gauge('process_open_fds', 'Number of open file descriptors.'),
  maxFiles: gauge('process_max_fds', 'Maximum number of open file descriptors.'),
  lag: gauge('nodejs_eventloop_lag_seconds', 'Lag of event loop in seconds.'),
  lagMin: gauge('nodejs_eventloop_lag_min_seconds', 'The minimum recorded event loop delay.'),
  lagMax: gauge('nodejs_eventloop_lag_max_seconds', 'The maximum recorded event loop delay.'),
  lagMean: gauge('nodejs_eventloop_lag_mean_seconds', 'The mean of the recorded event loop delays.'),
  lagStddev: gauge('nodejs_eventloop_lag_stddev_seconds', 'The standard deviation of the recorded event loop delays.'),
  lagP50: gauge('nodejs_eventloop_lag_p50_seconds', 'The 50th percentile of the recorded event loop delays.'),
  lagP90: gauge('nodejs_eventloop_lag_p90_seconds', 'The 90th percentile of the recorded event loop delays.'),
  lagP99: gauge('nodejs_eventloop_lag_p99_seconds', 'The 99th percentile of the recorded event loop delays.'),
  resources: gauge('nodejs_active_resources', 'Number of active resources by type.', type),
  resourcesTotal: gauge('nodejs_active_resources_total', 'Total number of active resources.'),
  handles: gauge('nodejs_active_handles', 'Number of active libuv handles by type.', type),
  handlesTotal: gauge('nodejs_active_handles_total', 'Total number of active handles.'),
  requests: gauge('nodejs_active_requests', 'Number of active libuv requests by type.', type),
  requestsTotal: gauge('nodejs_active_requests_total', 'Total number of active requests.'),
  heapTotal: gauge('nodejs_heap_size_total_bytes', 'Process heap size from Node.js in bytes.'),
  heapUsed: gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.'),
  external: gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.'),
  spaceTotal: gauge('nodejs_heap_space_size_total_bytes', 'Process heap space size total in bytes.', space),
  spaceUsed: gauge('nodejs_heap_space_size_used_bytes', 'Process heap space size used in bytes.', space),
  spaceAvailable: gauge('nodejs_heap_space_size_available_bytes', 'Process heap space size available in bytes.', space),
  version: gauge('nodejs_version_info', 'Node.js version info.', ['version', 'major', 'minor', 'patch']),
  gc: histogram(
    'nodejs_gc_duration_seconds',
    'Garbage collection duration by kind.',
    ['kind'],
    [0.001, 0.01, 0.1, 1, 2, 5],
  ),
}
