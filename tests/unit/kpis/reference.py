"""The tables of the reference page, made from the catalogue."""

from trimtab.policy.kpi_catalogue import counters, kpi_catalogue


def kpi_rows():
    for one in kpi_catalogue().values():
        veto = ", veto" if one.veto else ""
        scopes = ", ".join(one.scopes)
        yield (
            f"| **{one.id}** {one.title} | {one.question} {one.estimator} | {one.unit}, {one.better} is better{veto} "
            f"| {one.interval} | {one.n_min} | {one.cadence}, {one.half_life} | {one.counter} | {one.pillar} | {scopes} "
            f"| {', '.join(one.entries)} | {one.version} |"
        )


def counter_rows():
    for one in counters().values():
        yield f"| `{one.name}` | {one.question} | {one.how} | {one.better} |"
