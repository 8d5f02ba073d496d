const LAST = ['dataset', 'created_at'];

/** The columns with one more: numbers before the ones that say where and when. */
export function withColumn(keys: readonly string[], key: string): string[] {
	const tail = keys.findIndex((k) => LAST.includes(k));
	const at = tail < 0 || key === LAST[1] ? keys.length : tail;
	return [...keys.slice(0, at), key, ...keys.slice(at)];
}
