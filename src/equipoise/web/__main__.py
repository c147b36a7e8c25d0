"""`python -m equipoise.web COMMAND`: Django's management commands for the workbench."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["equipoise.web", *sys.argv[1:]])


if __name__ == "__main__":
    main()
