/** Answers of the engine as tests need them. */
import type { ColumnPreview, Dataset, ImportReport, Preview } from './types.ts';

export const report = (more: Partial<ImportReport> = {}): ImportReport => ({
	file: 'prices.csv',
	rows: 1200,
	symbols: 4,
	dates: 300,
	first_date: '2020-01-02',
	last_date: '2021-03-09',
	duplicates_dropped: 0,
	date_column: 'date',
	symbol_column: 'symbol',
	price: 'close',
	universe: null,
	features: ['close'],
	categories: [],
	refused: [],
	warnings: [],
	notes: [],
	derived: {},
	files: [],
	...more
});

export const column = (name: string, more: Partial<ColumnPreview> = {}): ColumnPreview => ({
	name,
	becomes: name,
	role: 'feature',
	kind: 'number',
	examples: ['1.5'],
	missing: 0,
	reason: null,
	...more
});

export const preview = (more: Partial<Preview> = {}): Preview => ({
	file: 'prices.csv',
	format: 'CSV',
	bytes: 48_000,
	details: [],
	layout: 'long',
	rows: 1200,
	columns: [],
	sample: [],
	sheets: [],
	derivable: [],
	question: null,
	problem: null,
	report: null,
	options: {},
	...more
});

export const dataset = (more: Partial<Dataset> = {}): Dataset => ({
	name: 'prices',
	version: 1,
	versions: 1,
	fingerprint: 'ab'.repeat(32),
	source: 'prices.csv',
	lockbox: '20%',
	lockbox_start: '2020-12-10',
	imported_at: '2021-04-01T10:00:00Z',
	rows: 1200,
	bytes: 48_000,
	dates: 300,
	symbols: 4,
	first_date: '2020-01-02',
	last_date: '2021-03-09',
	open_dates: 240,
	open_last_date: '2020-12-09',
	features: ['close'],
	categories: [],
	price: 'close',
	strategies: 0,
	chosen: false,
	notes: [],
	findings: null,
	...more
});
