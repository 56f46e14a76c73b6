"""What experiments and guards say, on simulated ones whose truth is known."""

import os

import numpy as np

from bench.run import SEED, Measured, figure
from tests.experiments.simulated import (
    KINDS,
    effect,
    ever_decided,
    fixed_decided,
    guard_alarms,
    naive_ratio_alarms,
    naively_decided,
    ratio_alarms,
)

RUNS = int(os.environ.get("GALLEY_EXPERIMENT_RUNS", "3000"))
POWER_RUNS = RUNS * 4


def _dice() -> np.random.Generator:
    return np.random.default_rng(SEED)


@figure("aa_false_verdicts")
def aa_false_verdicts() -> Measured:
    """n: A/A experiments of each kind of metric, looked at on 30 days; the worst kind's share of
    those that were ever decided."""
    dice = _dice()
    shares = {kind: ever_decided(dice, kind, RUNS) / RUNS for kind in KINDS}
    naive = naively_decided(dice, "share", RUNS) / RUNS
    if naive < 0.15:
        raise AssertionError(f"the naive daily test decides only {naive:.1%}: nothing is shown")
    words = "; ".join(f"{kind}: {share:.2%}" for kind, share in shares.items())
    words += f"; a test at 5 % looked at daily: {naive:.1%}"
    return Measured(round(max(shares.values()), 4), "share", RUNS, words)


@figure("ab_power")
def ab_power() -> Measured:
    """n: experiments of each kind with the effect that a fixed test of the same planned sample sees
    4 times out of 5; the share that a daily look decided within the plan, of the worst kind."""
    return _power(1.0)


@figure("ab_power_large")
def ab_power_large() -> Measured:
    """The same with 1.6 times that effect."""
    return _power(1.6)


def _power(times: float) -> Measured:
    dice = _dice()
    shares = {
        kind: ever_decided(dice, kind, POWER_RUNS, effect(kind, times)) / POWER_RUNS
        for kind in KINDS
    }
    fixed = fixed_decided(dice, "share", POWER_RUNS, effect("share", times)) / POWER_RUNS
    words = "; ".join(f"{kind}: {share:.3f}" for kind, share in shares.items())
    words += f"; a fixed test: {fixed:.3f}"
    return Measured(round(min(shares.values()), 4), "share", POWER_RUNS, words)


@figure("srm_false_alarms")
def srm_false_alarms() -> Measured:
    """n: splits as planned, of two and of three arms each, looked at on 30 days; the worst share of
    alarms."""
    dice, runs = _dice(), RUNS * 10
    plans = {"50/50": (0.5, 0.5), "90/10": (0.9, 0.1), "50/25/25": (0.5, 0.25, 0.25)}
    shares = {name: ratio_alarms(dice, runs, one, one) / runs for name, one in plans.items()}
    seen = ratio_alarms(dice, runs, (0.5, 0.5), (0.47, 0.53)) / runs
    naive = naive_ratio_alarms(dice, runs) / runs
    if naive <= 0.02:
        raise AssertionError(f"a chi-square looked at daily alarms only {naive:.1%}")
    words = "; ".join(f"{name}: {share:.2%}" for name, share in shares.items())
    words += f"; 47/53 instead of 50/50 found: {seen:.1%}; a daily chi-square at 1 %: {naive:.1%}"
    return Measured(round(max(shares.values()), 5), "share", runs, words)


@figure("guard_caught")
def guard_caught() -> Measured:
    """n: rollouts at 5 % of the traffic where the error share goes from 5 to 25 %; the share caught
    within 500 calls of the new version. False alarms over 2,000 calls must be at most 1 %."""
    dice = _dice()
    caught = guard_alarms(dice, RUNS, 0.05, 0.25, calls=500, share=0.05) / RUNS
    runs = RUNS * 2
    wolf = {
        f"{error:.0%}": guard_alarms(dice, runs, error, error, calls=2000, share=0.05) / runs
        for error in (0.01, 0.05, 0.2)
    }
    if max(wolf.values()) > 0.01:
        raise AssertionError(f"false alarms: {wolf}")
    words = ", ".join(f"{share:.2%} at {error}" for error, share in wolf.items())
    return Measured(round(caught, 4), "share", RUNS, f"false alarms over 2,000 calls: {words}")
