"""`oai-repo` unmodified: what comes is what its backend holds, and what it counts but never lists is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.oai_repository import backend, oai_repository
from tests.servers.running import Harvester

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

LIVE = {document.identifier: document.datestamp for document in backend() if not document.deleted}
DELETED = len(backend()) - len(LIVE)


@pytest.fixture(scope="module")
def repository() -> Iterator[str]:
    with oai_repository() as url:
        yield url


def datestamps(harvester: Harvester) -> dict[str, str]:
    return {identifier: row["provenance"]["datestamp"] for identifier, row in harvester.records().items()}


def test_what_comes_is_what_its_backend_holds_and_a_short_list_is_not_called_whole(
    repository: str, tmp_path: Path
) -> None:
    assert DELETED
    harvester = Harvester(tmp_path, "be_repository", protocol="oai_pmh", url=repository)
    harvest, loaded = harvester.run()
    assert datestamps(harvester) == LIVE
    assert (harvest["records"], harvest["deleted"], loaded["counts"]["removed"]) == (len(LIVE), 0, 0)
    counted = f"{len(LIVE)} records came where the repository had said {len(backend())}"
    assert [issue["code"] for issue in harvester.issues(harvest["run"]) if counted in issue["message"]] == ["list_cut"]
    assert not harvest["complete"], "so nobody takes it for a list that could speak of absence"
