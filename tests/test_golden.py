"""Golden outputs: what the small scenario said last time, compared as a structure.

A change here is a change in what planners are told. When it is wanted, run
``UPDATE_GOLDEN=1 pytest tests/test_golden.py``, read the difference it prints, and say why in the changelog.
"""

import json
import math
import os
from pathlib import Path

import pytest

import onelogin_sim
from onelogin_sim.report.as_json import forecast_json
from onelogin_sim.report.trace import trace_rows

HERE = Path(__file__).parent
SMALL = HERE.parent / "scenarios" / "small" / "scenario.yaml"


def differences(was, now, where="$"):
    """Every place in which two documents differ, in words; numbers may differ in their last digits."""
    if isinstance(was, dict) and isinstance(now, dict):
        for key in [*was, *(key for key in now if key not in was)]:
            if key not in was or key not in now:
                yield f"{where}.{key}: {'is new' if key in now else 'is gone'}"
            else:
                yield from differences(was[key], now[key], f"{where}.{key}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from differences(one, other, f"{where}[{place}]")
    elif isinstance(was, float) and isinstance(now, float):
        if not math.isclose(was, now, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{where}: {was} became {now}"
    elif was != now:
        yield f"{where}: {was!r} became {now!r}"


def forecast_of(**settings):
    scenario = onelogin_sim.load_scenario(SMALL, settings.pop("variants", ()))
    return forecast_json(onelogin_sim.forecast(scenario, replications=60, seed=1, **settings))


def trace_of_replication_3():
    scenario = onelogin_sim.load_scenario(SMALL)
    plan, order = scenario.plan(), scenario.order()
    draws = onelogin_sim.draw(plan, 1, range(3, 4))
    from onelogin_sim.engines import reference

    return list(trace_rows(reference.run(plan, order, draws), order, draws, 3))


def resolved_plan():
    return json.loads(json.dumps(onelogin_sim.load_scenario(SMALL).plan().as_json(), default=str))


CASES = {
    "small-forecast": forecast_of,
    "small-extra-team": lambda: forecast_of(variants=["extra_team"]),
    "small-trace-3": trace_of_replication_3,
    "small-plan": resolved_plan,
}


@pytest.mark.parametrize("name", CASES)
def test_golden(name):
    file = HERE / "golden" / f"{name}.json"
    now = json.loads(json.dumps(CASES[name]()))
    was = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    found = list(differences(was, now))
    if os.environ.get("UPDATE_GOLDEN"):
        print("\n".join(found))
        file.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    assert not found, "\n".join(found)
