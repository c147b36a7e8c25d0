"""What is done as time goes by, each job safe to repeat: `python -m equipoise.web clock`."""

from importlib import import_module

JOBS = (
    "equipoise.web.lectures.jobs.remind",
    "equipoise.web.advice.jobs.chase",
    "equipoise.web.programme.jobs.remind_of_renewal",
    "equipoise.web.notices.delivery.digest",
    "equipoise.web.notices.delivery.deliver",
)


def tick() -> None:
    """Do every job once; one that fails is logged and does not keep the others."""
    import logging

    for path in JOBS:
        module, name = path.rsplit(".", 1)
        try:
            getattr(import_module(module), name)()
        except Exception:
            logging.getLogger(__name__).exception("%s failed", path)
