import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, includeIgnoreFile } from 'eslint/config';
import globals from 'globals';
import path from 'node:path';
import ts from 'typescript-eslint';

const typed = { projectService: true, extraFileExtensions: ['.svelte'] };
const needsTypes = {
	'@typescript-eslint/no-floating-promises': 'error',
	'@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }]
};

export default defineConfig(
	includeIgnoreFile(path.resolve(import.meta.dirname, '.gitignore')),
	// Generated: npm run gen:api, npm run gen:grammar.
	{ ignores: ['src/lib/api/schema.d.ts', 'src/lib/editor/parser*.ts'] },
	js.configs.recommended,
	ts.configs.recommended,
	svelte.configs.recommended,
	prettier,
	svelte.configs.prettier,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		// TypeScript knows better what is defined.
		rules: { 'no-undef': 'off', eqeqeq: 'error' }
	},
	{
		files: ['src/**/*.ts'],
		languageOptions: { parserOptions: typed },
		rules: needsTypes
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { ...typed, parser: ts.parser } },
		rules: {
			...needsTypes,
			// Takes what the module script re-exports for assigned; TypeScript finds the real ones.
			'no-import-assign': 'off',
			'svelte/button-has-type': 'error',
			'svelte/no-at-html-tags': 'error'
		}
	}
);
