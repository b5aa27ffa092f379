"""Every record that real repositories sent in a format of ours is read: none is lost, each has a title or says why."""

import pytest

from normalizers.normalize import normalize
from normalizers.profiles import Unreadable, load
from tests.normalizers.making import source, whole
from tests.normalizers.recorded import B2FIND, recorded

FOLDERS = [(profile, folder) for profile, folders in B2FIND.items() for folder in folders]


@pytest.mark.parametrize(("profile", "folder"), FOLDERS, ids=lambda given: given.removeprefix("../"))
def test_every_recorded_record_of_the_format_becomes_a_record_with_a_title(profile, folder, terms):
    files = recorded(folder)
    assert files
    for path in files:
        outcome = normalize(whole(path.read_bytes(), profile), source(languages=("en",)), terms)
        assert outcome.record is not None, outcome.issues
        assert outcome.record.title or "no_title" in [issue.code for issue in outcome.issues]
        assert [issue.code for issue in outcome.issues if issue.severity == "error"] == []


def test_the_formats_between_them_read_all_that_was_recorded_but_what_is_of_none():
    known = {path for _, folder in FOLDERS for path in recorded(folder)}
    left = [path for path in recorded("../**/*.xml") if path not in known]
    assert len(known) >= 100
    for path in left:
        for profile in B2FIND:
            with pytest.raises(Unreadable) as refused:
                load(profile).extract(whole(path.read_bytes(), profile))
            assert refused.value.code == "format_mismatch"


@pytest.mark.parametrize("profile", B2FIND)
def test_titles_are_there_in_all_recorded_records(profile):
    untitled = [
        path.name
        for folder in B2FIND[profile]
        for path in recorded(folder)
        if not load(profile).extract(whole(path.read_bytes(), profile)).titles
    ]
    assert untitled == []
