"""Commands, exit codes, progress.

Each command lives in a module of its own, imported only when it is asked
for, so that `trimtab --help` stays quick.
"""

import os
import signal
import sys
from importlib import import_module

import click

from trimtab import __version__
from trimtab.errors import ExitCode, PolicyError, TrimtabError

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
    "hunt": " What was recorded stands: `trimtab hunt show` tells it.",
    "score": _NO_FILE,
    "pairs": _NO_FILE,
    "search": _ANEW,
    "probe": _ANEW,
    "calibrate": _ANEW,
    "plan": _ANEW,
}

# name -> (module:attribute, one line of help)
_COMMANDS = {
    "run": ("trimtab.cli.run:run", "Measure every candidate, judge it against the policy, choose."),
    "choose": (
        "trimtab.cli.choose:choose",
        "Show who was chosen, what the floors cost, and what would tell two apart.",
    ),
    "search": ("trimtab.cli.search:search", "Try settings between the values of a grid, and propose some for a test."),
    "init": ("trimtab.cli.init:init", "Write a policy that runs."),
    "check": ("trimtab.cli.check:check", "Report every mistake in a policy at once."),
    "plan": ("trimtab.cli.plan:plan", "Say what a run will cost, before it is made."),
    "policy": ("trimtab.cli.policy:policy", "Compare policies, print the JSON Schema."),
    "suites": ("trimtab.cli.suites:suites", "List suites and metrics, show cases."),
    "controls": ("trimtab.cli.controls:controls", "List the regulations, standards and risks that links may name."),
    "redteam": ("trimtab.cli.redteam:redteam", "Attack a system, and show which families of attack get through."),
    "hunt": ("trimtab.cli.hunt:hunt", "Let others look for flaws for some hours, and tell what is still hidden."),
    "synth": ("trimtab.cli.synth:synth", "Make a large set of attacks, from a grammar or with a model."),
    "revise": ("trimtab.cli.revise:revise", "Make pairs and examples to train on, by a constitution that corrects."),
    "import": ("trimtab.cli.imports:imports", "Take in what other tools measured, with its counts."),
    "ledger": ("trimtab.cli.ledger:ledger", "Verify, show and export the evidence."),
    "guard": ("trimtab.cli.guard:guard", "Stand in front of a model and apply the policy."),
    "rewards": ("trimtab.cli.rewards:rewards", "Serve the training reward of a policy to trainers."),
    "monitor": ("trimtab.cli.monitor:monitor", "Look at what is in production: budgets, alarms, changes."),
    "score": ("trimtab.cli.score:score", "Score a data set by the floors of a policy, and keep what is safe or best."),
    "pairs": ("trimtab.cli.pairs:pairs", "Keep the preference pairs that teach what the policy wants."),
    "fit": ("trimtab.cli.fit:fit", "Learn a detector from labelled texts, its false alarms bounded."),
    "calibrate": ("trimtab.cli.calibrate:calibrate", "Set thresholds on marked answers, with a bound on the errors."),
    "marks": ("trimtab.cli.marks:marks", "List what people should mark, and add what they marked."),
    "watch": ("trimtab.cli.watch:watch", "Judge whether a measure has begun to flatter, from step to step."),
    "probe": ("trimtab.cli.probe:probe", "Look whether a suite still measures what it did."),
    "report": ("trimtab.cli.report:report", "Show a decision again, from the ledger."),
    "explain": ("trimtab.cli.explain:explain", "Tell in a few sentences why a verdict fell."),
}


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
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in _COMMANDS.items()])


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
    if unexpected:
        # The text of somebody else's exception may quote data, so only its type is shown.
        text = f"TT000 unexpected {type(error).__name__}. Run again with --debug and report it; nothing was decided."
    # A policy's mistakes are lines of their own, each of which says "error".
    mark = "" if isinstance(error, PolicyError) else click.style("error ", fg="red", bold=True, reset=True)
    click.echo(mark + text, err=True)
