"""Commands, exit codes, progress.

Each command lives in a module of its own, imported only when it is asked
for, so that `trimtab --help` stays quick.
"""

import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict
from importlib import import_module

import click

from trimtab import __version__
from trimtab.errors import EntryError, ExitCode, Mistake, PolicyError, TrimtabError

_INTERRUPTED = 130  # what shells expect after Ctrl-C
_PIPE = 141  # and after a reader that went away
_ENDED = 143  # and after SIGTERM, as runners of pipelines and containers send it

# What an interrupted command leaves behind.
_MEASURED = " What was measured is kept; run the same command again to go on."
_ANEW = " Run the same command again; it begins anew."
_NO_FILE = " No file was put in place. Run the same command again; it begins anew."
_KEPT = {
    "import": " Nothing of what was being done is in the ledger.",
    "run": _MEASURED,
    "redteam": _MEASURED,
    "monitor": _MEASURED,
    "synth": " No file was put in place. What a writer answered is kept; run the same command again to go on.",
    "revise": " No file was put in place. What was answered is kept; run the same command again to go on.",
    "intake": " What was answered with 200 is in the ledger, and nothing else of what was delivered.",
    "hunt": " What was recorded stands: `trimtab hunt show` tells it.",
    "score": _NO_FILE,
    "pairs": _NO_FILE,
    "search": _ANEW,
    "probe": _ANEW,
    "calibrate": _ANEW,
    "plan": _ANEW,
}

