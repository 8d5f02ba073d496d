import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import Frame from './Frame.spec.svelte';

/** Renders a component inside what the root layout gives all pages. */
export function renderInFrame<P extends object, B extends keyof P | ''>(
	of: Component<P, object, B>,
	props: NoInfer<P>
) {
	const inner = of as unknown as Component;
	const result = render(Frame, { props: { of: inner, given: props } });
	return {
		...result,
		rerender: (next: Partial<P>) => result.rerender({ of: inner, given: { ...props, ...next } })
	};
}
