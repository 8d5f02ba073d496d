/** What a certificate says, in plain words. */
import type { Certificate } from '#lib/api/client.ts';
import { percent, plural } from '#lib/utils/format.ts';

/** Whether later dates have a say in earlier values. */
export function proof(c: Certificate): string {
	if (!c.passed) {
		const first = c.first_difference ? `, first at ${c.first_difference}` : '';
		const how = c.how ? ` (${c.how})` : '';
		const by = c.operator ? ` The operator ${c.operator} reads later dates.` : '';
		return `Later data change earlier values${first}${how}.${by}`;
	}
	const whole = `Proven: with the data cut off or disturbed after ${plural(c.cuts, 'date')}, everything before stayed the same.`;
	if (!c.steps) return whole;
	return `${whole} ${c.steps === 1 ? 'Its operator was' : `Each of its ${c.steps} operators was`} tried alone as well.`;
}

/** How long it matters where the data begin; "" where nobody has looked. */
export function beginning(c: Certificate): string {
	if (c.warm_up !== null)
		return `It carries something along from the first date: for ${plural(c.warm_up, 'date')} its values depend on where the data begin, after that on nothing that could be seen.`;
	if (c.starts.length) {
		const worst = c.starts.reduce((a, b) => (b.difference > a.difference ? b : a));
		const differ = worst.difference < 1 ? `by up to ${percent(worst.difference, 2)}` : 'entirely';
		return `Where the data begin matters for good: on data that start ${plural(worst.dropped, 'date')} later its last values differ ${differ}.`;
	}
	return c.steps
		? 'It reads windows of fixed length: where the data begin matters no longer than they are.'
		: '';
}
