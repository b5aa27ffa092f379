"""Union-find that remembers why, keeps apart what a person parted, and lets no cluster grow without end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from warehouse.assessing.findings import Tie, TieKind


class Union:
    """Joins members into clusters, tie by tie; ties that come first win where not all can hold."""

    def __init__(self, members: Iterable[str], *, largest: int) -> None:
        self._clusters: dict[str, set[str]] = {member: {member} for member in members}
        self._largest = largest
        self._parted: dict[str, set[str]] = defaultdict(set)
        self._ties: dict[tuple[TieKind, str], dict[str, None]] = {}

    def part(self, one: str, other: str) -> None:
        """Never let these two into one cluster, whatever ties them."""
        self._parted[one].add(other)
        self._parted[other].add(one)

    def tie(self, kind: TieKind, value: str, one: str, other: str) -> bool:
        """Join the clusters of two members; False where a person parted them or the cluster would be too large."""
        mine, others = sorted((self._clusters[one], self._clusters[other]), key=len)
        if mine is not others:
            if len(mine) + len(others) > self._largest or any(self._parted[each] & others for each in mine):
                return False
            others |= mine
            for each in mine:
                self._clusters[each] = others
        self._ties.setdefault((kind, value), {}).update({one: None, other: None})
        return True

    def clusters(self) -> Iterator[tuple[set[str], list[Tie]]]:
        """Every cluster of two and more with its ties, in the order in which they were made."""
        ties: dict[int, list[Tie]] = defaultdict(list)
        for (kind, value), tied in self._ties.items():
            for place, records in self._by_cluster(tied):
                ties[place].append(Tie(by=kind, value=value, records=records))
        for cluster in {id(cluster): cluster for cluster in self._clusters.values()}.values():
            if len(cluster) > 1:
                yield cluster, ties[id(cluster)]

    def _by_cluster(self, tied: Iterable[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """A value may tie some records here and, where a person parted them, others there."""
        parts: dict[int, list[str]] = defaultdict(list)
        for member in tied:
            parts[id(self._clusters[member])].append(member)
        for place, records in parts.items():
            yield place, tuple(sorted(records))
