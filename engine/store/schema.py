"""Tables of the store, as the list of steps that lead to them.

`MIGRATIONS[i]` turns a file of version i into one of version i + 1. A step that was released is
never edited; a new one is appended.
"""

from __future__ import annotations

APPLICATION_ID = 0x4B76414E  # "KvAN", so that another program's file is recognised

_FIRST = """
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
) STRICT;
CREATE INDEX idx_jobs_status ON jobs (status);
CREATE INDEX idx_jobs_created ON jobs (created_at);

CREATE TABLE strategy_snapshots (
  expr_hash TEXT PRIMARY KEY,
  expr TEXT NOT NULL,
  created_at TEXT NOT NULL,
  complexity_score REAL NOT NULL,
  complexity_json TEXT NOT NULL
) STRICT;

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
CREATE INDEX idx_runs_expr_hash ON runs (expr_hash);
CREATE INDEX idx_runs_dataset ON runs (dataset);
CREATE INDEX idx_runs_created_at ON runs (created_at);
CREATE INDEX idx_runs_complexity_score ON runs (complexity_score);
CREATE INDEX idx_runs_ann_sharpe ON runs (ann_sharpe);
CREATE INDEX idx_runs_ann_return ON runs (ann_return);
CREATE INDEX idx_runs_ann_vol ON runs (ann_vol);
CREATE INDEX idx_runs_max_dd ON runs (max_dd);

CREATE TABLE run_daily (
  run_id TEXT PRIMARY KEY REFERENCES runs (run_id),
  data BLOB NOT NULL
) STRICT;

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
CREATE UNIQUE INDEX idx_trials_job ON trials (job_id, expr_hash) WHERE job_id IS NOT NULL;
CREATE INDEX idx_trials_fingerprint ON trials (fingerprint, expr_hash);
CREATE TRIGGER trials_keep BEFORE DELETE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;
CREATE TRIGGER trials_stay BEFORE UPDATE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;

CREATE TABLE events (
  job_id TEXT NOT NULL REFERENCES jobs (id),
  seq INTEGER NOT NULL,
  type TEXT NOT NULL,
  json TEXT NOT NULL,
  ts TEXT NOT NULL,
  PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE datasets (
  name TEXT PRIMARY KEY,
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
  report_json TEXT NOT NULL
) STRICT;

CREATE TABLE lockbox_openings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  expr_hash TEXT NOT NULL,
  dataset TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER lockbox_openings_keep BEFORE DELETE ON lockbox_openings
  BEGIN SELECT RAISE(ABORT, 'an opened lockbox stays opened'); END;
CREATE TRIGGER lockbox_openings_stay BEFORE UPDATE ON lockbox_openings
  BEGIN SELECT RAISE(ABORT, 'an opened lockbox stays opened'); END;

CREATE TABLE tags (
  expr_hash TEXT NOT NULL REFERENCES strategy_snapshots (expr_hash),
  tag TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (expr_hash, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_BROKER = """
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
CREATE INDEX idx_orders_created_at ON orders (created_at);

CREATE TABLE fills (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  order_id TEXT NOT NULL REFERENCES orders (id),
  quantity REAL NOT NULL CHECK (quantity > 0),
  price REAL NOT NULL,
  fee REAL NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX idx_fills_order_id ON fills (order_id);
"""

_NOTES = """
ALTER TABLE jobs ADD COLUMN request_key TEXT;
CREATE UNIQUE INDEX idx_jobs_request_key ON jobs (request_key) WHERE request_key IS NOT NULL;

-- runs are sorted in memory, see mirror.py
DROP INDEX idx_runs_created_at;
DROP INDEX idx_runs_complexity_score;
DROP INDEX idx_runs_ann_sharpe;
DROP INDEX idx_runs_ann_return;
DROP INDEX idx_runs_ann_vol;
DROP INDEX idx_runs_max_dd;

CREATE TABLE notes (
  expr_hash TEXT PRIMARY KEY REFERENCES strategy_snapshots (expr_hash),
  note TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
  expr_hash TEXT PRIMARY KEY REFERENCES strategy_snapshots (expr_hash),
  certificate_json TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

_VERSIONS = """
-- every import that brings other content is a version of its name; the highest one is in use
ALTER TABLE datasets RENAME TO datasets_before;
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
INSERT INTO datasets
  SELECT name, 1, fingerprint, folder, source, source_key, lockbox, imported_at, dates, symbols,
    first_date, last_date, report_json, NULL
  FROM datasets_before ORDER BY rowid;
DROP TABLE datasets_before;

CREATE TABLE quality (
  fingerprint TEXT NOT NULL,
  lockbox TEXT NOT NULL,
  quality_json TEXT NOT NULL,
  PRIMARY KEY (fingerprint, lockbox)
) STRICT;
"""

_RESEARCH = """
-- the ledger names more kinds of askers
DROP TRIGGER trials_keep;
DROP TRIGGER trials_stay;
DROP INDEX idx_trials_job;
DROP INDEX idx_trials_fingerprint;
ALTER TABLE trials RENAME TO trials_before;
CREATE TABLE trials (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  expr_hash TEXT NOT NULL,
  run_id TEXT,
  dataset TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  job_id TEXT REFERENCES jobs (id),
  source TEXT NOT NULL CHECK (
    source IN ('train', 'backtest', 'api', 'eval', 'factor', 'robustness', 'lockbox')),
  error TEXT,
  sharpe REAL,
  created_at TEXT NOT NULL
) STRICT;
INSERT INTO trials SELECT * FROM trials_before ORDER BY id;
DROP TABLE trials_before;
CREATE UNIQUE INDEX idx_trials_job ON trials (job_id, expr_hash) WHERE job_id IS NOT NULL;
CREATE INDEX idx_trials_fingerprint ON trials (fingerprint, expr_hash);
CREATE INDEX idx_trials_run ON trials (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX idx_trials_lockbox ON trials (run_id) WHERE source = 'lockbox';
CREATE TRIGGER trials_keep BEFORE DELETE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;
CREATE TRIGGER trials_stay BEFORE UPDATE ON trials
  BEGIN SELECT RAISE(ABORT, 'the trial ledger only grows'); END;

-- what was worked out about a run and takes seconds to work out again
CREATE TABLE studies (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  kind TEXT NOT NULL,
  json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (run_id, kind)
) STRICT, WITHOUT ROWID;

-- strategies taken out of the lists; their runs and trials stay
CREATE TABLE hidden (
  expr_hash TEXT PRIMARY KEY REFERENCES strategy_snapshots (expr_hash),
  created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

MIGRATIONS = (_FIRST, _BROKER, _NOTES, _VERSIONS, _RESEARCH)
