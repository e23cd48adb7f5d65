"""`trimtab explain`: why a verdict fell, for people."""

import click

from trimtab.cli.output import Output, output_options

_KIND = {
    "floor": "",
    "red-line": " (red line)",
    "regression": " (against the baseline)",
    "mitigation": " (share of the baseline's gap that is gone)",
    "gap": " (against those whose word counts)",
}


@click.command()
@click.argument("run", default="latest")
@click.option("--candidate", default="", help="Only this candidate.")
@click.option("--metric", default="", help="Only this metric.")
@click.option("--ledger", default="", envvar="TRIMTAB_LEDGER", help="Default: .trimtab/ledger.db.")
@output_options
def explain(output: Output, run: str, *, candidate: str, metric: str, ledger: str) -> None:
    """Tell in about five sentences each why the verdicts of RUN fell as they did.

    Everything comes from the ledger. RUN is the latest decided one unless given. Without --candidate, of candidates
    that do not pass only what stands in their way is told. Why a band is what it is, `trimtab scorecard SUBJECT` tells;
    a KPI, `trimtab kpi ID`; a vendor, `trimtab vendor show NAME`; a hold, `trimtab consent check CANDIDATE`.
    """
    from rich.text import Text

    from trimtab.decision.model import Verdict
    from trimtab.errors import UsageError
    from trimtab.report import explain as told
    from trimtab.workspace import Workspace

    with Workspace.open(None, ledger=ledger) as workspace:
        report = workspace.report(run)
    found = told(report, candidate=candidate, metric=metric)
    if not found:
        names = ", ".join(c.candidate for c in report.candidates)
        import difflib

        judged = ", ".join({row.metric: 0 for row in report.requirements()})
        known = [c.candidate for c in report.candidates] + [r.metric for r in report.requirements()]
        near = [best for asked in (candidate, metric) for best in difflib.get_close_matches(asked, known, n=1)]
        guess = f"Did you mean {' and '.join(map(repr, near))}? " if near else ""
        raise UsageError(
            "no verdict of that run has such a candidate and metric.",
            f"{guess}It has the candidates {names}, and judged {judged}.",
        )
    if not (candidate or metric):
        passing = {c.candidate for c in report.candidates if c.verdict is Verdict.PASS}
        found = [one for one in found if one.candidate in passing or one.verdict is not Verdict.PASS]
    colours = {Verdict.PASS: "green", Verdict.FAIL: "red", Verdict.INCONCLUSIVE: "yellow"}
    for one in found:
        kind = _KIND[one.asked]
        head = Text.assemble(
            (one.candidate, "bold"), " · ", (f"{one.metric}{kind}", "bold"), " · ",
            (one.verdict.value, colours[one.verdict]),
        )  # fmt: skip
        output.show(head, Text(" ".join(one.sentences)), "")
    output.data(
        {
            "run": report.decision.run,
            "verdicts": [
                {
                    "candidate": one.candidate,
                    "metric": one.metric,
                    "asked": one.asked,
                    "verdict": one.verdict.value,
                    "sentences": list(one.sentences),
                }
                for one in found
            ],
        }
    )
