import type { Grade } from '../grades/grade.ts'
import { partitionByDay } from './0002-days.ts'
import { compression, continuousAggregates, ownRollups } from './0002-rollups.ts'
import { views } from './0002-views.ts'

/** The position of a refused bus record, so that it can be sent again. */
const origin = 'alter table dead_letters add column origin jsonb;\n'

const remember = (grade: Grade) => `
create table storage_grade (grade text primary key);
insert into storage_grade values ('${grade}');
`

/**
 * One partition or chunk per day, bars from trades, and views. The implementation depends on the grade; tables, columns and
 * views do not. The time joins the key, as every grade requires: an event's time is a function of the event, so (run, producer,
 * sequence) still identifies a row.
 */
export const grades = {
  id: 2,
  name: 'grades',
  sql: (grade: Grade): string => {
    const rollups = grade === 'timescale' ? continuousAggregates + compression : ownRollups
    return [remember(grade), origin, partitionByDay(grade), rollups, views].join('')
  },
}
