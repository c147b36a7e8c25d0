"""The command line: one thin command over each part of the workbench."""

__all__ = ["interrupts", "main"]

interrupts: list[int] = []
"""Every Ctrl-C so far: an exception alone can be lost in a library that catches everything, above all while it loads."""


def main() -> None:
    """Run the command; Ctrl-C while it is still loading ends in one line too."""
    import gc
    import signal
    import sys

    signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))
    gc.disable()  # what is loaded stays: looking through it for garbage would be a tenth of a short command's time
    from equipoise.cli.main import main as run

    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()
    signal.signal(signal.SIGINT, _interrupt)
    if interrupts:
        print("equipoise: interrupted; nothing was changed", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    run()


def _interrupt(number: int, _frame: object) -> None:
    interrupts.append(number)
    raise KeyboardInterrupt
