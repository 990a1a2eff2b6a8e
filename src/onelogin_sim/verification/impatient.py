"""The steady queue of customers who leave when their patience ends, whatever way it is spread: tables for an hour.

M/M/c+G, exact: S. Zeltyn and A. Mandelbaum, *Call centers with impatient customers: many-server asymptotics of the
M/M/n+G queue*, Queueing Systems 51, 2005, section 9, after F. Baccelli and G. Hebuterne, *On queues with impatient
customers*, 1981. A customer of endless patience would wait for a time with the density

    arrival rate · exp(arrival rate · H(t) - servers · t / mean service) / (1 / B + arrival rate · J)

where H(t) is the mean of the lesser of patience and t, B the share blocked with one server less (Erlang), and J the
integral of the exponential. Patience is spread over whole seconds or minutes, so H is made of straight lines and every
integral is a sum of closed forms. Exponential patience is Erlang A, patience without end is Erlang C.

Service is not exponential. As the diffusion limit has it, chance moves a queue by the variance of arrivals and services
together: with k = (1 + variation) / 2 the queue is k times that of the exponential one with patience divided by k. That
is Allen's and Cunneen's factor where nobody leaves, and changes nothing in overload, where no chance is needed to wait.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from onelogin_sim.distributions import Distribution
from onelogin_sim.verification.erlang import erlang_b
from onelogin_sim.verification.month_sums import CLASSES, TAILS
from onelogin_sim.verification.workload import timed

Floats = npt.NDArray[np.float64]

#: Offered load over servers at which the queue is tabulated: evenly to 2, then in equal ratios.
LOADS = np.concatenate([np.linspace(0.0, 2.0, 129), 2.0 * 2.0 ** (np.arange(1, 81) / 8)])

#: Rows of a table: four, and the classes of waits.
ROWS = 4 + len(CLASSES)

#: Shares of customers in the middle of equal parts of each class.
_PARTS = 4
_SHARES = (TAILS[:-1, None] - CLASSES[:, None] * (np.arange(_PARTS) + 0.5) / _PARTS).ravel()

#: Most knots a patience is cut into.
_KNOTS = 400

#: Below this exponent the closed forms cancel, and their series is used.
_FLAT = 1e-3


@lru_cache(maxsize=4096)
def impatient_table(
    servers: int, mean_service: float, variation: float, patience: Distribution, within: float
) -> Floats:
    """Return float64 [ROWS, load]: at each of `LOADS`, customers an hour and in the queue together, those who leave in
    an hour, the queue, the share who begin within the limit, and the mean wait in each of `month_sums.CLASSES`.

    Parameters
    ----------
    servers
        At work; at least 1.
    mean_service, variation
        In hours, and variance / mean².
    patience
        In minutes.
    within
        The limit in hours; inf without.
    """
    spread = (1 + variation) / 2
    edges, staying = _survival(patience, within)
    rates = LOADS * servers / mean_service
    fewer = np.array([erlang_b(servers - 1, load * servers) for load in LOADS])
    gone, wait, soon, classes = _steady(
        rates, servers / mean_service, fewer, edges / spread, staying, within / spread
    )
    queue = rates * wait * spread
    return np.vstack([rates + queue, rates * gone, queue, soon, classes * spread])


def patience_hours(patience: Distribution) -> float:
    """Return the mean patience in hours."""
    lengths, parts = timed(patience)
    return lengths.mean / (60 * parts)


def patience_classes(patience: Distribution) -> Floats:
    """Return the mean patience in each of `month_sums.CLASSES`, in hours: how long those wait whom nobody serves."""
    edges, staying = _survival(patience, np.inf)
    ends = np.concatenate([[1.0], (staying[:-1] + staying[1:]) / 2, [0.0]])
    whole = float(staying @ np.diff(edges))
    return _classes(edges, ends[None], np.array([whole]))[:, 0]


def _survival(patience: Distribution, within: float) -> tuple[Floats, Floats]:
    """Ends of stretches of time in hours, the first 0, and the share whose patience is longer than each stretch.

    The share is the mean over the stretch, so that no mean patience is lost where many seconds become one stretch.
    """
    lengths, parts = timed(patience)
    times = np.concatenate([[0.0], np.arange(lengths.first, lengths.last + 1) / (60 * parts)])
    left = np.concatenate([[1.0], 1.0 - lengths.cumulative])
    whole = np.concatenate([[0.0], np.cumsum(np.diff(times) * left[:-1])])
    # A third each by share, by time, and by time in equal ratios: neither a steep fall, nor a long tail, nor the few
    # who leave first is coarse. With many servers it is these who matter.
    third = _KNOTS // 3
    last = times[-1]
    shares = times[np.searchsorted(lengths.cumulative, np.linspace(0.0, 1.0, third + 2)[1:-1]) + 1]
    evenly, ratios = np.linspace(0.0, last, third + 1), np.geomspace(last / 1e5, last, third)
    edges = np.unique(np.concatenate([shares, evenly, ratios]))
    edges = edges[np.append(True, np.diff(edges) > last * 1e-9)]
    if 0 < within < edges[-1]:
        edges = np.unique(np.append(edges, within))
    staying = np.diff(np.interp(edges, times, whole)) / np.diff(edges)
    return edges, np.clip(staying, 0.0, 1.0)


def _steady(
    rates: Floats, can: float, fewer: Floats, edges: Floats, staying: Floats, within: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Share who leave, mean wait, share who begin within a limit, and waits by class at each rate; `can` an hour."""
    rate, length = rates[:, None], np.diff(edges)
    slope = rate * staying - can
    level = np.cumsum(np.pad(slope * length, ((0, 0), (1, 0))), axis=1)
    top = level.max(axis=1, keepdims=True)
    highest = np.exp(np.maximum(level[:, :-1], level[:, 1:]) - top)
    area, moment = (highest * integral for integral in _integrals(slope, length))
    # Behind the last edge nobody stays: the exponential falls at the pace of the servers.
    tail = np.exp(level[:, -1:] - top) / can
    with np.errstate(divide="ignore"):
        weight = np.exp(-top) / fewer[:, None] + rate * (area.sum(axis=1, keepdims=True) + tail)
    delayed, beyond = rate * area / weight, (rate * tail / weight)[:, 0]
    lesser = np.concatenate([[0.0], np.cumsum(staying * length)])
    wait = (rate / weight)[:, 0] * (area @ lesser[:-1] + moment @ staying) + beyond * lesser[-1]
    waiting = delayed.sum(axis=1) + beyond
    begun = delayed * staying
    soon = begun[:, edges[1:] <= within * (1 + 1e-12)].sum(axis=1)
    # Who waits longer than t has both more patience, and more to wait for.
    ahead = np.pad(np.cumsum(delayed[:, ::-1], axis=1)[:, ::-1], ((0, 0), (0, 1))) + beyond[:, None]
    ends = np.append((np.append(1.0, staying[:-1]) + staying) / 2, staying[-1] / 2)
    return (
        waiting - begun.sum(axis=1),
        wait,
        np.minimum(1.0 - waiting + soon, 1.0),
        _classes(edges, ahead * ends, wait),
    )


