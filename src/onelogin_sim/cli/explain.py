"""What does the scenario mean? Every value with its place and evidence."""

from __future__ import annotations

from onelogin_sim.cli.options import File, Json, Variants
from onelogin_sim.cli.output import plain, print_json


def explain(file: File, variant: Variants = None, json_: Json = False) -> None:
    """Show every value of the resolved plan: where it is written, what it rests on, what is drawn from it."""
    from onelogin_sim.scenario import load_scenario
    from onelogin_sim.scenario.explain import explain as explained

    rows = explained(load_scenario(file, tuple(variant or ())))
    if json_:
        print_json({"values": [plain(row) for row in rows]})
        return
    from onelogin_sim.report.terminal import print_explained

    print_explained(rows)
