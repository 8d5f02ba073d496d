/** The questions about luck. */
import { api, unwrap, type Strategy } from '#lib/api/client.ts';
import type {
	Lockbox,
	Method,
	Opened,
	Overfitting,
	Profile,
	Validation,
	Verified
} from './wire.ts';

type Of = Pick<Strategy, 'expr_hash' | 'run_id'>;
const of = <Q extends object>({ expr_hash, run_id: run }: Of, more?: Q) => ({
	path: { expr_hash },
	query: { run, ...more }
});

export async function overfitting(s: Of, signal: AbortSignal): Promise<Overfitting> {
	const path = '/api/strategies/{expr_hash}/overfitting';
	return unwrap(await api.GET(path, { params: of(s), signal }));
}

export interface Folds {
	method: Method;
	folds: number;
	embargo: number;
}

export async function validation(s: Of, folds: Folds, signal: AbortSignal): Promise<Validation> {
	const path = '/api/strategies/{expr_hash}/validation';
	return unwrap(await api.GET(path, { params: of(s, folds), signal }));
}

export async function profiles(s: Of, signal: AbortSignal): Promise<Profile[]> {
	const path = '/api/strategies/{expr_hash}/conventions';
	return unwrap(await api.GET(path, { params: of(s), signal })).items;
}

/** Of the data set in use. */
export async function lockboxOf(dataset: string, signal: AbortSignal): Promise<Lockbox> {
	return unwrap(await api.GET('/api/lockbox', { params: { query: { dataset } }, signal }));
}

export async function openLockbox({ expr_hash: hash, run_id: run }: Of): Promise<Opened> {
	return unwrap(await api.POST('/api/lockbox/open', { body: { hash, run } }));
}

export async function verify({ expr_hash, run_id: run }: Of): Promise<Verified> {
	const path = '/api/strategies/{expr_hash}/verify';
	return unwrap(await api.POST(path, { params: { path: { expr_hash } }, body: { run } }));
}

/** Dates on which a run was measured. */
export async function datesOf(s: Of, signal: AbortSignal): Promise<string[]> {
	const path = '/api/strategies/{expr_hash}/returns';
	return unwrap(await api.GET(path, { params: of(s), signal })).dates;
}
