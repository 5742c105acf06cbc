import { history } from './0001-history.ts'
import { grades } from './0002-grades.ts'
import { audit } from './0003-audit.ts'
import { dashboards } from './0004-dashboards.ts'
import { wholeBars } from './0005-whole-bars.ts'
import { oneRollup } from './0006-one-rollup.ts'
import { contract } from './0007-contract.ts'
import { wholeBarViews } from './0008-whole-bar-views.ts'
import { deadLetterLength } from './0009-dead-letter-length.ts'
import { positionVenues } from './0010-position-venues.ts'
import { optionalIds } from './0011-optional-ids.ts'
import { accountOpenings } from './0012-account-openings.ts'
import { deadLetterDigest } from './0013-dead-letter-digest.ts'
import type { Migration } from './migrate.ts'

/** Every migration of the schema, in order. Never change a released one: add another. */
export const allMigrations: readonly Migration[] = [
  history,
  grades,
  audit,
  dashboards,
  wholeBars,
  oneRollup,
  contract,
  wholeBarViews,
  deadLetterLength,
  positionVenues,
  optionalIds,
  accountOpenings,
  deadLetterDigest,
]
