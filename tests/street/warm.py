"""What a process of `killing` has done before it is forked: imports, vocabularies, and pandas, which pyarrow wants."""

import pandas as pd

from harvesters.protocols import feed, oai_pmh
from normalizers.profiles import oai_dc, rss_item
from warehouse import cli
from warehouse.mapping.terms import open_terms

READY = (open_terms(None), cli.app, feed, oai_pmh, oai_dc, rss_item, pd)
