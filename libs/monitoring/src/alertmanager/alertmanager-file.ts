/** The parts of Alertmanager's configuration file that we write, under its own names. Durations are like `10s`. */
export interface AlertmanagerFile {
  readonly global: object
  readonly templates: readonly string[]
  readonly route: Route
  readonly receivers: readonly Receiver[]
  readonly inhibit_rules: readonly InhibitRule[]
  readonly time_intervals: readonly TimeInterval[]
}

/** The root route matches everything; an alert goes to the first child that matches, and no further. */
export interface Route {
  readonly receiver?: string
  readonly matchers?: readonly string[]
  readonly group_by?: readonly string[]
  readonly group_wait?: string
  readonly group_interval?: string
  readonly repeat_interval?: string
  readonly active_time_intervals?: readonly string[]
  readonly routes?: readonly Route[]
}

/** A name and its channels: `slack_configs` and the like. Without any the receiver notifies no one. */
export interface Receiver {
  readonly name: string
  readonly [kind: `${string}_configs`]: readonly object[]
}

/**
 * While an alert that `source_matchers` match fires, those that `target_matchers` match are muted if `equal` labels are equal.
 */
export interface InhibitRule {
  readonly name: string
  readonly source_matchers: readonly string[]
  readonly target_matchers: readonly string[]
  readonly equal?: readonly string[]
}

export interface TimeInterval {
  readonly name: string
  readonly time_intervals: readonly object[]
}
