"""The engineer's pages: runs, the red team, and data."""

from trimtab.serve.pages.declared import NAME, Page, Parameter
from trimtab.serve.pages.measure import data_sets, red_team, runs, traffic

_run = Parameter(name="run", about="Its id.", form=NAME, example="20260703T000000-0a1b2c", in_path=True)

ENGINEERING: tuple[Page, ...] = (
    Page(
        name="traffic",
        path="/systems/{system}/traffic",
        title="Guard traffic",
        about="What guards ruled on in front of one system in the last hour and the last day.",
        build=traffic.traffic,
        shape=traffic.TrafficPage,
        asked=(Parameter(name="system", about="Its name in the policy.", form=NAME, example="triage", in_path=True),),
        kept=False,
        live=True,
    ),
    Page(
        name="runs",
        path="/runs",
        title="Runs",
        about="Every time that candidates were measured: what came of it, how many cases, and what it cost.",
        build=runs.runs,
        shape=runs.Runs,
        asked=(Parameter(name="system", about="Only of this system.", form=NAME, example="triage"),),
        menu="Runs",
        group="Measure",
    ),
    Page(
        name="run",
        path="/runs/{run}",
        title="Run",
        about="One run: its verdict and why, its intervals and examples, what is otherwise since the run before.",
        build=runs.run,
        shape=runs.RunPage,
        asked=(_run,),
    ),
    Page(
        name="red-team",
        path="/red-team",
        title="Red team",
        about="Where attacks get through, what was covered, and what hunters found and probably left.",
        build=red_team.red_team,
        shape=red_team.RedTeam,
        menu="Red team",
        group="Measure",
    ),
    Page(
        name="baseline",
        path="/red-team/{run}",
        title="Red-team baseline",
        about="One run of attacks: rates by family and hazard, what it may cost, coverage, and where it breaks.",
        build=red_team.baseline,
        shape=red_team.BaselinePage,
        asked=(_run,),
    ),
    Page(
        name="family",
        path="/red-team/families/{family}",
        title="Family of attacks",
        about="One family of attacks: how many got through in each run.",
        build=red_team.family,
        shape=red_team.FamilyPage,
        asked=(
            Parameter(
                name="family",
                about="Its name.",
                form=r"(?!\.{1,2}$)[^\x00-\x1f\x7f/\\%]{1,80}",
                example="encoding",
                in_path=True,
            ),
        ),
    ),
    Page(
        name="datasets",
        path="/datasets",
        title="Data sets and lineage",
        about="Which cases were asked and how often they were seen, where registered data comes from, and who uses it.",
        build=data_sets.data_sets,
        shape=data_sets.DataSets,
        menu="Data",
        group="Measure",
    ),
)
"""In the order of the menu."""
