"""The drawer of incoming formats: the file's name is the key, and every file has the same one function."""

import inspect
from pathlib import Path

import pytest

from harvesters.model import RawRecord
from normalizers import profiles
from normalizers.model import Draft

FILES = sorted(path.stem for path in Path(profiles.__file__).parent.glob("*.py") if path.stem != "__init__")


def test_the_drawer_holds_the_formats_that_the_protocols_choose():
    assert {"oai_dc", "rss_item"} <= set(profiles.names())
    assert list(profiles.names()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_profile_has_one_function_extract_of_one_raw_record(name):
    extract = profiles.load(name).extract
    assert list(inspect.signature(extract).parameters) == ["raw"]
    hints = inspect.get_annotations(extract, eval_str=True)
    assert hints == {"raw": RawRecord, "return": Draft}


@pytest.mark.parametrize("name", FILES)
def test_every_profile_says_what_format_it_reads(name):
    assert inspect.getdoc(profiles.load(name))


@pytest.mark.parametrize("name", ["marc21", "", "../oai_dc", "__init__", "normalizers"])
def test_an_unknown_profile_is_refused_with_those_there_are(name):
    with pytest.raises(profiles.ProfileError) as refused:
        profiles.load(name)
    assert all(allowed in str(refused.value) for allowed in FILES)
