/** What the engine answers about one data set. */
import type { Full, Schemas } from '#lib/api/client.ts';

type Answer<K extends keyof Schemas> = Full<Schemas[K]>;

export type Calendar = Answer<'Calendar'>;
export type CatalogRules = Answer<'CatalogRules'>;
export type Coverage = Answer<'Coverage'>;
export type DatasetDetail = Answer<'DatasetDetail'>;
export type DatasetSettings = Answer<'DatasetSettings'>;
export type Finding = Answer<'Finding'>;
export type Example = Finding['examples'][number];
export type Quality = Answer<'Quality'>;
export type RowFilter = Answer<'RowFilter'>;
export type SampleRow = Answer<'SampleRow'>;
export type SampleRows = Answer<'SampleRows'>;
export type SeriesAnswer = Answer<'Series'>;
export type Severity = Finding['severity'];
export type Value = SampleRow['values'][number];
