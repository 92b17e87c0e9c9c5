"""axe-core in a page: what it finds, and whether the page scrolls sideways."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page: Page) -> list[str]:
    """Return what axe has to say, with the place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
        if violation["id"] != "target-size" or _is_small_in_full_view(page, node["target"][0])
    ]


def _is_small_in_full_view(page: Page, target: str) -> bool:
    """Whether it is still too small a target in the middle of the window, where no fixed bar covers a part of it."""
    page.locator(target).first.evaluate("node => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    only = "target => axe.run(target, {runOnly: ['target-size']}).then(found => found.violations.length > 0)"
    return bool(page.evaluate(only, target))


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
