# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # When will we be done?
#
# The question of every steering board, asked of the real programme as it stood on 14 December 2023: when are all
# services in scope connected to single sign-on, how sure are we, and what holds us back?
#
# This notebook uses only what `import onelogin_sim` offers. It simulates 100 futures so that it runs in seconds; for a
# board, use 1,000 or more (`make forecast`).

# %%
from collections import Counter

import onelogin_sim

scenario = onelogin_sim.load_scenario("../scenarios/roadmap-2025/scenario.yaml")
plan = scenario.plan()
live = [service for service in plan.services if service.live_on is not None]
print(f"{len(plan.services)} services in scope, {len(live)} live on {plan.status_date:%d %B %Y}")
print(
    "Assumptions by quality of evidence:", dict(Counter(entry.quality for entry in scenario.file.assumptions))
)

# %% [markdown]
# ## The forecast
#
# Every number below comes from the same 100 futures. A percentile is the smallest day by which at least so many of
# *all* futures are there, so what is not reached within the horizon stays counted as that. The brackets are the Monte
# Carlo error: how exact the simulation is, not how right its assumptions are.

# %%
forecast = onelogin_sim.forecast(scenario, replications=100, seed=1)


def words(day):
    """A day number as a date, for people."""
    date = plan.as_date(day)
    return f"{date:%d %b %Y}" if date else "not within the horizon"


for target in forecast.targets:
    met = target.met_by
    print(
        f"{target.target.name}: {target.target.needed:,} of {target.target.total:,} {target.target.measure}"
    )
    print(f"  met by {words(target.target.by)}: {met.value:.0%} ({met.low:.0%} to {met.high:.0%}) of futures")
    for quantile in target.quantiles:
        error = f"{words(quantile.low)} to {words(quantile.high)}"
        print(f"  P{quantile.percent}: {words(quantile.day)} ({error})")
    print(f"  with every duration at its median: {words(target.deterministic)},", end=" ")
    print(f"which {target.deterministic_share:.0%} of futures have reached by then")

# %%
onelogin_sim.plot_coverage(forecast)

# %%
onelogin_sim.plot_target(forecast, "programme")

# %% [markdown]
# ## What holds us back
#
# From the day a target is met, each future is walked back: what did this start wait for, and that one? A stage, a
# service or a resource is critical in so far as it lies on these chains.

# %%
chains = next(entry for entry in forecast.drivers if entry.target == "programme" and entry.met)
for driver in chains.drivers[:12]:
    print(f"{driver.criticality:5.0%}  {driver.days:6.0f} days  {driver.kind:8}  {driver.id}")

# %%
onelogin_sim.plot_time_use(forecast)

# %% [markdown]
# ## What if?
#
# A variant is a named change in the scenario file. Both forecasts see the same luck (common random numbers), so what
# differs between them is the change.

# %%
for name, variant in scenario.file.variants.items():
    print(f"{name}: {variant.why}")

# %%
alternative = onelogin_sim.load_scenario(
    "../scenarios/roadmap-2025/scenario.yaml", variants=["no_optimism_bias"]
)
other = onelogin_sim.forecast(alternative, replications=100, seed=1)
for one, two in zip(forecast.targets, other.targets, strict=True):
    print(
        f"{one.target.name}: P50 {words(one.quantiles[1].day)}; without optimism bias {words(two.quantiles[1].day)}"
    )

# %% [markdown]
# ## The same again
#
# Same scenario, seed and version give the same result, to the bit.

# %%
again = onelogin_sim.forecast(scenario, replications=100, seed=1, workers=1)
assert again.result_digest == forecast.result_digest
print(f"plan {plan.digest[:12]}, result {forecast.result_digest[:12]}")
