"""`--no-skips`: what CI relies on, so that a test which quietly stopped running is noticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
TESTS = """
import pytest

def test_that_passes():
    assert True

@pytest.mark.skipif({skipping}, reason="there is no browser here")
def test_that_may_skip():
    assert True
"""


@pytest.mark.parametrize(
    ("skipping", "options", "code"),
    [(True, ["--no-skips", "-n", "2"], 1), (True, [], 0), (False, ["--no-skips"], 0)],
    ids=["a skip fails, in a worker too", "a skip passes without the option", "nothing skips"],
)
def test_no_skips_fails_a_session_in_which_anything_skips_and_says_why(
    tmp_path: Path, skipping: bool, options: list[str], code: int
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(TESTS.format(skipping=skipping), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == code, answer.stdout + answer.stderr
    reason = "test_it.py::test_that_may_skip: Skipped: there is no browser here"
    assert (reason in answer.stdout) is (code == 1)
