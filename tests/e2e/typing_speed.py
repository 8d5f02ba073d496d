"""How long after a key the figures under the editor are up to date, in a real browser.

Run it by itself, with nothing beside it: python -m tests.e2e.typing_speed
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.stage import TOKEN, Kvant, opened
from tests.e2e.test_journey import retype

EDITS = 40
EXPRESSIONS = {
    "short": "cs_rank(ts_mean(c_sek, 20) / c_sek) - 0.5",
    "long": " + ".join(f"cs_rank(ts_corr(c_sek, lag(c_sek, {d}), {d + 20}))" for d in range(1, 13)),
}
CLOCK = """() => {
  const now = { key: 0, changed: 0, painted: 0 };
  window.clock = now;
  const line = document.querySelector('[data-checked]');
  const lines = () => [...document.querySelectorAll('.cm-line')];
  const text = () => lines().map((line) => line.textContent).join('\\n');
  addEventListener('keydown', () => {
    now.key = performance.now();
    now.changed = now.painted = 0;
  }, true);
  new MutationObserver(() => {
    if (now.changed || line.dataset.checked !== text()) return;
    now.changed = performance.now() - now.key;
    requestAnimationFrame(() => setTimeout(() => (now.painted = performance.now() - now.key)));
  }).observe(line, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def measured(page: Page, expression: str) -> list[dict[str, float]]:
    """The times in ms from each of some keys to the new figures in the page, and on the screen."""
    retype(page, expression)
    expect(page.locator("[data-checked]")).to_contain_text("Complexity")
    page.wait_for_timeout(1000)
    page.evaluate(CLOCK)
    times = []
    for i in range(EDITS):
        page.keyboard.press("Backspace" if i % 2 == 0 else expression[-1])
        page.wait_for_timeout(250)
        times.append(page.evaluate("window.clock"))
    return times


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        kvant = Kvant(Path(folder) / "space", window=False)
        kvant.start()
        try:
            with opened(playwright, kvant) as page:
                page.goto(f"{kvant.url}/backtest#t={TOKEN}")
                page.locator(".cm-content[contenteditable=true]").click()
                page.wait_for_load_state("networkidle")
                for name, expression in EXPRESSIONS.items():
                    report(name, expression, measured(page, expression))
        finally:
            kvant.stop()


def report(name: str, expression: str, times: list[dict[str, float]]) -> None:
    sys.stdout.write(f"{name} ({len(expression)} characters), ms after the key of {EDITS} edits:\n")
    for what in ("changed", "painted"):
        values = sorted(time[what] for time in times)
        middle, worst = statistics.median(values), values[-1]
        late = values[int(0.95 * len(values))]
        sys.stdout.write(f"  {what:8} median {middle:5.1f}  95% {late:5.1f}  worst {worst:5.1f}\n")


if __name__ == "__main__":
    main()
