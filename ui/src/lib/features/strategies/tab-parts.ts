/** The tabs themselves; each comes when it is shown. */
import type { TabComponent, TabName } from './tabs.ts';

export const PARTS: Record<TabName, () => Promise<{ default: TabComponent }>> = {
	overview: () => import('./OverviewTab.svelte'),
	luck: () => import('#lib/features/luck/LuckTab.svelte'),
	robustness: () => import('#lib/features/robustness/RobustnessTab.svelte'),
	signal: () => import('#lib/features/factor/FactorTab.svelte'),
	holdings: () => import('#lib/features/explain/HoldingsTab.svelte'),
	explain: () => import('#lib/features/explain/ExplainTab.svelte'),
	similar: () => import('./SimilarTab.svelte')
};

// The first one is nearly always wanted: it is fetched beside the page, not after it.
PARTS.overview().catch(() => undefined);
