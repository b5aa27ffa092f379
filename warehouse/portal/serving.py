"""What the read API keeps to: where it listens, who may ask how much, and how it is called from outside."""

from __future__ import annotations

from msgspec import Struct


class Serving(Struct, frozen=True, kw_only=True):
    """What the settings CHM_SERVE_* say (see `warehouse.settings`)."""

    host: str = "127.0.0.1"
    port: int = 8000
    url: str = "http://127.0.0.1:8000"  # CHM_PUBLIC_URL: how clients call it; without a slash at its end
    mail: str = ""  # whom OAI-PMH names as responsible
    realms_of_chm: tuple[str, ...] = ("chm-national",)  # found too where a query says realm_ss:chm
    cors: tuple[str, ...] = ()  # origins whose pages may ask; "*" for all
    rate: int = 600  # requests a minute and address; 0: as many as they like
    seconds: float = 20.0  # until a request is given up
    request_bytes: int = 262_144  # of a request's body, and of its address
    proxies: tuple[str, ...] = ()  # addresses of proxies whose X-Forwarded-For is believed
