"""What CI relies on: a test which quietly stopped running is noticed, and the longest ones do not begin last."""

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
    (tmp_path / "test_it.py").write_text(TESTS.format(skipping=skipping), encoding="utf-8")
    answer = session(tmp_path, *options)
    assert answer.returncode == code, answer.stdout + answer.stderr
    reason = "test_it.py::test_that_may_skip: Skipped: there is no browser here"
    assert (reason in answer.stdout) is (code == 1)


def test_a_file_that_is_given_more_time_than_others_begins_first_and_keeps_its_order(tmp_path: Path) -> None:
    long = "@pytest.mark.timeout(600)\n"
    (tmp_path / "test_a.py").write_text("def test_1(): ...\n")
    (tmp_path / "test_b.py").write_text(f"import pytest\ndef test_1(): ...\n{long}def test_2(): ...\n")
    (tmp_path / "test_c.py").write_text("import pytest\n@pytest.mark.timeout(5)\ndef test_1(): ...\n")
    told = session(tmp_path, "--collect-only").stdout.split()
    assert [each for each in told if "::" in each] == [
        f"test_{each}" for each in ("b.py::test_1", "b.py::test_2", "a.py::test_1", "c.py::test_1")
    ]


def session(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Pytest as this project sets it up, on the tests in a folder."""
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\ntimeout = 120\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        capture_output=True,
        text=True,
        check=False,
    )
