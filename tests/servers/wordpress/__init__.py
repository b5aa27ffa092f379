"""WordPress from Debian's packages, with a MariaDB of its own: one site in a temporary folder, on the loopback.

The packages' files are copied, since WordPress finds its configuration beside itself; nothing outside the folder is
written, and the system's own services are neither used nor touched.
"""

from __future__ import annotations

import getpass
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.running import answers, free_port, running

HERE = Path(__file__).parent
PACKAGE = Path("/usr/share/wordpress")
CONFIGURATION = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}');
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', 'http://{address}');
define('WP_SITEURL', 'http://{address}');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_HTTP_BLOCK_EXTERNAL', true);
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
"""


class WordPress:
    """A running site; `url` is its address, without a slash at the end."""

    def __init__(self, folder: Path, socket: Path, address: str) -> None:
        self.url = f"http://{address}"
        self._folder = folder
        self._socket = socket
        self._address = address

    def write(self, posts: Sequence[dict[str, Any]]) -> list[int]:
        """Publish posts, given by `wp_insert_post`'s fields and `categories` by name, or change those with an `ID`.

        `lang` and `translations` are shown as Polylang does. Returns their ids.
        """
        return [int(number) for number in json.loads(self._php("write.php", json.dumps(posts)))]

    def query(self, sql: str) -> list[tuple[str, ...]]:
        """What the site's own database says."""
        return [tuple(line.split("\t")) for line in _sql(self._socket, "wordpress", sql).splitlines()]

    def install(self) -> None:
        """Set up an empty site."""
        self._php("install.php")

    def _php(self, script: str, given: str = "") -> str:
        return _call("php", "-d", "display_errors=stderr", HERE / script, self._folder, self._address, given=given)


@contextmanager
def wordpress(folder: Path) -> Iterator[WordPress]:
    """An empty site while it is needed."""
    socket, port = folder / "sql", free_port()
    with _mariadb(folder, socket):
        _sql(socket, "", "CREATE DATABASE wordpress CHARACTER SET utf8mb4")
        site, address = folder / "site", f"127.0.0.1:{port}"
        shutil.copytree(PACKAGE, site, symlinks=True)
        plugins = site / "wp-content" / "mu-plugins"
        plugins.mkdir(exist_ok=True)
        shutil.copy(HERE / "languages.php", plugins)
        (site / "wp-config.php").write_text(CONFIGURATION.format(socket=socket, address=address))
        found = WordPress(site, socket, address)
        found.install()
        server = ["php", "-S", address, "-t", site]
        with running(server, folder / "php.log", lambda: answers(port)):
            yield found


@contextmanager
def _mariadb(folder: Path, socket: Path) -> Iterator[None]:
    data, user = folder / "data", f"--user={getpass.getuser()}"
    _call(
        "mariadb-install-db", "--no-defaults", f"--datadir={data}", user, "--skip-test-db",
        "--auth-root-authentication-method=normal",
    )  # fmt: skip
    server = [
        "/usr/sbin/mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket}", user, "--skip-networking",
        f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0",
    ]  # fmt: skip
    with running(server, folder / "mariadb.log", lambda: _is_up(socket)):
        yield


def _is_up(socket: Path) -> bool:
    """Whether the database answers, not only listens."""
    try:
        _sql(socket, "", "SELECT 1")
    except AssertionError:
        return False
    return True


def _sql(socket: Path, database: str, sql: str) -> str:
    options = ["--no-defaults", f"--socket={socket}", "--user=root", "--default-character-set=utf8mb4", "-N"]
    return _call("mariadb", *options, "-e", sql, database)


def _call(*command: str | Path, given: str = "") -> str:
    """What a command says; AssertionError with its complaint where it fails."""
    told = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr or told.stdout
    return told.stdout
