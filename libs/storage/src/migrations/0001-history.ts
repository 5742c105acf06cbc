/**
 * History by run. An event's row is identified by (run, producer, sequence), so storing it twice has no effect; fills and
 * orders have their own ids. Times are market time unless named otherwise; analytics are double precision, booked values are
 * numeric.
 */
export const history = {
  id: 1,
  name: 'history',
  sql: `
create table runs (
  run_id        text primary key,
  mode          text not null,
  started_at    timestamptz not null,
  ended_at      timestamptz,
  configuration jsonb not null,
  report        jsonb
);

create table trades (
  run_id     text not null,
  producer   text not null,
  seq        bigint not null,
  time       timestamptz not null,
  event_time timestamptz not null,
  source     text not null,
  venue      text not null,
  symbol     text not null,
  trade_id   bigint not null,
  price      double precision not null,
  size       double precision not null,
  aggressor  text not null,
  primary key (run_id, producer, seq)
);
create index trades_time on trades using brin (time);

create table quotes (
  run_id     text not null,
  producer   text not null,
  seq        bigint not null,
  time       timestamptz not null,
  event_time timestamptz,
  source     text not null,
  venue      text not null,
  symbol     text not null,
  update_id  bigint not null,
  bid        double precision not null,
  bid_size   double precision not null,
  ask        double precision not null,
  ask_size   double precision not null,
  primary key (run_id, producer, seq)
);
create index quotes_time on quotes using brin (time);

create table bars (
  run_id       text not null,
  producer     text not null,
  seq          bigint not null,
  time         timestamptz not null,
  source       text not null,
  venue        text not null,
  symbol       text not null,
  timeframe    text not null,
  origin       text not null,
  open_time    timestamptz not null,
  open         double precision not null,
  high         double precision not null,
  low          double precision not null,
  close        double precision not null,
  volume       double precision not null,
  quote_volume double precision not null,
  buy_volume   double precision not null,
  trades       integer not null,
  primary key (run_id, producer, seq)
);
create index bars_symbol on bars (symbol, timeframe, open_time);

create table ofi (
  run_id         text not null,
  producer       text not null,
  seq            bigint not null,
  time           timestamptz not null,
  source         text not null,
  venue          text not null,
  symbol         text not null,
  value          double precision not null,
  interval_start timestamptz not null,
  interval_value double precision not null,
  depth          double precision not null,
  primary key (run_id, producer, seq)
);
create index ofi_time on ofi using brin (time);

create table signals (
  run_id    text not null,
  producer  text not null,
  seq       bigint not null,
  time      timestamptz not null,
  strategy  text not null,
  symbol    text not null,
  strength  double precision not null,
  direction text not null,
  primary key (run_id, producer, seq)
);
create index signals_time on signals using brin (time);

-- Every state that an order entered, in order.
create table order_journal (
  run_id              text not null,
  producer            text not null,
  seq                 bigint not null,
  time                timestamptz not null,
  intent_id           text not null,
  strategy            text not null,
  venue               text not null,
  symbol              text not null,
  state               text not null,
  reason              text,
  side                text not null,
  order_type          text not null,
  quantity            numeric not null,
  requested_quantity  numeric not null,
  filled_quantity     numeric not null,
  limit_price         numeric,
  intent_time         timestamptz not null,
  state_time          timestamptz not null,
  previous_state_time timestamptz not null,
  primary key (run_id, producer, seq)
);
create index order_journal_intent on order_journal (run_id, intent_id);

-- The last state of each order.
create table orders (
  run_id             text not null,
  intent_id          text not null,
  seq                bigint not null,
  time               timestamptz not null,
  strategy           text not null,
  venue              text not null,
  symbol             text not null,
  state              text not null,
  reason             text,
  side               text not null,
  order_type         text not null,
  quantity           numeric not null,
  requested_quantity numeric not null,
  filled_quantity    numeric not null,
  limit_price        numeric,
  intent_time        timestamptz not null,
  state_time         timestamptz not null,
  primary key (run_id, intent_id)
);

create table fills (
  run_id       text not null,
  producer     text not null,
  seq          bigint not null,
  time         timestamptz not null,
  fill_id      text not null,
  intent_id    text not null,
  strategy     text not null,
  venue        text not null,
  symbol       text not null,
  side         text not null,
  quantity     numeric not null,
  price        numeric not null,
  fee          numeric not null,
  liquidity    text not null,
  status       text not null,
  is_first     boolean not null,
  decision_mid double precision not null,
  slippage_bps double precision not null,
  intent_time  timestamptz not null,
  ack_time     timestamptz not null,
  venue_time   timestamptz not null,
  primary key (run_id, fill_id)
);

create table portfolio_history (
  run_id             text not null,
  producer           text not null,
  seq                bigint not null,
  time               timestamptz not null,
  equity_usd         numeric not null,
  realized_usd       numeric not null,
  unrealized_usd     numeric not null,
  fees_usd           numeric not null,
  gross_usd          numeric not null,
  net_usd            numeric not null,
  drawdown_ratio     double precision not null,
  max_drawdown_ratio double precision not null,
  positions          jsonb not null,
  primary key (run_id, producer, seq)
);

-- Refused frames; time is receive time, raw is the frame as it came.
create table dead_letters (
  run_id     text not null,
  producer   text not null,
  seq        bigint not null,
  time       timestamptz not null,
  source     text not null,
  venue      text,
  symbol     text,
  stage      text not null,
  reason     text not null,
  event_type text not null,
  detail     text not null,
  raw        bytea not null,
  primary key (run_id, producer, seq)
);
`,
}
