/** Looks of the editor, from the page's own tokens. */
import { EditorView } from '@codemirror/view';

const layer = {
	backgroundColor: 'var(--surface)',
	border: '1px solid var(--line)',
	borderRadius: '6px',
	boxShadow: 'var(--float)',
	color: 'var(--text)'
};

export const theme = EditorView.theme({
	'&': { backgroundColor: 'transparent', color: 'var(--text)', fontSize: '0.8125rem' },
	'&.cm-focused': { outline: 'none' },
	'.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.375rem', maxHeight: '9.5rem' },
	'.cm-content': { padding: '0.5rem 0', caretColor: 'var(--text)', minHeight: '3.75rem' },
	'.cm-line': { padding: '0 0.75rem' },
	'.cm-cursor': { borderLeftColor: 'var(--text)' },
	'.cm-placeholder': { color: 'var(--text-muted)' },
	'.cm-number': { color: 'var(--syn-number)' },
	'.cm-column': { color: 'var(--syn-string)' },
	'.cm-operator': { color: 'var(--syn-fn)' },
	'.cm-argument': { color: 'var(--syn-arg)' },
	'.cm-sign, .cm-keyword': { color: 'var(--syn-op)' },
	'.cm-keyword': { fontWeight: '600' },
	'.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground':
		{ backgroundColor: 'color-mix(in oklab, var(--accent) 28%, transparent)' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
		backgroundColor: 'var(--accent-weak)',
		outline: '1px solid var(--accent)',
		color: 'inherit'
	},
	'.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': {
		backgroundColor: 'transparent'
	},
	'.cm-unmatchedBracket': {
		borderRadius: '2px',
		color: 'var(--danger)',
		fontWeight: '700',
		outline: '1px dashed var(--danger)'
	},
	'.cm-snippetField': { backgroundColor: 'var(--raised)' },
	'.cm-lintRange': {
		textDecoration: 'underline wavy 1px var(--danger)',
		textUnderlineOffset: '3px',
		textDecorationSkipInk: 'none'
	},
	'.cm-lintRange-warning': { textDecoration: 'underline dashed 2px var(--warn)' },
	'.cm-lintRange-info': { textDecoration: 'underline dotted 2px var(--accent)' },
	'.cm-lintPoint': { position: 'relative' },
	'.cm-lintPoint::after': {
		border: '4px solid transparent',
		borderTopWidth: '0',
		borderBottomColor: 'var(--warn)',
		bottom: '-3px',
		content: "''",
		left: '-3px',
		position: 'absolute'
	},
	'.cm-lintPoint-error::after': { borderBottomColor: 'var(--danger)' },
	'.cm-lintPoint-info::after': { borderBottomColor: 'var(--accent)' },
	'.cm-tooltip': {
		...layer,
		fontFamily: 'var(--font-sans)',
		fontSize: '0.8125rem',
		fontVariantLigatures: 'none'
	},
	'.cm-tooltip .cm-tooltip-arrow': { display: 'none' },
	'.cm-tooltip-section:not(:first-child)': { borderTop: '1px solid var(--line)' },
	'.cm-card': { padding: '0.375rem 0.625rem', maxWidth: '26rem', whiteSpace: 'normal' },
	'.cm-card code': { fontFamily: 'var(--font-mono)', fontSize: '0.75rem' },
	'.cm-card p': { marginTop: '0.25rem' },
	'.cm-card .cm-quiet': {
		color: 'var(--text-muted)',
		fontSize: '0.6875rem',
		marginTop: '0.125rem'
	},
	// Two lines find room over the first line of the text, and hide nothing under it.
	'.cm-card.cm-signature': { maxWidth: 'min(48rem, 80vw)' },
	'.cm-signature > *': { overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' },
	'.cm-signature > .cm-quiet': { marginLeft: '1rem' },
	'&:not(.cm-focused) .cm-signature': { display: 'none' },
	'.cm-signature strong': { color: 'var(--accent)', fontWeight: '700' },
	'.cm-diagnostic': {
		padding: '0.375rem 0.625rem',
		maxWidth: 'min(44rem, 80vw)',
		whiteSpace: 'normal'
	},
	'.cm-diagnostic-error': { borderLeft: '3px solid var(--danger)' },
	'.cm-diagnostic-warning': { borderLeft: '3px dashed var(--warn)' },
	'.cm-diagnostic-info': { borderLeft: '3px dotted var(--accent)' },
	'.cm-diagnosticAction': {
		backgroundColor: 'var(--raised)',
		border: '1px solid var(--line-strong)',
		borderRadius: '4px',
		color: 'var(--text)',
		fontFamily: 'var(--font-mono)',
		fontSize: '0.75rem',
		margin: '0.25rem 0.25rem 0 0',
		padding: '0 0.375rem'
	},
	'.cm-tooltip.cm-tooltip-autocomplete': { padding: '4px' },
	'.cm-tooltip.cm-tooltip-autocomplete > ul': {
		fontFamily: 'var(--font-mono)',
		fontSize: '0.75rem',
		maxHeight: '16rem',
		minWidth: '16rem'
	},
	'.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
		alignItems: 'center',
		borderRadius: '4px',
		display: 'flex',
		lineHeight: '1.5rem',
		padding: '0 0.5rem'
	},
	'.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
		backgroundColor: 'var(--accent-weak)',
		color: 'var(--text)'
	},
	'.cm-completionIcon': { display: 'none' },
	'.cm-completionMatchedText': {
		color: 'var(--accent)',
		fontWeight: '600',
		textDecoration: 'none'
	},
	'.cm-completionDetail': {
		color: 'var(--text-muted)',
		fontStyle: 'normal',
		marginLeft: 'auto',
		maxWidth: '16rem',
		overflow: 'hidden',
		paddingLeft: '1rem',
		textOverflow: 'ellipsis'
	},
	'.cm-tooltip.cm-completionInfo': { ...layer, padding: '0', width: '20rem' }
});