# By what people do: name -> (module:attribute, one line of help)
_SECTIONS = {
    "Measure and decide": {
        "init": ("trimtab.cli.init:init", "Write a policy that runs."),
        "check": ("trimtab.cli.check:check", "Report every mistake in a policy at once."),
        "plan": ("trimtab.cli.plan:plan", "Say what a run will cost, before it is made."),
        "run": ("trimtab.cli.run:run", "Measure every candidate, judge it against the policy, choose."),
        "report": ("trimtab.cli.report:report", "Show a decision again, from the ledger."),
        "ci": ("trimtab.cli.ci:ci", "Tell a code host what was decided."),
        "explain": ("trimtab.cli.explain:explain", "Tell in a few sentences why a verdict fell."),
        "choose": (
            "trimtab.cli.choose:choose",
            "Show who was chosen, what the floors cost, and what would tell two apart.",
        ),
        "search": (
            "trimtab.cli.search:search",
            "Try settings between the values of a grid, and propose some for a test.",
        ),
        "suites": ("trimtab.cli.suites:suites", "List suites and metrics, show cases."),
        "import": ("trimtab.cli.imports:imports", "Take in what other tools measured, with its counts."),
        "redteam": ("trimtab.cli.redteam:redteam", "Attack a system, and show which families of attack get through."),
        "hunt": ("trimtab.cli.hunt:hunt", "Let others look for flaws for some hours, and tell what is still hidden."),
        "synth": ("trimtab.cli.synth:synth", "Make a large set of attacks, from a grammar or with a model."),
        "calibrate": (
            "trimtab.cli.calibrate:calibrate",
            "Set thresholds on marked answers, with a bound on the errors.",
        ),
        "marks": ("trimtab.cli.marks:marks", "List what people should mark, and add what they marked."),
        "watch": ("trimtab.cli.watch:watch", "Judge whether a measure has begun to flatter, from step to step."),
        "probe": ("trimtab.cli.probe:probe", "Look whether a suite still measures what it did."),
    },
    "Guard and train": {
        "guard": ("trimtab.cli.guard:guard", "Stand in front of a model and apply the policy."),
        "monitor": ("trimtab.cli.monitor:monitor", "Look at what is in production: budgets, alarms, changes."),
        "fit": ("trimtab.cli.fit:fit", "Learn a detector from labelled texts, its false alarms bounded."),
        "revise": (
            "trimtab.cli.revise:revise",
            "Make pairs and examples to train on, by a constitution that corrects.",
        ),
        "rewards": ("trimtab.cli.rewards:rewards", "Serve the training reward of a policy to trainers."),
        "score": (
            "trimtab.cli.score:score",
            "Score a data set by the floors of a policy, and keep what is safe or best.",
        ),
        "pairs": ("trimtab.cli.pairs:pairs", "Keep the preference pairs that teach what the policy wants."),
    },
    "The books: what happened, what is in use, who learned what": {
        "incident": ("trimtab.cli.incident:incident", "Record incidents, from their opening to a verified fix."),
        "finding": ("trimtab.cli.finding:finding", "Record what audits and tests found, until its fix is verified."),
        "near-miss": ("trimtab.cli.entries:near_miss", "Report a near miss."),
        "spend": ("trimtab.cli.entries:spend", "Record money that was spent."),
        "count": ("trimtab.cli.entries:count", "Record a count that feeds a KPI."),
        "exposure": ("trimtab.cli.entries:exposure", "Record how much a system was used."),
        "business": ("trimtab.cli.entries:business", "Record business of units that an incident met, or did not."),
        "note": ("trimtab.cli.entries:note", "State something, under your name."),
        "record": ("trimtab.cli.entries:record", "Enter a file of incidents, findings, spending, ... at once."),
        "intake": ("trimtab.cli.intake:intake", "Take signed web hooks of other systems into the books."),
        "register": ("trimtab.cli.register:register", "Register a system, model, data set, feature or prompt."),
        "registry": ("trimtab.cli.registry:registry", "Show what is registered, and in which class of risk it is."),
        "discover": ("trimtab.cli.discover:discover", "Look for AI in use that nobody has registered."),
        "audited": ("trimtab.cli.frameworks:audited", "Record a test of a control."),
        "document": ("trimtab.cli.frameworks:document", "Record a model card, an assessment, a notice."),
        "not-applicable": ("trimtab.cli.frameworks:not_applicable", "Say that a control does not apply, and why."),
        "training": ("trimtab.cli.learn:training", "Record what somebody learned, or who joined or left a role."),
        "learn": ("trimtab.cli.learn:learn", "Courses, modules made from what happened here, and quizzes."),
        "person": ("trimtab.cli.person:person", "Name somebody who is not in the policy, so that it can be forgotten."),
    },
    "Steer: figures, release, money, vendors": {
        "serve": ("trimtab.cli.serve:serve", "Show what the ledger holds as pages in a browser."),
        "user": ("trimtab.cli.user:user", "Say who may open the pages of a team."),
        "token": ("trimtab.cli.token:token", "Make tokens for programs that ask the pages of a team."),
        "kpi": ("trimtab.cli.kpi:kpi", "Show what the organisation is steered by, computed from the ledger."),
        "board": ("trimtab.cli.board:board", "Show what a board decides on, on one page that prints."),
        "card": ("trimtab.cli.card:card", "Make cards of models, systems and data sets, and a bill of materials."),
        "scorecard": (
            "trimtab.cli.scorecard:scorecard",
            "Show who stands where, why, and what would honestly raise it.",
        ),
        "frameworks": ("trimtab.cli.frameworks:frameworks", "Hold controls of regulations against the evidence."),
        "review": ("trimtab.cli.review:review", "Make the pack of a quarterly review."),
        "wins": ("trimtab.cli.wins:wins", "Tell what was kept from going wrong, every number bound to evidence."),
        "impact": ("trimtab.cli.impact:impact", "Show what an incident did to revenue, churn, trust and downtime."),
        "liaison": (
            "trimtab.cli.liaison:liaison",
            "Show what the business wants beside what safety asks, and the gaps.",
        ),
        "recalibrate": ("trimtab.cli.recalibrate:recalibrate", "Propose other weights of the score, try them, vote."),
        "incentives": (
            "trimtab.cli.incentives:incentives",
            "Show what the score does to bonuses, by the published rule.",
        ),
        "consent": ("trimtab.cli.consent:consent", "Ask for consent to a release, sign it, see whether it holds."),
        "deployed": ("trimtab.cli.release:deployed", "Record that a version went out."),
        "attest": ("trimtab.cli.release:attest", "Attest a decision, for whoever lets the artefact out."),
        "verify-release": ("trimtab.cli.release:verify_release", "Let out only an artefact that was decided PASS."),
        "mlflow": ("trimtab.cli.mlflow:mlflow", "Tell MLflow what was decided."),
        "loss": ("trimtab.cli.loss:loss", "Tell what the failures of a year may cost, against the appetite."),
        "appetite": ("trimtab.cli.request:appetite", "State how much may be lost, as who bears it."),
        "request": ("trimtab.cli.request:request", "Ask the shared risk budget for money."),
        "budget": ("trimtab.cli.budget:budget", "Plan the risk budget, vote, release, settle."),
        "milestone": ("trimtab.cli.request:milestone", "Say that a milestone of a request is reached."),
        "claim": ("trimtab.cli.request:claim", "Claim a loss avoided, and say what claims came to."),
        "committee": ("trimtab.cli.committee:committee", "Draw who decides on the risk budget, by lot."),
        "vendor": ("trimtab.cli.vendor:vendor", "Assess vendors, show where they stand, and write to them."),
    },
    "Policy and ledger": {
        "policy": ("trimtab.cli.policy:policy", "Compare policies, print the JSON Schema."),
        "controls": ("trimtab.cli.controls:controls", "List the regulations, standards and risks that links may name."),
        "ledger": ("trimtab.cli.ledger:ledger", "Verify, show and export the evidence."),
    },
}
_COMMANDS = {name: found for section in _SECTIONS.values() for name, found in section.items()}


