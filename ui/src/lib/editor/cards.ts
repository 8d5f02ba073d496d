/** The small floating texts about an operator or a column. */
import type { FeatureInfo, Primitive } from '#lib/api/client.ts';
import { date } from '#lib/utils/format.ts';
import { bounds, columnDetail, signatureParts } from './words.ts';

type Child = Node | string;

export function element(tag: string, className: string, ...children: Child[]): HTMLElement {
	const node = document.createElement(tag);
	if (className) node.className = className;
	node.append(...children);
	return node;
}

export function operatorCard(p: Primitive): HTMLElement {
	const needs = signatureParts(p)
		.filter(({ param }) => param.kind !== 'series' || param.doc)
		.map(({ param }) => `${param.name}: ${bounds(param)}${param.doc ? `, ${param.doc}` : ''}`);
	return element(
		'div',
		'cm-card',
		element('code', '', p.signature),
		...p.help.split('\n\n').map((text) => element('p', '', text)),
		...needs.map((text) => element('p', 'cm-quiet', text)),
		...(p.aliases.length ? [element('p', 'cm-quiet', `Also ${p.aliases.join(', ')}`)] : [])
	);
}

export function columnCard(c: FeatureInfo): HTMLElement {
	const range = c.first_date ? `${date(c.first_date)} to ${date(c.last_date)}` : 'no values';
	const notes = [columnDetail(c), range, ...(c.usable ? [] : [c.reason ?? 'Not usable.'])];
	return element(
		'div',
		'cm-card',
		element('code', '', c.name),
		...notes.map((text, i) => element('p', i ? 'cm-quiet' : '', text))
	);
}

/** A signature with one argument in bold. */
export function signatureCard(p: Primitive, index: number, name?: string): HTMLElement {
	const parts = signatureParts(p);
	const last = parts.length - 1;
	const at = name ? parts.findIndex((s) => s.param.name === name) : index;
	const current = p.signature.includes('...') ? Math.min(at, last) : at;
	const code = element('code', '', `${p.name}(`);
	parts.forEach(({ text }, i) => {
		if (i) code.append(', ');
		code.append(element(i === current ? 'strong' : 'span', '', text));
	});
	code.append(p.signature.includes('...') ? ', ...)' : ')');
	const param = parts[current]?.param;
	const about = param && `${param.name}: ${bounds(param)}${param.doc ? `, ${param.doc}` : ''}`;
	return element(
		'div',
		'cm-card cm-signature',
		code,
		...(about ? [element('p', 'cm-quiet', about)] : [])
	);
}

/** What feat(...) takes. */
export const featCard = (): HTMLElement =>
	element(
		'div',
		'cm-card cm-signature',
		element('code', '', 'feat(', element('strong', '', '"column"'), ')')
	);
