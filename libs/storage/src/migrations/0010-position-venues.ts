/** Two venues may have positions in one symbol: the view gives the venue of each. Positions of older runs have none. */
export const positionVenues = {
  id: 10,
  name: 'position venues',
  sql: `
create or replace view dashboard_positions as
select time, position->>'symbol' as symbol, (position->>'quantity')::double precision as quantity,
  (position->>'costBasis')::double precision as cost_basis, (position->>'mark')::double precision as mark,
  (position->>'quantity')::double precision * (position->>'mark')::double precision as value,
  (position->>'realizedUsd')::double precision as realized_usd,
  (position->>'unrealizedUsd')::double precision as unrealized_usd, run_id,
  split_part(position->>'venue', '_', 1) as exchange, position->>'venue' as venue
from portfolio_history cross join jsonb_array_elements(positions) as position;
`,
}
