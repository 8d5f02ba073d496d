import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// `KVANT_DEV_API=http://127.0.0.1:PORT npm run dev`, then open the page with #t=TOKEN.
const backend = process.env.KVANT_DEV_API ?? 'http://127.0.0.1:8932';

export default defineConfig({
	plugins: [
		tailwindcss(),
		svelteTesting(),
		sveltekit({
			compilerOptions: {
				runes: ({ filename }) =>
					filename.split(/[/\\]/).includes('node_modules') ? undefined : true
			},
			adapter: adapter({ pages: '../ui_dist', assets: '../ui_dist', fallback: 'index.html' }),
			csp: {
				mode: 'hash',
				directives: {
					'default-src': ['self'],
					'script-src': ['self'],
					// CodeMirror and uPlot write style elements and attributes.
					'style-src': ['self', 'unsafe-inline'],
					'img-src': ['self', 'data:'],
					'connect-src': ['self'],
					'font-src': ['self'],
					'object-src': ['none'],
					'base-uri': ['none'],
					'form-action': ['none']
				}
			},
			// The default name is a time stamp, which would make every build different.
			version: { name: process.env.npm_package_version, pollInterval: 0 }
		})
	],
	build: { assetsInlineLimit: 0 },
	server: { host: '127.0.0.1', port: 5173, proxy: { '/api': { target: backend, ws: true } } },
	test: { expect: { requireAssertions: true }, environment: 'node', include: ['src/**/*.spec.ts'] }
});
