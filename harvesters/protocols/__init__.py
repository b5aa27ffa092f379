"""One file per protocol, each with `harvest(task, http, state) -> Iterator[Page]` and `Options`."""
