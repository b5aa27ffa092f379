"""`python -m tests.network`: serves the demonstration network until SIGTERM or SIGINT, then exits 0."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.network.network import SITES, THESAURUS, Network


def main(arguments: list[str] | None = None) -> int:
    """Serve; prints one line when every site answers. Returns 0, or 1 where a port is taken."""
    wishes = _parser().parse_args(arguments)
    end = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, end)  # before any thread starts, so that only sigwait sees them
    with ExitStack() as leaving:
        try:
            network = leaving.enter_context(Network(wishes.day, wishes.ports))
        except (OSError, ValueError) as fault:
            sys.stderr.write(f"tests.network: {fault}\n")
            return 1
        if wishes.overlays:
            for path in network.write_overlays(wishes.overlays):
                leaving.callback(path.unlink, missing_ok=True)
        urls = {**network.urls, THESAURUS: network.thesaurus}
        addresses = " ".join(f"{site}={url}" for site, url in urls.items())
        sys.stdout.write(f"ready day={network.day} {addresses}\n")
        sys.stdout.flush()
        signal.sigwait(end)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.network", description=__doc__)
    parser.add_argument(
        "--day", type=int, default=1, help="1, 2, 3...: the second differs, the third is like the second"
    )
    parser.add_argument(
        "--overlays", type=Path, metavar="DIR", help="write source files with the actual addresses here"
    )
    parser.add_argument(
        "--ports",
        type=_ports,
        default={},
        metavar="SITE=PORT,...",
        help=f"ports of {', '.join((*SITES, THESAURUS))}; any free one where none is named",
    )
    return parser


def _ports(text: str) -> dict[str, int]:
    pairs = dict(part.split("=", 1) for part in text.split(",") if part)
    known = (*SITES, THESAURUS)
    strangers = sorted(set(pairs) - set(known))
    if strangers:
        raise argparse.ArgumentTypeError(f"no such site: {', '.join(strangers)}; there are {', '.join(known)}")
    return {site: int(port) for site, port in pairs.items()}


if __name__ == "__main__":
    sys.exit(main())
