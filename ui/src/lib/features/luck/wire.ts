/** What the engine answers about luck, as it comes over the wire. */
import type { Full, Schemas } from '#lib/api/client.ts';

type Answer<K extends keyof Schemas> = Full<Schemas[K]>;

export type Overfitting = Answer<'Overfitting'>;
export type Figures = Answer<'Figures'>;
export type Halves = Answer<'Halves'>;
export type Interval = Answer<'Interval'>;
export type Lockbox = Answer<'Lockbox'>;
export type Opened = Answer<'Opened'>;
export type PboResult = Answer<'Pbo'>;
export type Profile = Answer<'Profile'>;
export type Figure = Answer<'Figure'>;
export type Fold = Answer<'Fold'>;
export type Validation = Answer<'Validation'>;
export type Method = Validation['method'];
export type Verified = Answer<'Verified'>;

/** Dates from one to another, both included. */
export type Days = readonly [from: string, to: string];

export const daysOf = (span: Fold['test']): Days => [span.start, span.end];

/** Sharpe ratios of a winner in and out of sample. */
export const winnerOf = (split: PboResult['points'][number]): readonly [number, number] => [
	split.in_sample,
	split.out_of_sample
];