def _classes(edges: Floats, longer: Floats, mean: Floats) -> Floats:
    """float64 [class, row]: mean waits by class, from the shares [row, edge] who wait longer; they add up to `mean`."""
    found = np.array([np.interp(-_SHARES, -row, edges, left=0.0) for row in longer])
    classes: Floats = found.reshape(len(longer), len(CLASSES), _PARTS).mean(axis=2)
    whole = classes @ CLASSES
    scale = np.divide(mean, whole, out=np.zeros_like(whole), where=whole > 0)
    scaled: Floats = (classes * scale[:, None]).T
    return scaled


def _integrals(slope: Floats, length: Floats) -> tuple[Floats, Floats]:
    """Integrals of exp(slope · t) and of t · exp(slope · t) from 0 to each length, over the exponential's maximum."""
    fall = np.abs(slope) * length
    flat = fall < _FLAT
    steep = np.where(flat, 1.0, np.abs(slope))
    low = np.exp(-fall)
    area = np.where(flat, length * (1 - fall / 2 + fall**2 / 6), (1 - low) / steep)
    moment = np.where(slope > 0, length - area, area - length * low) / steep
    turned = np.where(slope > 0, 1 / 2 - fall / 6 + fall**2 / 24, 1 / 2 - fall / 3 + fall**2 / 8)
    return area, np.where(flat, length**2 * turned, moment)
