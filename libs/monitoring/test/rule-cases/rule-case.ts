import type { AlertPlane, RuleGroup, Severity } from '../../src/alert.ts'

/** Which rule of an alert: several share a name. `level` is that of a level which somebody has set. */
export interface RuleKey {
  readonly severity: Severity
  readonly plane: AlertPlane
  readonly level?: string
}

/** An alert that is to fire: its rule, the labels that come from the series, and what its description says. */
export interface Fires extends RuleKey {
  readonly labels?: Readonly<Record<string, string>>
  readonly description: string
}

/** What Prometheus has scraped, and what fires of one alert at a moment: exactly `fires`. */
export interface RuleCase {
  readonly title: string
  readonly alert: string
  /** The file of rules. */
  readonly file: RuleGroup
  /** Time between two samples, and between two evaluations. Default 15s. */
  readonly every?: string
  /** Values by series, in promtool's notation: `1x20` is 1, then 20 times more 1; `0+5x20` goes up by 5; `_` is none. */
  readonly series: Readonly<Record<string, string>>
  /** When is looked, since the first sample, at 0 s of Unix time. */
  readonly at: string
  readonly fires?: readonly Fires[]
  /** Rules of which this shows that they are quiet when they should be. */
  readonly quiet?: readonly RuleKey[]
}
