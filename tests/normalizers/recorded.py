"""Single records of real repositories, by their format; what reads them skips where CHM_RECORDINGS is unset."""

import os
from pathlib import Path

import pytest

_DEMO = "demo/envriplus_demonstrator"
B2FIND = {
    "oai_dc": ("dara_*/raw", "egidatahub-*/*/*", "ist/raw", "materialscloud-*/*/*", "seanoe*/**", "slks-oai_dc/*/*"),
    "qdc": (f"../{_DEMO}/euro-argo-oai_dc/*/*",),
    "datacite": (
        "danseasy/raw", "darus/raw", "dataverseno/raw", "envidat-datacite/raw", "ess-*/*/*", "fidgeo-*/*/*",
        "geofon-*/*/*", "hzb_inv", "inrae/raw", "ivoa-*/*/*", "pangaea/raw", "radar/raw", "tudatalib/raw", "uhh/raw",
    ),
    "iso19139": (f"../{_DEMO}/nilu-iso19139/xml", "deims/raw", "enes-iso/*/*", "envidat-iso19139/*/*", "wdcc"),
}  # fmt: skip


def recorded(pattern):
    """The files of B2FIND's test data that match, sorted."""
    folder = os.environ.get("CHM_RECORDINGS")
    if not folder:
        pytest.skip("CHM_RECORDINGS names no folder of recorded answers")
    start, testdata = Path(folder) / "oai-pmh/b2find", "testdata"
    pattern = pattern.removeprefix("../") if pattern.startswith("../") else f"{testdata}/{pattern}"
    return sorted(start.glob(f"{pattern}/*.xml" if not pattern.endswith(".xml") else pattern))


def api_answer(name):
    """One recorded answer of an API, by its path among the recordings."""
    folder = os.environ.get("CHM_RECORDINGS")
    if not folder:
        pytest.skip("CHM_RECORDINGS names no folder of recorded answers")
    return (Path(folder) / name).read_bytes()
