"""For every test: `--no-skips`, under which a test that skips fails the session; the same examples every time; and the
files with the longest tests first.

To look for new examples, and for many, run with HYPOTHESIS_PROFILE=torture; `make torture` does.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadline and no "too slow": a busy machine is no fault. pytest's own time limit ends what hangs.
_CLOCKLESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _CLOCKLESS, derandomize=True)
settings.register_profile("torture", _CLOCKLESS, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="fail the session where anything skips, and say why it did"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files whose tests are given the most time: the worker that met one last would be alone with it."""
    usual, most = float(config.getini("timeout")), defaultdict[Path, float](float)
    for item in items:
        marker = item.get_closest_marker("timeout")
        most[item.path] = max(most[item.path], marker.args[0] if marker else usual)
    items.sort(key=lambda item: -most[item.path])


def _reasons(config: pytest.Config) -> list[str]:
    """Where and why tests skipped, as this process knows of it: under xdist the controller hears of all."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if isinstance(reporter, pytest.TerminalReporter) else []
    return sorted({f"{report.nodeid}: {report.longrepr[2]}" for report in skipped})


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and session.config.getoption("--no-skips") and _reasons(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reasons = _reasons(config) if config.getoption("--no-skips") else []
    if reasons:
        terminalreporter.section("skipped, and --no-skips allows none", sep="=", red=True, bold=True)
        for reason in reasons:
            terminalreporter.line(reason, red=True)
