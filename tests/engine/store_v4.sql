-- A file of the fourth version, as it was released: never edited.

PRAGMA page_size=4096;

BEGIN TRANSACTION;

DROP TABLE IF EXISTS certificates;
CREATE TABLE certificates (
  expr_hash TEXT PRIMARY KEY REFERENCES strategy_snapshots (expr_hash),
  certificate_json TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

DROP TABLE IF EXISTS datasets;
CREATE TABLE datasets (
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  folder TEXT NOT NULL,
  source TEXT NOT NULL,
  source_key TEXT NOT NULL,
  lockbox TEXT NOT NULL,
  imported_at TEXT NOT NULL,
  dates INTEGER NOT NULL,
  symbols INTEGER NOT NULL,
  first_date TEXT NOT NULL,
  last_date TEXT NOT NULL,
  report_json TEXT NOT NULL,
  removed_at TEXT,
  PRIMARY KEY (name, version)
) STRICT;
INSERT INTO datasets VALUES('fx',1,'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','ffffffffffffffff','prices.csv','0000000000000000000000000000000000000000000000000000000000000000','20%','2026-01-01T00:00:00.000Z',10,2,'2020-01-01','2020-01-10','{}',NULL);

DROP TABLE IF EXISTS events;
CREATE TABLE events (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  json TEXT NOT NULL,
  ts TEXT NOT NULL,
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO events VALUES('job_20260101_000001',1,'result','{"n":1}','2026-11-22T12:25:47.165Z');

DROP TABLE IF EXISTS fills;
CREATE TABLE fills (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id TEXT NOT NULL REFERENCES orders (id),
  quantity REAL NOT NULL CHECK (quantity > 0),
  price REAL NOT NULL,
  fee REAL NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO fills VALUES(1,'order_1',3.0,10.5,0.1,'2026-11-22T12:30:00.000Z');
CREATE INDEX idx_fills_order_id ON fills (order_id);

DROP TABLE IF EXISTS jobs;
CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  params_json TEXT NOT NULL,
  status TEXT NOT NULL CHECK (
    status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT,
  progress REAL NOT NULL DEFAULT 0,
  processed INTEGER NOT NULL DEFAULT 0,
  total INTEGER,
  message TEXT,
  last_event_ts TEXT,
  latest_sharpe REAL,
  dataset TEXT,
  workers INTEGER NOT NULL DEFAULT 1,
  boot_id TEXT,
  attempt INTEGER NOT NULL DEFAULT 1
, request_key TEXT) STRICT;
INSERT INTO jobs VALUES('job_20260101_000001','train','{"n":4}','interrupted','2026-01-01T00:00:00.000Z',NULL,NULL,0.75,3,4,NULL,'2026-11-22T12:25:47.165Z',0.5,NULL,1,'here',1,NULL);
CREATE INDEX idx_jobs_created ON jobs (created_at);
CREATE UNIQUE INDEX idx_jobs_request_key ON jobs (request_key) WHERE request_key IS NOT NULL;
CREATE INDEX idx_jobs_status ON jobs (status);

DROP TABLE IF EXISTS lockbox_openings;
CREATE TABLE lockbox_openings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  expr_hash TEXT NOT NULL,
  dataset TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO lockbox_openings VALUES(1,'aaaaaaaaaaaa','fx','2026-11-22T12:25:47.166Z');
INSERT INTO lockbox_openings VALUES(2,'6b86b273ff34','fx','2026-11-22T12:25:47.165Z');
CREATE TRIGGER lockbox_openings_keep BEFORE DELETE ON lockbox_openings
  BEGIN SELECT RAISE(ABORT, 'an opened lockbox stays opened'); END;
CREATE TRIGGER lockbox_openings_stay BEFORE UPDATE ON lockbox_openings
  BEGIN SELECT RAISE(ABORT, 'an opened lockbox stays opened'); END;

DROP TABLE IF EXISTS notes;
CREATE TABLE notes (
  expr_hash TEXT PRIMARY KEY REFERENCES strategy_snapshots (expr_hash),
  note TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO notes VALUES('4e07408562be','Good.','2026-11-22T12:30:00.000Z');

DROP TABLE IF EXISTS orders;
CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  symbol TEXT NOT NULL,
  side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
  quantity REAL NOT NULL CHECK (quantity > 0),
  order_type TEXT NOT NULL,
  status TEXT NOT NULL,
  expr_hash TEXT,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO orders VALUES('order_1','A','buy',3.0,'market','filled','6b86b273ff34','2026-11-22T12:30:00.000Z');
CREATE INDEX idx_orders_created_at ON orders (created_at);

DROP TABLE IF EXISTS quality;
CREATE TABLE quality (
  fingerprint TEXT NOT NULL,
  lockbox TEXT NOT NULL,
  quality_json TEXT NOT NULL,
  PRIMARY KEY (fingerprint, lockbox)
) STRICT;

DROP TABLE IF EXISTS run_daily;
CREATE TABLE run_daily (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  data BLOB NOT NULL
) STRICT;
INSERT INTO run_daily VALUES('a6df7bab05e484bd',X'6461696C7920736572696573206F662031');
INSERT INTO run_daily VALUES('f4c595f0f9f3062e',X'6461696C7920736572696573206F662032');

DROP TABLE IF EXISTS runs;
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  expr_hash TEXT NOT NULL REFERENCES strategy_snapshots (expr_hash),
  dataset TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  spec_json TEXT NOT NULL,
  engine_version INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  complexity_score REAL NOT NULL,
  tradable INTEGER NOT NULL,
  ruined INTEGER NOT NULL,
  n REAL,
  total_return REAL,
  ann_return REAL,
  ann_vol REAL,
  ann_sharpe REAL,
  sortino REAL,
  max_dd REAL,
  calmar REAL,
  var_95 REAL,
  cvar_95 REAL,
  skew REAL,
  kurtosis REAL,
  tail_ratio REAL,
  hit_rate REAL,
  profit_factor REAL,
  omega REAL,
  stability REAL,
  ulcer REAL,
  best_day REAL,
  worst_day REAL,
  turnover REAL,
  holding_period REAL,
  cost_drag REAL,
  break_even_bps REAL,
  gross_exposure REAL,
  net_exposure REAL,
  names REAL,
  fitness REAL,
  margin REAL
) STRICT;
INSERT INTO runs VALUES('a6df7bab05e484bd','6b86b273ff34','fx','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','{"engine_version":1,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","lags":{},"last_date":"2020-12-31","params":{"borrow_bps":0.0,"cap":0.05,"cost_bps":5.0,"delisting_return":0.0,"end":null,"execution_lag":1,"max_lev":1.0,"max_stale":5,"neutralize":null,"rebalance":"daily","sizing":"raw","smooth_ema":null,"start":null},"price":"c_sek"}',1,'2026-11-22T12:25:47.165Z',3.0,1,0,NULL,NULL,0.1,NULL,0.5,NULL,-0.2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO runs VALUES('f4c595f0f9f3062e','d4735e3a265e','fx','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','{"engine_version":1,"fingerprint":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","lags":{},"last_date":"2020-12-31","params":{"borrow_bps":0.0,"cap":0.05,"cost_bps":5.0,"delisting_return":0.0,"end":null,"execution_lag":1,"max_lev":1.0,"max_stale":5,"neutralize":null,"rebalance":"daily","sizing":"raw","smooth_ema":null,"start":null},"price":"c_sek"}',1,'2026-11-22T12:25:47.165Z',3.0,1,0,NULL,NULL,0.1,NULL,NULL,NULL,-0.2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE INDEX idx_runs_dataset ON runs (dataset);
CREATE INDEX idx_runs_expr_hash ON runs (expr_hash);

DROP TABLE IF EXISTS settings;
CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('dataset','fx');

DROP TABLE IF EXISTS strategy_snapshots;
CREATE TABLE strategy_snapshots (
  expr_hash TEXT PRIMARY KEY,
  expr TEXT NOT NULL,
  created_at TEXT NOT NULL,
  complexity_score REAL NOT NULL,
  complexity_json TEXT NOT NULL
) STRICT;
INSERT INTO strategy_snapshots VALUES('6b86b273ff34','lag(feat("c_sek"), 1)','2026-11-22T12:25:47.165Z',3.0,'{"nodes":0,"depth":0,"functions":0,"nonlinear":0,"cross_sectional":0,"window_sum":0,"window_max":0,"constants":0,"branches":0,"op_cost":0.0,"score":3.0}');
INSERT INTO strategy_snapshots VALUES('d4735e3a265e','lag(feat("c_sek"), 2)','2026-11-22T12:25:47.165Z',3.0,'{"nodes":0,"depth":0,"functions":0,"nonlinear":0,"cross_sectional":0,"window_sum":0,"window_max":0,"constants":0,"branches":0,"op_cost":0.0,"score":3.0}');
INSERT INTO strategy_snapshots VALUES('4e07408562be','log(3)','2026-11-22T12:25:47.165Z',3.0,'{"nodes":0,"depth":0,"functions":0,"nonlinear":0,"cross_sectional":0,"window_sum":0,"window_max":0,"constants":0,"branches":0,"op_cost":0.0,"score":3.0}');

DROP TABLE IF EXISTS tags;
CREATE TABLE tags (
  expr_hash TEXT NOT NULL REFERENCES strategy_snapshots (expr_hash),
  tag TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (expr_hash, tag)
) STRICT, WITHOUT ROWID;
INSERT INTO tags VALUES('6b86b273ff34','momentum','2026-11-22T12:30:00.000Z');

DROP TABLE IF EXISTS trials;
CREATE TABLE trials (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  expr_hash TEXT NOT NULL,
  run_id TEXT,
  dataset TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  job_id TEXT REFERENCES jobs (id),
  source TEXT NOT NULL CHECK (source IN ('train', 'backtest', 'api')),
  error TEXT,
  sharpe REAL,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO trials VALUES(1,'6b86b273ff34','a6df7bab05e484bd','fx','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','job_20260101_000001','train',NULL,0.5,'2026-11-22T12:25:47.165Z');
INSERT INTO trials VALUES(2,'d4735e3a265e','f4c595f0f9f3062e','fx','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','job_20260101_000001','train',NULL,NULL,'2026-11-22T12:25:47.165Z');
INSERT INTO trials VALUES(3,'4e07408562be',NULL,'fx','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','job_20260101_000001','train','It has no value.',NULL,'2026-11-22T12:25:47.165Z');
CREATE INDEX idx_trials_fingerprint ON trials (fingerprint, expr_hash);
CREATE UNIQUE INDEX idx_trials_job ON trials (job_id, expr_hash) WHERE job_id IS NOT NULL;
CREATE TRIGGER trials_keep BEFORE DELETE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;
CREATE TRIGGER trials_stay BEFORE UPDATE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;

DELETE FROM main.sqlite_sequence WHERE name='fills';
INSERT INTO main.sqlite_sequence VALUES ('fills', 1);
DELETE FROM main.sqlite_sequence WHERE name='lockbox_openings';
INSERT INTO main.sqlite_sequence VALUES ('lockbox_openings', 2);
DELETE FROM main.sqlite_sequence WHERE name='trials';
INSERT INTO main.sqlite_sequence VALUES ('trials', 3);

pragma user_version=4;
pragma application_id=1266041166;

COMMIT TRANSACTION;
