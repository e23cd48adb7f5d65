"""What a detector flagged and people read: counted as they say, over what the detector is certified to find."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trimtab.decision.model import Measurements, Trial
from trimtab.kinds import DISPUTED, Instrument, Interval, Missing, Score, Shape
from trimtab.policy.model import Policy

_UNREAD = Missing("not-reviewed", "it was flagged, and nobody has read it")
# People are taken at their word: what they confirm is no false alarm.
_NO_ALARMS = Interval(0.0, 0.0, 1.0 - 1e-15, "read by people")


def reviewed(policy: Policy, measurements: Measurements) -> Measurements:
    """The measurements with every metric that people review (`reviewed_by`) as they left it.

    A flagged case is an event if a person confirms it, none if they reject it, and missing while nobody has read it;
    so is a case that judges dispute, which are read as flagged ones are.
    The share p of confirmed cases is then the true rate times the sensitivity s of the detector, so the true rate is at
    most U(p) / L(s), each end at half of alpha (`trimtab.stats.misreading`).
    """
    named = {metric: spec.reviewed_by for metric, spec in policy.metrics.items() if spec.reviewed_by}
    seen = {
        metric: by
        for metric, by in named.items()
        if by and metric in measurements.instruments and measurements.shapes.get(metric) is Shape.RATE
    }
    if not seen:
        return measurements
    return replace(
        measurements,
        trials={
            candidate: {
                metric: _read(trials, metrics.get(seen[metric], ())) if metric in seen else trials
                for metric, trials in metrics.items()
            }
            for candidate, metrics in measurements.trials.items()
        },
        instruments={
            metric: _after_reading(one) if metric in seen else one for metric, one in measurements.instruments.items()
        },
    )


def _read(trials: Sequence[Trial], marks: Sequence[Trial]) -> list[Trial]:
    said: Mapping[str, Score | Missing] = {trial.case: trial.outcome for trial in marks}
    return [_one(trial, said.get(trial.case, _UNREAD)) for trial in trials]


def _one(trial: Trial, said: Score | Missing) -> Trial:
    if isinstance(trial.outcome, Missing):
        settled = trial.outcome.reason in DISPUTED and isinstance(said, Score)
        return replace(trial, outcome=said) if settled else trial
    if trial.outcome.value == 0.0:
        return trial
    return replace(trial, outcome=_UNREAD if isinstance(said, Missing) else said)


def _after_reading(one: Instrument) -> Instrument:
    return replace(one, rates=replace(one.rates, false_alarm=_NO_ALARMS, alarms=None))
