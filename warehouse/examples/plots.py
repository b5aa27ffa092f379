"""Three plots of a release: records by country, by target of the Global Biodiversity Framework, and freshness.

    python -m warehouse.examples.plots RELEASE FOLDER

RELEASE is the folder of a release, or of a warehouse, whose current one is taken; needs matplotlib.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib.figure import Figure

import warehouse

EXAMPLES = Path(__file__).parent
_MOST = 40  # bars that a person can read


def draw(release: str | Path, folder: Path) -> list[Path]:
    """Draw the three plots into `folder` as PNG files; returns their paths."""
    with warehouse.open(release) as opened:
        countries = opened.frame((EXAMPLES / "records_by_country.sql").read_text("utf-8")).head(_MOST)
        targets = opened.frame((EXAMPLES / "records_by_gbf_target.sql").read_text("utf-8"))
        fresh = opened.frame((EXAMPLES / "freshness.sql").read_text("utf-8")).head(_MOST)
        told = f"release {opened.release.release}"
    plots = {
        "records_by_country": ("National records by country", "records", countries["name"], countries["records"]),
        "records_by_gbf_target": (
            "National records by GBF target",
            "records",
            targets["identifier"],
            targets["records"],
        ),
        "freshness": ("Age of the newest publication", "days", fresh["source"], fresh["days"]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (title, unit, labels, values) in plots.items():
        figure = Figure(figsize=(8, 1.5 + 0.25 * len(labels)), layout="constrained")
        axes = figure.subplots()
        axes.barh(labels.astype(str), values.astype(float))
        axes.invert_yaxis()
        axes.set(title=f"{title} ({told})", xlabel=unit)
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120)
    return paths


def main() -> None:
    """The command: where the release is, and where the plots go."""
    parser = argparse.ArgumentParser(prog="python -m warehouse.examples.plots", description=__doc__.partition("\n")[0])
    parser.add_argument("release", type=Path, help="folder of a release, or of a warehouse")
    parser.add_argument("folder", type=Path, help="where the plots go")
    wishes = parser.parse_args()
    for path in draw(wishes.release, wishes.folder):
        print(path)


if __name__ == "__main__":
    main()
