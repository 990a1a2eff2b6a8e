"""Shared settings: Hypothesis profiles, the fixture that runs a test on every engine, and the command line.

`pytest` uses the profile ``ci``: the same examples on every machine. ``HYPOTHESIS_PROFILE=long pytest``
looks further, with new examples each time.
"""

import os
import sys
from importlib import import_module

import pytest
from hypothesis import HealthCheck, settings

from onelogin_sim import cli

#: A new engine joins every engine test with one word here.
ENGINES = ("reference", "compiled")

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("long", settings.get_profile("ci"), derandomize=False, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session", params=ENGINES)
def engine(request):
    """The `run(plan, order, draws)` of each engine in turn."""
    return import_module(f"onelogin_sim.engines.{request.param}").run


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Call the command line in this process: returns (exit code, standard output, standard error)."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["onelogin-sim", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call
