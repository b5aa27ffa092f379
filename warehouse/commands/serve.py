"""`chm serve`: the read API over the current release, until Ctrl-C."""

from __future__ import annotations

import typer

from warehouse.console import err, open_warehouse

app = typer.Typer()


@app.command()
def serve() -> None:
    """Serve the published index: search, records, OAI-PMH; a new release as soon as there is one."""
    import uvicorn  # noqa: PLC0415 - takes half a second that no other command should wait for

    from warehouse.portal.app import app as portal  # noqa: PLC0415 - likewise

    warehouse = open_warehouse()
    serving = warehouse.settings.serving
    err.print(f"Serving {warehouse.settings.warehouse} at {serving.url}; /openapi.json says what can be asked.")
    uvicorn.run(
        portal(warehouse.settings.warehouse, serving, warehouse.clock),
        host=serving.host,
        port=serving.port,
        proxy_headers=bool(serving.proxies),
        forwarded_allow_ips=list(serving.proxies),
        server_header=False,
        access_log=False,
        log_level="warning",
    )
