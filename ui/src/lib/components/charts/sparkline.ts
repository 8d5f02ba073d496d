/** The path of a line through `values` in a box; a missing value lifts the pen. */
export function sparkPath(values: (number | null)[], width: number, height: number): string {
	const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
	if (!known.length) return '';
	const lo = known.reduce((a, b) => Math.min(a, b));
	const hi = known.reduce((a, b) => Math.max(a, b));
	const x = (i: number) => 1 + (i / Math.max(1, values.length - 1)) * (width - 2);
	const y = (v: number) =>
		hi === lo ? height / 2 : height - 1 - ((v - lo) / (hi - lo)) * (height - 2);
	let pen = 'M';
	let path = '';
	values.forEach((v, i) => {
		if (v === null || !Number.isFinite(v)) return void (pen = 'M');
		path += `${pen}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
		pen = 'L';
	});
	return path;
}
