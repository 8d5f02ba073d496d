import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changes, DEFAULTS, fieldError, FIELDS, type NumberField } from './params.ts';

interface Schema {
	default?: unknown;
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	oneOf?: Schema[];
}
const file = new URL('../../../../../build_spec/openapi.json', import.meta.url);
const api = JSON.parse(readFileSync(file, 'utf8')) as {
	components: { schemas: { BookParams: { properties: Record<string, Schema> } } };
};
const schema = api.components.schemas.BookParams.properties;

describe('the settings', () => {
	it('are the ones the engine has, with its defaults', () => {
		expect(Object.keys(DEFAULTS).sort()).toEqual(Object.keys(schema).sort());
		expect(FIELDS.map(({ name }) => name).sort()).toEqual(Object.keys(schema).sort());
		for (const [name, { default: given }] of Object.entries(schema))
			expect([name, DEFAULTS[name as keyof typeof DEFAULTS]]).toEqual([name, given ?? null]);
	});
	it.each(FIELDS.filter((f): f is NumberField => f.kind === 'number'))(
		'$name stays within what the engine takes',
		({ name, min, max }) => {
			const all = [schema[name], ...(schema[name].oneOf ?? [])];
			const { minimum, maximum, exclusiveMinimum } = Object.assign({}, ...all) as Schema;
			expect(max).toBe(maximum);
			if (minimum !== undefined) expect(min).toBe(minimum);
			// The generator drops a bound of 0 from what may also be null.
			else expect(min).toBeGreaterThan(exclusiveMinimum ?? 0);
		}
	);
});

it('sends only what differs, and nothing strange', () => {
	expect(changes({ ...DEFAULTS, cap: 0.1, start: null })).toEqual({ cap: 0.1 });
	expect(changes({ nonsense: 1 } as never)).toEqual({});
});

describe('an error of the engine', () => {
	const about = (code: string, message: string) => fieldError({ code, message });
	it('goes to its field, in plain words', () => {
		expect(about('malformed', 'params.cap: Expected `float` <= 1.0')).toEqual({
			name: 'cap',
			message: 'This must be a number, at most 100%.'
		});
		expect(about('malformed', 'params.start: Invalid RFC3339 encoded date')).toEqual({
			name: 'start',
			message: 'This must be a date, such as 2020-01-31.'
		});
		const unknown = "The parameter neutralize is 'x', and there is no such; choose one of market.";
		expect(about('parameters', unknown)).toEqual({ name: 'neutralize', message: unknown });
		const empty = 'No date lies in the run from 2050-01-01 to the last; the data set has ...';
		expect(about('parameters', empty)?.name).toBe('start');
	});
	it('about something else goes to no field', () => {
		expect(about('malformed', 'params: Object contains unknown field `nope`')).toBeNull();
		expect(about('expression', "Expected ')', but the text ends.")).toBeNull();
	});
});
