import type { AlertPlane, RuleGroup, Severity } from '../../src/alert.ts'

/** Selects a rule of an alert: several share a name. `level` is that of a user's level. */
export interface RuleKey {
  readonly severity: Severity
  readonly plane: AlertPlane
  readonly level?: string
}

/** An alert that should fire: its rule, the labels from the series, and its description. */
export interface Fires extends RuleKey {
  readonly labels?: Readonly<Record<string, string>>
  readonly description: string
}

/** The scraped series, and the expected alerts of one name at a moment: exactly `fires`. */
export interface RuleCase {
  readonly title: string
  readonly alert: string
  /** The file of rules. */
  readonly file: RuleGroup
  /** Time between two samples, and between two evaluations. Default 15s. */
  readonly every?: string
  /** Values by series, in promtool's notation: `1x20` is 1, then 20 more times 1; `0+5x20` increases by 5; `_` is missing. */
  readonly series: Readonly<Record<string, string>>
  /** The moment of the check, since the first sample, which is at 0 s of Unix time. */
  readonly at: string
  readonly fires?: readonly Fires[]
  /** Rules that this case shows to be quiet when they should be. */
  readonly quiet?: readonly RuleKey[]
}
