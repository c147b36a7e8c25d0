"""Run a command against a PostgreSQL of its own, which is gone afterwards: `python tools/with_postgresql.py pytest tests/web`.

Needs Debian's package `postgresql` (the programs, not the service). Started as root it runs the server as `postgres`,
since PostgreSQL refuses to be root. The command finds it in $EQUIPOISE_DATABASE_URL.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def programs() -> Path:
    """The folder of initdb and pg_ctl, of the newest version installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("pg_ctl")
    if not found and not on_path:
        sys.exit("with_postgresql: no PostgreSQL here; install Debian's package postgresql")
    return (found[-1] if found else Path(on_path)).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(command: list[str]) -> int:
    """The command's exit status."""
    place, port = Path(tempfile.mkdtemp(prefix="equipoise-postgresql-")), free_port()
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_postgres:
        shutil.chown(place, "postgres")

    def run(program: str, *arguments: str, **options) -> None:
        full = [*as_postgres, str(programs() / program), "-D", str(place / "data"), *arguments]
        subprocess.run(full, check=True, stdout=subprocess.DEVNULL, cwd=place, **options)

    try:
        run("initdb", "--username", "equipoise", "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
        run("pg_ctl", "start", "--wait", "--log", str(place / "log"), "--options", options)
        url = f"postgresql://equipoise@127.0.0.1:{port}/postgres"
        return subprocess.run(command, env=os.environ | {"EQUIPOISE_DATABASE_URL": url}, check=False).returncode
    finally:
        if (place / "data" / "postmaster.pid").exists():
            run("pg_ctl", "stop", "--mode", "immediate")
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
