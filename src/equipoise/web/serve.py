"""Starting the workbench: the database made ready, the server, and the worker beside it."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from equipoise.errors import InputError


def setup() -> None:
    """Load Django with the workbench's settings."""
    import django
    from django.apps import apps

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    if not apps.ready:
        django.setup()


def prepare() -> None:
    """Bring the database and the static files up to date. Safe to repeat."""
    setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)


def load_demo(examples: Iterable[Path]) -> dict[str, str]:
    """Load the demo people, the example questions as theirs, and the programme's year; returns {e-mail: password}.

    Safe to repeat.
    """
    prepare()
    from equipoise.web.people.demo import demo_people
    from equipoise.web.people.demo import load_demo as load_people
    from equipoise.web.programme.demo import load_year
    from equipoise.web.questions.demo import load_demo_questions

    accounts = load_people()
    load_demo_questions(examples)
    load_year(demo_people())
    return accounts


def serve(host: str = "127.0.0.1", port: int = 8000, with_worker: bool = True) -> None:
    """Serve until SIGINT or SIGTERM, with the worker and the clock as child processes that end with it.

    Raises InputError for a host or port that cannot be listened on.
    """
    check_address(host, port)
    prepare()
    if host not in ("127.0.0.1", "localhost") and "EQUIPOISE_HOSTS" not in os.environ:
        os.environ["EQUIPOISE_HOSTS"] = f"localhost,127.0.0.1,{host}"
    children = start_children() if with_worker else []
    # granian ends its own worker processes on these signals, then returns
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        from granian import Granian
        from granian.constants import Interfaces

        # a fresh process, not a fork of this one: what this one has typeset or computed leaves threads (of Typst, of
        # numba) that a fork is without and waits for
        multiprocessing.set_start_method("spawn", force=True)
        Granian(
            "equipoise.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=2 * (os.cpu_count() or 1) + 1,  # more than wait on each other gain nothing
        ).serve()
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            stop(child)


def start_children() -> list[subprocess.Popen]:
    """The worker, which runs background tasks, and the clock; in groups of their own, so that Ctrl-C reaches them through us."""
    commands = (["db_worker", "--verbosity", "0", "--interval", "0.5"], ["clock"])
    return [
        subprocess.Popen([sys.executable, "-m", "equipoise.web", *command], start_new_session=True)  # noqa: S603
        for command in commands
    ]


def stop(child: subprocess.Popen, patience: float = 10) -> None:
    """Ask a child to finish what it does; after `patience` seconds, end it."""
    child.terminate()
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def check_address(host: str, port: int) -> None:
    """Raise InputError unless the address can be listened on."""
    import socket

    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        raise InputError("address", f"{host}:{port}", f"a free address of this machine ({error})") from None
