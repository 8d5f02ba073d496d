/** Numbers, dates and sizes as text: fixed locale, true minus, a dash for what is missing. */

export type Maybe = number | null | undefined;

export const MINUS = '\u2212';
export const DASH = '\u2014';

const formats = new Map<string, Intl.NumberFormat>();

function text(value: number, options: Intl.NumberFormatOptions): string {
	const key = JSON.stringify(options);
	let format = formats.get(key);
	if (!format) formats.set(key, (format = new Intl.NumberFormat('en-GB', options)));
	return format.format(value).replaceAll('-', MINUS);
}

const isMissing = (v: Maybe): v is null | undefined =>
	v === null || v === undefined || !Number.isFinite(v);

const digitsOf = (digits: number): Intl.NumberFormatOptions => ({
	minimumFractionDigits: digits,
	maximumFractionDigits: digits,
	signDisplay: 'negative'
});

/** 1.5 -> "1.50" */
export const ratio = (v: Maybe, digits = 2): string =>
	isMissing(v) ? DASH : text(v, digitsOf(digits));
export const ratio2 = (v: Maybe): string => ratio(v, 2);

/** 0.0834 -> "8.3%" */
export const percent = (v: Maybe, digits = 1): string =>
	isMissing(v) ? DASH : text(v, { ...digitsOf(digits), style: 'percent' });
export const percent1 = (v: Maybe): string => percent(v, 1);

/** A change: a plus on gains, nothing on what rounds to zero. */
export const signed = (v: Maybe, kind: 'ratio' | 'percent' = 'percent', digits?: number): string =>
	isMissing(v)
		? DASH
		: text(v, {
				...digitsOf(digits ?? (kind === 'percent' ? 1 : 2)),
				style: kind === 'percent' ? 'percent' : 'decimal',
				signDisplay: 'exceptZero'
			});

/** 1234567 -> "1,234,567" */
export const count = (v: Maybe): string => (isMissing(v) ? DASH : text(v, digitsOf(0)));

/** 1234.5, "SEK" -> "1,234.50 SEK"; without cents from `whole` on. */
export function money(v: Maybe, currency?: string | null, whole = 100_000): string {
	if (isMissing(v)) return DASH;
	const amount = text(v, digitsOf(Math.abs(v) >= whole ? 0 : 2));
	return currency ? `${amount}\u00a0${currency}` : amount;
}

/** Every digit there is: what a title shows and what is worth copying by eye. */
export const full = (v: Maybe): string =>
	isMissing(v) ? 'not available' : String(v).replace('-', MINUS);

/** Some digits that count, whatever the size: columns hold anything from 1e-6 to 1e12. */
export function significant(v: Maybe, digits: number): string {
	if (isMissing(v)) return DASH;
	const size = Math.abs(v);
	return v !== 0 && (size < 1e-4 || size >= 1e9)
		? v.toExponential(3).replaceAll('-', MINUS)
		: text(v, { maximumSignificantDigits: digits });
}

export const compact = (v: Maybe): string => significant(v, 5);

/** The day of an ISO date or time. */
export const date = (v: string | null | undefined): string => (v ? v.slice(0, 10) : DASH);

/** An ISO time in UTC as local date and time. */
export function dateTime(v: string | null | undefined): string {
	if (!v) return DASH;
	const at = new Date(v);
	if (Number.isNaN(at.getTime())) return v;
	const two = (n: number) => String(n).padStart(2, '0');
	const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
	return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** "just now", "5 min ago", "3 h ago", then the date. */
export function ago(v: string | null | undefined, now = Date.now()): string {
	if (!v) return DASH;
	const seconds = (now - new Date(v).getTime()) / 1000;
	if (!Number.isFinite(seconds)) return v;
	if (seconds < 60) return 'just now';
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
	return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : date(v);
}

/** 75 -> "1 min 15 s" */
export function duration(seconds: Maybe): string {
	if (isMissing(seconds)) return DASH;
	if (seconds < 0.0995) return `${Math.round(Math.max(0, seconds) * 1000)} ms`;
	if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
	const whole = Math.round(seconds);
	if (whole < 60) return `${whole} s`;
	const minutes = Math.floor(whole / 60);
	return minutes < 60
		? `${minutes} min ${whole % 60} s`
		: `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 1536000 -> "1.5 MB" */
export function bytes(v: Maybe): string {
	if (isMissing(v)) return DASH;
	let [value, unit] = [v, 0];
	while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1)
		[value, unit] = [value / 1000, unit + 1];
	return `${ratio(value, unit && Math.abs(value) < 99.95 ? 1 : 0)} ${UNITS[unit]}`;
}

/** The first characters of a hash, enough to tell it apart. */
export const hash = (v: string | null | undefined, length = 10): string =>
	v ? v.slice(0, length) : DASH;

/** "1 strategy", "1,200 strategies" */
export const plural = (n: number, one: string, many = `${one}s`): string =>
	`${count(n)} ${Math.abs(n) === 1 ? one : many}`;

export type Tone = 'pos' | 'neg' | 'plain';

/** The sign of a number, as a tone; what has no sign is plain. */
export const tone = (v: Maybe): Tone => (isMissing(v) || v === 0 ? 'plain' : v > 0 ? 'pos' : 'neg');

const TONES: Record<Tone, string> = { pos: 'text-pos', neg: 'text-neg', plain: '' };

/** The class of a tone. */
export const toneClass = (t: Tone): string => TONES[t];
