/** What is asked of the engine about one data set. */
import { api, unwrap } from '#lib/api/client.ts';
import type { DatasetDetail, DatasetSettings, Quality, SampleRows, SeriesAnswer } from './types.ts';

const of = (name: string) => ({ path: { name } });

export const datasetDetail = async (name: string, signal?: AbortSignal): Promise<DatasetDetail> =>
	unwrap(await api.GET('/api/datasets/{name}', { params: of(name), signal }));

export const qualityOf = async (name: string, signal?: AbortSignal): Promise<Quality> =>
	unwrap(await api.GET('/api/datasets/{name}/quality', { params: of(name), signal }));

export interface SampleQuery {
	symbols?: string;
	start?: string;
	end?: string;
	columns?: string;
	offset: number;
	limit: number;
}
export const sampleOf = async (
	name: string,
	query: SampleQuery,
	signal?: AbortSignal
): Promise<SampleRows> => {
	const params = { ...of(name), query };
	return unwrap(await api.GET('/api/datasets/{name}/sample', { params, signal }));
};

export const seriesOf = async (
	name: string,
	column: string,
	symbol: string,
	signal?: AbortSignal
): Promise<SeriesAnswer> => {
	const params = { ...of(name), query: { column, symbol } };
	return unwrap(await api.GET('/api/datasets/{name}/series', { params, signal }));
};

export const saveSettings = async (
	name: string,
	settings: DatasetSettings
): Promise<DatasetSettings> => {
	const init = { params: of(name), body: settings };
	return unwrap(await api.POST('/api/datasets/{name}/settings', init));
};
