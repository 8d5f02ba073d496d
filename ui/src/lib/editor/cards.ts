/** The small floating texts about what an expression is made of. */
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';
import { compact, count, date } from '#lib/utils/format.ts';
import type { Step } from './place.ts';
import {
	bounds,
	columnDetail,
	firstSentence,
	argumentOf,
	argumentsOf,
	infixForm,
	isCategory
} from './words.ts';

type Child = Node | string;

export function element(tag: string, className: string, ...children: Child[]): HTMLElement {
	const node = document.createElement(tag);
	if (className) node.className = className;
	node.append(...children);
	return node;
}

const quiet = (text: string): HTMLElement => element('p', 'cm-quiet', text);

function card(title: string, lines: readonly string[], notes: readonly string[] = []): HTMLElement {
	const texts = [...lines.map((text) => element('p', '', text)), ...notes.map(quiet)];
	return element('div', 'cm-card', element('code', '', title), ...texts);
}

/** "a whole number from 1 to 2520, trading days; 20 when left out" */
function about(param: PrimitiveParam): string {
	const doc = param.doc ? `, ${param.doc}` : '';
	const left = param.default === null ? '' : `; ${param.default} when left out`;
	return bounds(param) + doc + left;
}

export function operatorCard(p: Primitive): HTMLElement {
	const sign = infixForm(p);
	const needs = argumentsOf(p)
		.filter((param) => param.kind !== 'series' || param.doc || param.condition)
		.map((param) => `${param.name}: ${about(param)}`);
	return card(sign ? `${sign}   ${p.signature}` : p.signature, p.help.split('\n\n'), [
		...needs,
		`Reads ${p.lookback}. Complexity ${p.cost}.`,
		...(p.aliases.length ? [`Also ${p.aliases.join(', ')}`] : [])
	]);
}

const MANY = 12;

function levelsOf({ levels, distinct }: FeatureInfo): string {
	const more = distinct > MANY ? ', …' : '';
	return `${count(distinct)} groups: ${levels.slice(0, MANY).join(', ')}${more}`;
}

export function columnCard(c: FeatureInfo): HTMLElement {
	const dates = c.first_date ? `${date(c.first_date)} to ${date(c.last_date)}` : 'no values';
	const values = `Values from ${compact(c.min)} to ${compact(c.max)}, mean ${compact(c.mean)}`;
	return card(
		c.name,
		[`${columnDetail(c)} of values present`],
		[
			dates,
			...(isCategory(c) ? [levelsOf(c)] : c.min === null ? [] : [values]),
			...(c.lag ? [`Known ${c.lag} dates after the date it is for`] : []),
			...(isCategory(c) ? ['Only the group operators can read it.'] : []),
			...(c.usable ? [] : [c.reason ?? 'Not usable.'])
		]
	);
}

export const stepCard = ({ name, text }: Pick<Step, 'name' | 'text'>): HTMLElement =>
	element(
		'div',
		'cm-card',
		element('code', '', `${name} = ${text}`),
		quiet('A named step: wherever the name stands, it stands for this.')
	);

/** What stands in the place of an argument: a number, or its name. */
export const argumentCard = (p: Primitive, param: PrimitiveParam): HTMLElement =>
	card(`${param.name} of ${p.name}`, [about(param)]);

/** A signature with one argument in bold. */
export function signatureCard(p: Primitive, index: number, name?: string): HTMLElement {
	const current = argumentOf(p, index, name);
	const parts = argumentsOf(p).map((param) => {
		const text = param.default === null ? param.name : `${param.name}=${param.default}`;
		return element(param === current ? 'strong' : 'span', '', text);
	});
	if (p.open) parts.splice(p.params.length, 0, element('span', '', '...'));
	return element(
		'div',
		'cm-card cm-signature',
		element('code', '', `${p.name}(`, ...parts.flatMap((it, i) => (i ? [', ', it] : [it])), ')'),
		element('span', 'cm-quiet', firstSentence(p.help)),
		element('p', '', argumentLine(current, name))
	);
}

function argumentLine(param: PrimitiveParam | undefined, name?: string): Child {
	if (!param) return name ? `There is no argument ${name}.` : 'It takes no more arguments.';
	const byName = param.default !== null ? `, or by name: ${param.name}=` : '';
	return `${param.name}: ${about(param)}${byName}`;
}

/** What feat(...) takes. */
export const featCard = (): HTMLElement =>
	element(
		'div',
		'cm-card cm-signature',
		element('code', '', 'feat(', element('strong', '', '"column"'), ')'),
		element('span', 'cm-quiet', 'A column whose name could not stand alone.')
	);
