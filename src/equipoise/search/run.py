"""The search: every candidate under every scenario, the front, the recommendation."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from equipoise.errors import InputError, NoSolutionError
from equipoise.search import families
from equipoise.search.block import Block, Judged
from equipoise.search.describe import design_of, identity, scenario_results, sentence
from equipoise.search.front import cells, standing
from equipoise.search.preferences import costs, scores
from equipoise.search.question import Question
from equipoise.search.recommend import nothing_feasible, reasons, robustness
from equipoise.search.result import Candidate, Progress, SearchCancelled, SearchResult, Spent
from equipoise.search.summary import Summary, summarise
from equipoise.search.tally import Kept, Tally

ROLES = {
    "assurance": "highest-assurance",
    "expected_patients": "fewest-expected-patients",
    "max_patients": "smallest-maximum",
    "expected_months": "fastest",
    "expected_cost": "cheapest",
}


def run_search(
    question: Question,
    *,
    workers: int | None = None,
    processes: int | None = None,
    cluster: str | None = None,
    checkpoint: Path | None = None,
    keep: int = 200,
    on_progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SearchResult:
    """Judge every candidate design of a question under every scenario, exactly or by virtual trials, and recommend one.

    `workers` threads (all processors by default) give the same answer whatever their number; virtual trials may also be
    lived through by `processes` of this machine, or by the Dask `cluster` at an address. With `checkpoint`, a file, they
    are kept as they come, and a search that was interrupted goes on from there. `keep` candidates are described in full:
    the best by score, then the best at each level of assurance, those with a role, and the plain fixed design.
    `on_progress(done, total, stage)` is called from this thread; when `cancelled()` says so, SearchCancelled is raised.
    Raises InputError, and NoSolutionError when no size of any design considered has the target power in the primary scenario.
    """
    if keep < 1:
        raise InputError("keep", keep, "a whole number from 1")
    started = time.perf_counter()
    report, stop = on_progress or _silent, cancelled or _never
    blocks = list(_with_progress(families.blocks(question), report, stop))
    exact, to_simulate = families.by_judge(question, blocks)
    judged: list[Judged] = []
    tally = Tally(question, keep)
    for done, (block, summary) in enumerate(_judge(question, exact, workers or os.cpu_count() or 1), 1):
        tally.add(done - 1, block, summary)
        judged.append(Judged(block))
        report(done, len(exact), "designs")
        if stop():
            raise SearchCancelled
    spent: Spent | None = None
    if to_simulate and tally.yardstick is not None:
        from equipoise.search.by_trials import judge_by_trials  # slow to import, and formulas do without

        found, spent = judge_by_trials(
            question, to_simulate, tally.yardstick.objectives(tally.weights), report=report, cancelled=stop,
            threads=workers, processes=processes, cluster=cluster, checkpoint=checkpoint,
        )  # fmt: skip
        for each in found:
            assert each.conduct is not None
            tally.add(len(judged), each.block, summarise(question, each.block, each.conduct))
            judged.append(each)
        tally.evaluated += spent.candidates - len(found)
    if tally.yardstick is None:
        place = question.primary + 1
        raise NoSolutionError(
            f"no design has the target power in scenario {place}, “{question.scenarios[question.primary].name}”: "
            "is its effect in the direction of endpoint.better, beyond the margin, and within reach of the clusters available?"
        )
    report(0, 1, "front")
    result = _answer(question, tally, judged, started).model_copy(update={"simulation": spent})
    report(1, 1, "front")
    return result


def _with_progress(blocks: Iterable[Block], report: Progress, stop: Callable[[], bool]) -> Iterator[Block]:
    for done, block in enumerate(blocks, 1):
        report(done, done, "boundaries")
        if stop():
            raise SearchCancelled
        yield block


def _judge(question: Question, blocks: list[Block], workers: int) -> Iterator[tuple[Block, Summary]]:
    """Each block with its summary, in order, worked on by several threads (the compiled parts run side by side)."""

    def judge(block: Block) -> tuple[Block, Summary]:
        return block, summarise(question, block, families.evaluate(question, block))

    if workers == 1:
        yield from map(judge, blocks)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[tuple[Block, Summary]]] = deque()
        for block in blocks:
            waiting.append(pool.submit(judge, block))
            if len(waiting) >= 3 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _answer(question: Question, tally: Tally, judged: list[Judged], started: float) -> SearchResult:
    names = [each.block.family for each in judged]
    fixed = tally.yardstick
    assert fixed is not None
    best = tally.kept[tally.best[0]] if tally.best else None
    limits = robustness(question, tally, names, best) if best else ()
    rival = next((number for number in tally.best if best and tally.kept[number].block != best.block), None)
    wanted = {limit.then for limit in limits}
    kept = {
        number: tally.kept[number]
        for number in (*tally.best, *(number for *_, number in tally.extremes.values()), *tally.spread.values())
    }
    kept |= {number: held for number, held in tally.kept.items() if identity(names[held.block], number) in wanted}
    if rival is not None:
        kept[rival] = tally.kept[rival]
    kept.setdefault(fixed.number, fixed)
    described = _describe(question, tally, judged, kept, best)
    by_number = {held.number: candidate for held, candidate in described}
    if best:
        why = reasons(
            question, by_number[best.number], by_number[fixed.number],
            by_number[rival] if rival is not None else None, limits, tally.feasible,
        )  # fmt: skip
    else:
        why = nothing_feasible(question, tally)
    return SearchResult(
        question=question,
        evaluated=tally.evaluated,
        feasible=tally.feasible,
        front_size=tally.front.size,
        candidates=tuple(candidate for _, candidate in described),
        recommended=by_number[best.number].id if best else None,
        why=tuple(reason.text for reason in why),
        reasons=why,
        robustness=limits,
        seconds=round(time.perf_counter() - started, 3),
    )


def _describe(
    question: Question, tally: Tally, judged: list[Judged], kept: dict[int, Kept], best: Kept | None
) -> list[tuple[Kept, Candidate]]:
    """The kept candidates in order of score, each with all its figures; blocks are judged once more for those."""
    assert tally.yardstick is not None
    order = sorted(kept.values(), key=lambda held: (not held.feasible, -held.score, held.number))
    yardstick = tally.yardstick.objectives(tally.weights)
    roles: dict[int, list[str]] = {best.number: ["recommended"]} if best else {}
    for objective, (*_, number) in tally.extremes.items():
        roles.setdefault(number, []).append(ROLES[objective])
    roles.setdefault(tally.yardstick.number, []).append("plain-fixed")
    needed = {index: judged[index] for index in {held.block for held in order}}
    conducts = {
        index: families.evaluate(question, each.block) if each.conduct is None else each.conduct
        for index, each in needed.items()
    }
    summaries = {index: summarise(question, judged[index].block, conduct) for index, conduct in conducts.items()}
    answer: list[tuple[Kept, Candidate]] = []
    for rank, held in enumerate(order, 1):
        block = judged[held.block].block
        design = design_of(block, held.place)
        objectives = held.objectives(tally.weights)
        score = scores(question, objectives[None], yardstick, np.array([held.complexity]))
        candidate = Candidate(
            id=identity(block.family, held.number),
            family=block.family,
            design=design,
            text=sentence(block.family, design),
            roles=tuple(roles.get(held.number, ())),
            on_front=held.feasible and bool(tally.front.holds(standing(cells(costs(objectives[None])), score))[0]),
            feasible=held.feasible,
            rank=rank if held.feasible else None,
            score=float(score[0]),
            assurance=float(objectives[0]),
            expected_patients=float(objectives[1]),
            max_patients=float(objectives[2]),
            expected_months=float(objectives[3]),
            expected_cost=float(objectives[4]),
            trials=judged[held.block].trials,
            scenarios=scenario_results(question, block, conducts[held.block], summaries[held.block], held.place),
        )
        answer.append((held, candidate))
    return answer


def _silent(done: int, total: int, stage: str) -> None:
    """No one is watching."""


def _never() -> bool:
    return False
