"""What a process of `killing` has done before it is forked: imports, vocabularies, and pandas, which pyarrow wants."""

import pandas as pd

from warehouse import cli
from warehouse.terms import open_terms

READY = (open_terms(None), cli.app, pd)
