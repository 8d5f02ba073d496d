// What each route loads, in kB after gzip, held against the budgets. Run it after a build.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const CLIENT = '.svelte-kit/output/client';
const SITE = '../ui_dist';
const NODE = /client-optimized\/nodes\/(\d+)\.js$/;
const EDITOR = 'src/lib/editor/setup.ts';
/** Budgets: the shell, a route over it, the route that edits, the whole site in MB. */
const MAX = { shell: 95, route: 40, editor: 140, site: 1.5 };

const read = (path) => readFileSync(path, 'utf8');
const manifest = JSON.parse(read(`${CLIENT}/.vite/manifest.json`));
const keys = Object.keys(manifest);
const gzip = new Map();
const weigh = (file) => {
	if (!gzip.has(file)) gzip.set(file, gzipSync(readFileSync(join(CLIENT, file))).length);
	return gzip.get(file);
};

/** The files that come with an entry before any of it runs, and what it may ask for later. */
function load(key, files = new Set(), later = new Set(), seen = new Set()) {
	if (seen.has(key)) return { files, later };
	seen.add(key);
	const { file, css = [], imports = [], dynamicImports = [] } = manifest[key];
	for (const one of [file, ...css]) files.add(one);
	for (const one of dynamicImports) later.add(one);
	for (const one of imports) load(one, files, later, seen);
	return { files, later };
}
const union = (...sets) => new Set(sets.flatMap((set) => [...set]));
const kB = (files, without = new Set()) =>
	[...files].reduce((sum, file) => sum + (without.has(file) ? 0 : weigh(file)), 0) / 1000;
const nodeOf = (id) => keys.find((key) => NODE.exec(key)?.[1] === String(id));

/** Route -> page node, from the table Kit writes: `"/jobs/[id]": [8]`. */
const app = read('.svelte-kit/generated/build/client-optimized/app.js');
const routes = [...app.matchAll(/"(\/[^"]*)":\s*\[~?(\d+)/g)].map(([, path, id]) => [path, id]);

const entries = keys.filter((key) => manifest[key].isEntry && !NODE.test(key));
const shell = union(...[...entries, nodeOf(0)].map((key) => load(key).files));
const failures = [];
const line = (name, size, max, more = '') => {
	const over = max !== undefined && size > max;
	if (over) failures.push(`${name}: ${size.toFixed(1)} kB is over ${max}`);
	console.log(
		`${name.padEnd(22)}${size.toFixed(1).padStart(7)}${max ? ` / ${max}` : ''}  ${more}`
	);
};
const short = (key) => (manifest[key].src ?? manifest[key].name).split('/').pop();

console.log('gz kB of what is loaded before the first paint, and what comes on demand over it');
line('shell', kB(shell), MAX.shell);
for (const [path, id] of routes) {
	const { files, later } = load(nodeOf(id));
	const edits = later.has(EDITOR);
	const first = edits ? union(files, load(EDITOR).files) : files;
	const all = new Set();
	for (const waiting = [...later]; waiting.length;) {
		const key = waiting.pop();
		if (all.has(key) || NODE.test(key)) continue;
		all.add(key);
		waiting.push(...load(key).later);
	}
	if (edits) all.delete(EDITOR);
	const base = union(shell, first);
	const demand = [...all]
		.map((key) => [short(key), kB(load(key).files, base)])
		.sort((a, b) => b[1] - a[1])
		.map(([name, size]) => `${name} ${size.toFixed(1)}`);
	line(path, kB(first, shell), edits ? MAX.editor : MAX.route, demand.join(', '));
}

const walk = (folder) =>
	readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
		const path = join(folder, entry.name);
		return sum + (entry.isDirectory() ? walk(path) : statSync(path).size);
	}, 0);
const site = walk(SITE) / 1e6;
console.log(`site ${site.toFixed(2)} / ${MAX.site} MB`);
if (site > MAX.site) failures.push(`site: ${site.toFixed(2)} MB is over ${MAX.site}`);
for (const failure of failures) console.error(`OVER BUDGET  ${failure}`);
process.exit(failures.length ? 1 : 0);
