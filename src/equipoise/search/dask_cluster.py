"""The workers of a Dask cluster (the extra `cluster`): a search is many independent pieces, and dead workers' go to others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Self

from equipoise.errors import InputError
from equipoise.search.workers import Batch, Done, live

PATIENCE = "20s"
"""How long the scheduler may take to answer."""
RETRIES = 10
"""How often a piece of work is begun again when the worker that had it is gone."""


class DaskWorkers:
    """The cluster whose scheduler is at an address such as tcp://10.0.0.5:8786. Raises InputError if it does not answer."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __enter__(self) -> Self:
        try:
            from distributed import Client
        except ImportError:
            raise InputError(
                "--cluster", self.address, "no cluster here until `distributed` is installed: equipoise[cluster]"
            ) from None
        try:
            self.client: Any = Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError("--cluster", self.address, f"the address of a Dask scheduler ({error})") from None
        return self

    def __exit__(self, *_error: object) -> None:
        self.client.close()

    def run(self, batches: Sequence[Batch], cancelled: Callable[[], bool]) -> Iterator[Done]:
        """Batches as they are done; what is not done when cancelled is taken back."""
        from distributed import as_completed

        futures = [self.client.submit(live, batch, pure=False, retries=RETRIES) for batch in batches]
        by_key = {future.key: batch for future, batch in zip(futures, batches, strict=True)}
        try:
            following = as_completed(futures, loop=self.client.loop, with_results=True)
            for future, results in following:
                yield by_key[future.key], results
                future.release()
                if cancelled():
                    return
        finally:
            self.client.cancel(futures, force=True)