class LazyGroup(click.Group):
    """Knows its commands by name and help line, and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, _COMMANDS))  # one column for all sections
        for title, section in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), line) for name, (_, line) in section.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trimtab")
def app() -> None:
    """Ship the best model that is safe enough, and be able to prove it.

    Exit codes: 0 pass, 1 fail, 2 usage or policy, 3 inconclusive, 4 unavailable, 130 interrupted, 143 ended by SIGTERM.
    """


def main() -> None:
    """Entry point: one message per error, no traceback unless --debug asks for it."""
    debug = "--debug" in sys.argv
    ended = _end_as_ctrl_c_does()
    try:
        result = app.main(standalone_mode=False)
        code = result if isinstance(result, int) else ExitCode.PASS
    except TrimtabError as error:
        _say(error, debug=debug)
        code = error.exit_code
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        kept = _KEPT.get("".join(sys.argv[1:2]), "")
        click.echo(f"{'Ended by SIGTERM' if ended else 'Interrupted'}.{kept}", err=True)
        code = _ENDED if ended else _INTERRUPTED
    except click.ClickException as error:
        if _as_json():
            _say_as_json("TT102", error.format_message(), ExitCode.USAGE)
        else:
            error.show()
        code = ExitCode.USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nothing to say
        code = _PIPE
    except SystemExit as end:
        if isinstance(end.__context__, OSError):
            sys.exit(_PIPE)  # click ends a process whose reader went away
        # Somebody's module ended the process, perhaps with 0. Nothing was decided, so it is no pass.
        click.echo("error TT000 a plugin or suite called sys.exit; nothing was decided.", err=True)
        code = ExitCode.UNAVAILABLE
    except Exception as error:  # noqa: BLE001  # the last line: unknown is never a pass
        _say(error, debug=debug, unexpected=True)
        code = ExitCode.UNAVAILABLE
    sys.exit(int(code))


def _end_as_ctrl_c_does() -> list[int]:
    """Let SIGTERM end commands as Ctrl-C does, rows written and models stopped; holds the signal once it came."""
    ended: list[int] = []

    def end(number: int, _: object) -> None:
        ended.append(number)
        signal.raise_signal(signal.SIGINT)

    # A job in the background of a script is deaf to SIGINT; there SIGTERM keeps the force it has by default.
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGTERM, end)
    return ended


def _say(error: Exception, *, debug: bool, unexpected: bool = False) -> None:
    if debug:
        import traceback

        traceback.print_exception(error)
        return
    text = str(error)
    code, ends = getattr(error, "code", ""), getattr(error, "exit_code", ExitCode.UNAVAILABLE)
    if unexpected:
        # The text of somebody else's exception may quote data, so only its type is shown.
        text = f"TT000 unexpected {type(error).__name__}. Run again with --debug and report it; nothing was decided."
        code, ends = "TT000", ExitCode.UNAVAILABLE
    if _as_json():
        _say_as_json(code, text, ends, getattr(error, "mistakes", ()))
        return
    # A policy's mistakes are lines of their own, each of which says "error".
    mark = "" if isinstance(error, EntryError | PolicyError) else click.style("error ", fg="red", bold=True, reset=True)
    click.echo(mark + text, err=True)


def _as_json() -> bool:
    """Whether --json was asked for, by a command that may never have come to read its options."""
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    return "--json" in own


def _say_as_json(code: str, message: str, ends: int, mistakes: Iterable[Mistake] = ()) -> None:
    """One line to standard error, after whatever was noted there; standard output stays empty, or what it was."""
    import json

    told = {"code": code, "message": message, "exit_code": int(ends), "mistakes": [asdict(one) for one in mistakes]}
    click.echo(json.dumps({"error": told}, sort_keys=True), err=True)
