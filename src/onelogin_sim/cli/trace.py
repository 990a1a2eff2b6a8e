"""What happens in one future? Its log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onelogin_sim.cli.options import ENGINE, Engine, File, Json, OrderName, Seed, Variants, load
from onelogin_sim.cli.output import print_json, say


def trace(
    file: File,
    replication: Annotated[
        int, typer.Option("--replication", min=0, max=10**9, help="Which future, from 0.")
    ] = 0,
    order: OrderName = None,
    variant: Variants = None,
    seed: Seed = 1,
    engine: Engine = ENGINE,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the log to this CSV file.")] = None,
    json_: Json = False,
) -> None:
    """Tell one future as a log: who started and finished what when, and what each start had waited for."""
    from onelogin_sim.blocks import engine_named
    from onelogin_sim.draws import draw
    from onelogin_sim.report.trace import trace_rows

    scenario, chosen = load(file, variant, order)
    plan = scenario.plan()
    draws = draw(plan, seed, range(replication, replication + 1))
    rows = list(trace_rows(engine_named(engine)(plan, chosen, draws), chosen, draws, replication))
    if out is not None:
        from onelogin_sim.report.tables import as_csv
        from onelogin_sim.store import write_atomic

        write_atomic(out, as_csv(rows))
        say(f"Log written to {out}")
    if json_:
        print_json({"replication": replication, "seed": seed, "order": chosen.name, "events": rows})
        return
    say(f"Replication {replication}, seed {seed}, order {chosen.name}: {scenario.file.scenario}")
    for row in rows:
        print(f"{row['date']}  {row['text']}")
