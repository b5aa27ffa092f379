import pytest

from normalizers.terms import terms_of
from vocabularies.skos import load_all


@pytest.fixture(scope="session")
def terms():
    return terms_of(load_all())
