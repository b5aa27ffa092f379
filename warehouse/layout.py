"""Where every file lies. The only module that builds paths.

    $CHM_WAREHOUSE/
      raw/source=be_chm/run=R/         task.json, pages.zst, pages.jsonl
      normalized/source=be_chm/run=R/  records.parquet, tombstones.parquet, issues.parquet
      records/source=be_chm/           current.json (the pointer), snapshot=R/{records,tombstones,absences}.parquet
      questions/source=be_chm/         run=R.parquet: what a held load asks a person to allow
      changes/source=be_chm/           run=R.parquet
      reports/source=be_chm/           open.json, run=R/{harvest,normalize,load,quality}.json
      reports/publish/                 run=R.json
      reports/erasures/                20260301T060000.000000Z.json
      releases/                        current.json (the pointer), 20260301T060000Z/
      servers/                         what politeness remembers of each server
      decisions/                       what people decided: mappings.ttl (of terms), {duplicates,approvals,
                                       withdrawals,successions,stops,acceptances}.jsonl
      looks/                           what `chm today` told last: operator.json, notify.json; websites.json:
                                       which sources stand for which entries of lists (`chm sources discover`)
      probes/                          what `chm probe` found of each source: be_chm.json; unverified.{txt,csv,json}
      locks/                           one process per source, one scheduled harvest per server, and who that is

Run ids come from outside (Airflow's hold colons and plus signs): they are percent-encoded, so that no name can leave
its folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

from msgspec import Struct


def _name(value: str) -> str:
    return quote(value, safe="").replace(".", "%2E") if value.startswith(".") else quote(value, safe="")


def _ids(folder: Path, prefix: str) -> list[str]:
    return sorted(unquote(path.name.removeprefix(prefix)) for path in folder.glob(f"{prefix}*"))


class Layout(Struct, frozen=True):
    """The paths below one warehouse; making them is their writers' business."""

    root: Path

    def raw(self, source: str, run: str) -> Path:
        """Folder of what one harvest received."""
        return self.root / "raw" / f"source={_name(source)}" / f"run={_name(run)}"

    def normalized(self, source: str, run: str) -> Path:
        """Folder of one normalised batch."""
        return self.root / "normalized" / f"source={_name(source)}" / f"run={_name(run)}"

    def pointer(self, source: str) -> Path:
        """The one file that says which snapshot of a source is current."""
        return self.root / "records" / f"source={_name(source)}" / "current.json"

    def loaded_sources(self) -> list[str]:
        """Ids of the sources that were ever loaded, sorted."""
        pointers = (self.root / "records").glob("source=*/current.json")
        return sorted(unquote(path.parent.name.removeprefix("source=")) for path in pointers)

    def sources(self) -> list[str]:
        """Ids of the sources that have left anything, sorted."""
        folders = (path for part in ("raw", "reports") for path in (self.root / part).glob("source=*"))
        return sorted({unquote(path.name.removeprefix("source=")) for path in folders})

    def folders(self, source: str) -> list[Path]:
        """The folders in which a source's runs, snapshots and changes lie."""
        names = ("raw", "normalized", "records", "changes")
        return [self.root / name / f"source={_name(source)}" for name in names]

    def snapshots(self, source: str) -> list[str]:
        """Ids of the snapshots of a source that are kept, sorted."""
        return _ids(self.root / "records" / f"source={_name(source)}", "snapshot=")

    def normalized_runs(self, source: str) -> list[str]:
        """Ids of the runs whose normalised batch is kept, sorted."""
        return _ids(self.root / "normalized" / f"source={_name(source)}", "run=")

    def snapshot(self, source: str, snapshot: str) -> Path:
        """Folder of one immutable snapshot of a source's records."""
        return self.root / "records" / f"source={_name(source)}" / f"snapshot={_name(snapshot)}"

    def snapshot_files(self) -> list[Path]:
        """The files of live records of every snapshot of every source, sorted by source and snapshot."""
        return sorted((self.root / "records").glob("source=*/snapshot=*/records.parquet"))

    def changes(self, source: str, run: str) -> Path:
        """Parquet file of what one load changed."""
        return self.root / "changes" / f"source={_name(source)}" / f"run={_name(run)}.parquet"

    def question(self, source: str, run: str) -> Path:
        """Parquet file of what one held load asks a person to allow."""
        return self.root / "questions" / f"source={_name(source)}" / f"run={_name(run)}.parquet"

    def open_run(self, source: str) -> Path:
        """The file that names the run which is not finished yet."""
        return self.root / "reports" / f"source={_name(source)}" / "open.json"

    def report(self, source: str, run: str, verb: str) -> Path:
        """The report of one verb in one run."""
        return self.root / "reports" / f"source={_name(source)}" / f"run={_name(run)}" / f"{verb}.json"

    def runs(self, source: str) -> list[str]:
        """Ids of the runs of a source that left a report, in no particular order."""
        folder = self.root / "reports" / f"source={_name(source)}"
        return [unquote(path.name.removeprefix("run=")) for path in folder.glob("run=*")]

    def kept(self, kind: Literal["raw", "normalized", "records", "changes"], source: str) -> list[Path]:
        """What there is of one kind of a source, by run or snapshot, sorted: folders, or files of changes."""
        return sorted((self.root / kind / f"source={_name(source)}").glob("[rs]*=*"))

    def erasure(self, moment: str) -> Path:
        """The receipt of one erasure."""
        return self.root / "reports" / "erasures" / f"{_name(moment)}.json"

    def publish_report(self, run: str) -> Path:
        """The report of one run of publish."""
        return self.root / "reports" / "publish" / f"run={_name(run)}.json"

    def release(self, release: str) -> Path:
        """Folder of one immutable release."""
        return self.root / "releases" / _name(release)

    def releases_folder(self) -> Path:
        """The folder of all releases."""
        return self.root / "releases"

    def releases(self) -> list[str]:
        """Ids of the finished releases, oldest first."""
        return sorted(unquote(path.parent.name) for path in (self.root / "releases").glob("[!.]*/manifest.json"))

    def current_release(self) -> Path:
        """The one file that says which release is current."""
        return self.root / "releases" / "current.json"

    def servers(self) -> Path:
        """Folder of what politeness remembers of each server, across processes."""
        return self.root / "servers"

    def look(self, who: str) -> Path:
        """The file of what was told when somebody, or `notify`, last looked."""
        return self.root / "looks" / f"{_name(who)}.json"

    def probe(self, source: str) -> Path:
        """What `chm probe` found of a source."""
        return self.root / "probes" / f"source={_name(source)}.json"

    def probe_table(self, kind: Literal["txt", "csv", "json"]) -> Path:
        """What `chm probe --unverified` found, a line a source."""
        return self.root / "probes" / f"unverified.{kind}"

    def lent(self, source: str) -> tuple[Path, ...]:
        """The folders that a trial of a source shares with this warehouse: manners, decisions, current records."""
        return self.servers(), self.mappings().parent, self.pointer(source).parent

    def duplicate_decisions(self) -> Path:
        """The file of people's word on which records are one document, a line each."""
        return self.root / "decisions" / "duplicates.jsonl"

    def withdrawals(self) -> Path:
        """The file of people's word on what is withdrawn from the index, a line each."""
        return self.root / "decisions" / "withdrawals.jsonl"

    def stops(self) -> Path:
        """The file of people's word on which sources are not to be asked, a line each."""
        return self.root / "decisions" / "stops.jsonl"

    def acceptances(self) -> Path:
        """The file of people's word that put probed sources in force, a line each."""
        return self.root / "decisions" / "acceptances.jsonl"

    def approvals(self) -> Path:
        """The file of people's answers to held loads, a line each."""
        return self.root / "decisions" / "approvals.jsonl"

    def rollbacks(self) -> Path:
        """The file of people's roll-backs, a line each."""
        return self.root / "decisions" / "rollbacks.jsonl"

    def successions(self) -> Path:
        """The file of people's word on which source took over from which, a line each."""
        return self.root / "decisions" / "successions.jsonl"

    def mappings(self) -> Path:
        """The terms' meanings that people decided, as SKOS Turtle."""
        return self.root / "decisions" / "mappings.ttl"

    def lock(self, name: str) -> Path:
        """The file that keeps two processes from working on one source, or from publishing, at once."""
        return self.root / "locks" / f"{_name(name)}.lock"

    def lock_owner(self, name: str) -> Path:
        """The file that says which process holds that lock."""
        return self.root / "locks" / f"{_name(name)}.json"

    def scratch(self) -> Path:
        """Folder where DuckDB spills what exceeds its memory."""
        return self.root / "scratch"
