"""A search by virtual trials: close to the exact one, and the same whoever lives through them, and however often it dies."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from equipoise.errors import InputError
from equipoise.search import SearchCancelled, power_curve, run_search, write_toml
from equipoise.search.checkpoint import Checkpoint, Lap
from equipoise.search.race import STEPS, TOLERANCE, Standing, standings
from equipoise.simulate import Boundaries, MeanTrial, live_through
from tests.search.questions import question

SMALL = {"looks": [2], "sizes": 3, "spending": ["obrien-fleming-type", "pocock-type"], "futility": ["none"], "timing": ["even"],
         "judged": "simulated"}  # fmt: skip


def simulated(kind, trials=4000, first=1000, **changes):
    spent = {"trials": trials, "first_trials": first, "most_trials": trials, "seed": 7}
    return question(kind, **{"consider": SMALL, "simulation": spent} | changes)


def exactly(asked):
    return asked.model_copy(update={"consider": asked.consider.model_copy(update={"judged": "exact"})})


def but_for_time(result):
    return result.model_dump_json(exclude={"seconds"})


@pytest.mark.parametrize("kind", ["mean", "proportion", "count", "survival"])
def test_virtual_trials_agree_with_the_formulas(kind):
    asked = simulated(kind)
    result, exact = run_search(asked), run_search(exactly(asked))
    known = {json.dumps(candidate.design, sort_keys=True): candidate for candidate in exact.candidates}
    compared = 0
    for candidate in result.candidates:
        same = known.get(json.dumps(candidate.design, sort_keys=True))
        if candidate.trials is None or same is None:
            continue
        for mine, theirs in zip(candidate.scenarios, same.scenarios, strict=True):
            assert mine.power == pytest.approx(
                theirs.power, abs=4 * mine.power_error + 0.012
            )  # formulas are for large trials
            assert mine.expected_patients == pytest.approx(theirs.expected_patients, rel=0.03)
            assert mine.expected_months == pytest.approx(theirs.expected_months, rel=0.03)
            assert mine.power_error > 0
            compared += 1
    assert compared >= 6
    best = result.candidate(result.recommended)
    assert best is not None
    assert best.trials or "plain-fixed" in best.roles
    assert result.simulation is not None
    assert result.simulation.trials <= result.simulation.all_to_the_limit
    assert result.simulation.confidence > 0.5
    assert f"{result.simulation.trials:,} virtual trials" in result.simulation.sentence


@pytest.mark.parametrize("kind", ["mean", "proportion"])
def test_the_race_reaches_the_front_of_all_trials_with_fewer(kind):
    consider = SMALL | {"sizes": 6, "futility": ["none", "obrien-fleming-type"]}
    raced = run_search(simulated(kind, 64_000, 2_000, consider=consider), keep=1000)
    whole = run_search(simulated(kind, 64_000, 64_000, consider=consider), keep=1000)
    assert {c.id for c in raced.candidates if c.trials} == {c.id for c in whole.candidates if c.trials}
    assert raced.recommended == whole.recommended
    assert raced.simulation.trials < whole.simulation.trials == whole.simulation.all_to_the_limit


def by_hand(cost, score):
    """The front from its definition: those whom no other beats."""
    on = set()
    for c in range(len(score)):
        more = cost - cost[c]
        beaten = (score > score[c]) & (more <= TOLERANCE).all(axis=1) & (more < -STEPS).any(axis=1)
        if not beaten.any():
            on.add(c)
    return on


@pytest.mark.parametrize("seed", range(20))
def test_who_is_on_the_front(seed):
    rng = np.random.default_rng(seed)
    cost, score = rng.normal(0, 0.06, (60, 5)), rng.normal(0, 0.02, 60)
    able = np.ones(60, np.bool_)
    value = np.column_stack([cost, -score])
    on, off, matters = standings(Standing(value, np.zeros((60, 4, 6)), np.zeros((60, 6))), 3.0, able)
    assert set(np.flatnonzero(on).tolist()) == by_hand(cost, score)
    assert (on ^ off).all()
    assert not matters.any()
    vary = rng.normal(0, [0.005] * 5 + [0.001], (60, 4, 6))
    surely_on, surely_off, matters = standings(Standing(value, vary, np.full((60, 6), 1e-4)), 3.0, able)
    assert not (surely_on & off).any()
    assert not (surely_off & on).any()
    assert (matters | surely_on | surely_off).all()
    assert on[np.argmax(score)]
    alike = np.broadcast_to(vary[:1], vary.shape)  # all err together, so that no difference does
    assert (standings(Standing(value, alike, np.zeros((60, 6))), 3.0, able)[0] == on).all()


def test_who_may_lack_the_power_is_not_sure_of_anything():
    value = np.zeros((2, 6))
    value[1] = -0.5  # better in everything
    standing = Standing(value, np.zeros((2, 4, 6)), np.zeros((2, 6)))
    on, off, matters = standings(standing, 3.0, np.array([True, True]))
    assert (on.tolist(), off.tolist(), matters.any()) == ([False, True], [True, False], False)
    on, off, matters = standings(standing, 3.0, np.array([True, False]))
    assert not on.any()
    assert not off.any()
    assert matters.all()


@pytest.fixture(scope="module")
def asked():
    return simulated("proportion")


@pytest.fixture(scope="module")
def answer(asked):
    return but_for_time(run_search(asked, workers=1))


@pytest.mark.parametrize("how", [{"workers": 2}, {"workers": 4}, {"processes": 2}], ids=str)
def test_threads_and_processes_give_the_same_bytes(asked, answer, how):
    assert but_for_time(run_search(asked, **how)) == answer


def test_a_process_that_dies_changes_nothing(asked, answer, monkeypatch, tmp_path):
    from tests.search import dying

    monkeypatch.setenv("EQUIPOISE_TEST_MARK", str(tmp_path / "died"))
    monkeypatch.setattr("equipoise.search.workers.live", dying.live)
    assert but_for_time(run_search(asked, processes=2)) == answer
    assert (tmp_path / "died").exists()


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(asked, answer, cluster):
    address, workers = cluster
    first = run_search(asked, cluster=address)
    assert but_for_time(first) == answer
    seen = []

    def kill_one(done, total, stage):
        if stage == "trials" and 0 < done < total and not seen:
            seen.append(done)
            workers[0].kill()

    assert but_for_time(run_search(asked, cluster=address, on_progress=kill_one)) == answer
    assert seen
    assert workers[0].wait(10) == -signal.SIGKILL


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and three workers, each a process of its own."""
    pytest.importorskip("distributed")
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DASK_DISTRIBUTED__ADMIN__LOG_FORMAT": "%(message)s",
    }
    file = tmp_path / "scheduler.json"
    run = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    scheduler = subprocess.Popen(
        [*run, "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started = time.monotonic()
    while not file.exists() or not file.read_text().strip():
        assert time.monotonic() - started < 60, "no scheduler"
        time.sleep(0.1)
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny",
              "--no-dashboard", "--local-directory", str(tmp_path)]  # fmt: skip
    workers = [
        subprocess.Popen(worker, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(3)
    ]
    address = json.loads(file.read_text())["address"]
    from distributed import Client

    with Client(address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(3, timeout=60)
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()


def test_a_search_that_is_killed_goes_on_to_the_same_bytes(asked, answer, tmp_path):
    file, kept = tmp_path / "question.toml", tmp_path / "search.kept"
    file.write_text(write_toml(asked))
    script = "import equipoise.search.race as r; r.SAVE_EVERY = 0.0; from equipoise.cli import main; main()"
    command = [sys.executable, "-c", script, "search", str(file), "--json", "--checkpoint", str(kept), "--workers", "1"]
    deaths = 0
    for _ in range(3):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        before = kept.read_bytes() if kept.exists() else b""
        while running.poll() is None and (not kept.exists() or kept.read_bytes() == before):
            time.sleep(0.005)
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
            deaths += 1
        running.communicate()
    assert deaths
    done = subprocess.run(command, capture_output=True, check=True)
    result = json.loads(done.stdout)
    del result["seconds"]
    assert result == json.loads(answer_by_alias(asked))
    assert not kept.exists()


def answer_by_alias(asked):
    return run_search(asked, workers=1, keep=200).model_dump_json(by_alias=True, exclude={"seconds"})


def test_a_cancelled_search_keeps_what_it_did(asked, answer, tmp_path):
    kept, stages = tmp_path / "kept", []

    def stop():
        return stages.count("trials") > 2

    with pytest.raises(SearchCancelled):
        run_search(asked, checkpoint=kept, on_progress=lambda d, t, stage: stages.append(stage), cancelled=stop)
    assert kept.exists()
    assert but_for_time(run_search(asked, checkpoint=kept)) == answer


@pytest.mark.parametrize("content", [b"", b"nonsense", "another"])
def test_a_checkpoint_of_something_else_is_refused(asked, tmp_path, content):
    file = tmp_path / "kept"
    if content == "another":
        other = simulated("mean")
        one = live_through(
            MeanTrial(boundaries=Boundaries(efficacy=(1.96,)), patients_treatment=(9,), patients_control=(9,), difference=1.0, sd=1.0),
            trials=1, seed=1,
        )  # fmt: skip
        Checkpoint(file, other).write(Lap(False, 1, (), ()), {(0, 0): one})
    else:
        file.write_bytes(content)
    before = file.read_bytes()
    with pytest.raises(InputError, match="checkpoint"):
        run_search(asked, checkpoint=file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("how", "field"),
    [({"workers": 0}, "--workers"), ({"processes": 0}, "--processes"), ({"cluster": "tcp://127.0.0.1:1"}, "--cluster"),
     ({"cluster": "nowhere"}, "--cluster")],
)  # fmt: skip
def test_workers_that_are_not_there_are_refused(asked, how, field, monkeypatch):
    monkeypatch.setattr("equipoise.search.dask_cluster.PATIENCE", "1s")
    with pytest.raises(InputError) as error:
        run_search(asked, **how)
    assert error.value.field == field


def test_what_cannot_be_simulated_says_so():
    with pytest.raises(InputError, match="judged"):
        run_search(
            question("survival", consider=SMALL, endpoint={"kind": "survival", "better": "lower", "margin": 0.9})
        )


@pytest.mark.parametrize("kind", ["mean", "proportion"])
def test_sizes_chosen_anew_stand_on_the_same_front_as_exact_designs(kind):
    consider = {"families": ["fixed", "group-sequential", "re-estimation"], "looks": [2], "sizes": 3, "timing": ["even"],
                "spending": ["obrien-fleming-type"], "futility": ["none"], "most_increase": [2.0], "promising_from": [0.3]}  # fmt: skip
    asked = simulated(kind, consider=consider)
    result = run_search(asked, keep=500)
    families = {candidate.family for candidate in result.candidates}
    assert {"group-sequential", "re-estimation"} <= families
    for candidate in result.candidates:
        if candidate.family != "re-estimation":
            assert candidate.trials is None
            continue
        assert candidate.trials
        planned = candidate.scenarios[asked.primary]
        assert candidate.design["patients"] <= planned.expected_patients <= planned.max_patients
        assert planned.max_patients == pytest.approx(2 * candidate.design["patients"], abs=2)
        assert planned.months[0] < planned.expected_months <= planned.max_months
        assert "times as many" in candidate.text
        curve = power_curve(asked, candidate.family, candidate.design, points=5)
        assert curve["power"][0] == pytest.approx(asked.endpoint.one_sided_alpha, abs=0.015)
        assert curve["power"] == sorted(curve["power"])
    assert but_for_time(run_search(asked, keep=500)) == but_for_time(result)


def test_sizes_chosen_anew_beside_nothing_else_have_their_yardstick():
    consider = {
        "families": ["re-estimation"],
        "spending": ["pocock-type"],
        "futility": ["none"],
        "most_increase": [1.5],
    }
    result = run_search(simulated("mean", consider=consider))
    assert {candidate.family for candidate in result.candidates} == {"fixed", "re-estimation"}
    assert result.with_role("plain-fixed") is not None


@pytest.mark.parametrize(
    ("kind", "changes"),
    [("survival", {}), ("count", {}), ("proportion", {"endpoint": {"kind": "proportion", "measure": "ratio"}})],
)
def test_sizes_chosen_anew_where_there_is_no_trial_for_them(kind, changes):
    with pytest.raises(InputError, match="re-estimation"):
        question(kind, consider={"families": ["re-estimation"]}, **changes)


def test_a_search_by_formulas_touches_no_checkpoint_and_loads_no_simulator(asked, tmp_path):
    file = tmp_path / "kept"
    file.write_text("somebody's")
    run_search(exactly(asked), checkpoint=file)
    assert file.read_text() == "somebody's"
    script = (
        "import sys, equipoise.search; sys.exit(any(name.startswith('equipoise.simulate') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
