/** What the engine says about files and data sets, as the page reads it. */
import type { Dataset, Full, Schemas } from '#lib/api/client.ts';

type Answer<K extends keyof Schemas> = Full<Schemas[K]>;

export type { Dataset };
export type FindingCounts = NonNullable<Dataset['findings']>;
/** As they are sent: what is left out the engine finds out. */
export type ImportOptions = Schemas['ImportOptions'];
/** A standard column that can be computed. */
export type Derived = NonNullable<ImportOptions['derive']>[number];
export type FileNote = Answer<'FileNote'>;
export type ImportReport = Answer<'ImportReport'>;
export type Question = Answer<'Question'>;
export type ColumnPreview = Answer<'ColumnPreview'>;
export type Role = ColumnPreview['role'];
export type Preview = Omit<Answer<'Preview'>, 'options'> & { options: ImportOptions };
export type ImportProgress = Answer<'ImportProgress'>;
export type DatasetVersion = Answer<'DatasetVersion'>;
export type DatasetDetail = Answer<'DatasetDetail'>;
export type CuratedRoot = Answer<'CuratedRoot'>;
export type RawRoot = Answer<'RawRoot'>;
export type Roots = Answer<'Roots'>;
