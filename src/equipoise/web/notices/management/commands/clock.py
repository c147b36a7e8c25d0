"""`python -m equipoise.web clock`: reminders, mail and whatever else comes with time, until it is stopped."""

import signal
import threading

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from equipoise.web.notices.clock import tick


class Command(BaseCommand):
    help = "Do what comes with time: mail, reminders, deadlines. Runs until SIGTERM; safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float, default=15, help="seconds between two rounds")
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args, every: float, once: bool, **options):
        stop = threading.Event()
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            close_old_connections()
            tick()
            if once:
                return
            stop.wait(every)
