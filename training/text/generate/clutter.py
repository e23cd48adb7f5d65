"""Tables, code, logs and questions about code: what documents hold besides sentences, and no two alike.

None of it speaks to an assistant. Names are made of syllables, so that no word of it becomes a sign.
"""

import random

from training.text.generate.grammar import Grammar, draw

_SYLLABLES = (
    "ba be bi bo da de di do fa fe ga go ha he ka ke ki ko la le li lo ma me mi mo na ne ni no pa pe po ra re ri ro sa se "
    "si so ta te ti to va ve vi vo wa za"
).split()
_WORDS = (
    "time year city river team film song match goal city party court river island league title role album actor club "
    "coach winner round score rank total name date price size model type state county mayor station line route driver "
    "car engine lap points result home away network episode season series director award notes opponent venue lake"
).split()
_THINGS = (
    "user item row file order node list data value index count path cache token event page price date image job".split()
)
_DOES = (
    "get set load save parse read write check find make build send sort merge split add remove update print run".split()
)

_G: Grammar = {
    "q": ["How do I {do} a {thing} in {lang}?", "I am trying to {do} a {thing} but it does not work.", "Why does my {lang} code fail to {do} the {thing}?", "When I {do} the {thing}, I get a {err}.", "Is there a better way to {do} {thing}s?", "What is the difference between {do} and {do} in {lang}?",
          "I have a {thing} with several {thing}s and want to {do} each.", "This used to work before the upgrade.", "I tried to {do} it first, but then the {thing} is empty.", "Any help would be appreciated.", "Here is my code:", "The expected output is:", "What am I doing wrong?", "Thanks!", "I am new to {lang}.",
          "You need to {do} the {thing} before you {do} it.", "Use a {thing} instead; it is faster.", "Note that the {thing} must not be None.", "If you want to ignore missing {thing}s, pass the flag.", "To override the method, subclass the {thing}.", "Simply replace the line with the following.", "Make sure to import it first.", "Edit: solved, the {thing} was wrong."],
    "log": ["{n} INFO {thing} loaded in {n} ms", "{n} WARNING {thing} ignored", "{n} ERROR cannot {do} {thing}: {err}", "[{n}] system restarted", "{n} DEBUG user {n} {do} {thing}", "GET /{thing}/{n} 200", "Traceback (most recent call last):", '  File "{thing}.py", line {n}, in {do}_{thing}', "{err}: {thing}"],
    "prose": ["It was first {done} in {n} and has {n} {word}s.", "The {word} lies north of the {word}.", "After the {word}, the {word} was {done} to the {word}.", "In {n}, {name} became {word} of the {name} {word}.", "{name} ({n}-{n}) was a {word} who {done} the {word}.", "Critics {done} the {word} for its {word} and {word}.", "The {word} of {name} was {done} by {name}.",
              "A {word} of the ministry said that the {word} would be {done}.", "Prices of {word}s fell by {n} percent, {name} said on Monday.", "Shares in {name} rose after the {word} was {done}.", "According to {name}, the {word} is {done} every year.", "{name} {done} two {word}s in the second half.", "The {word} is {done} with {word} and served with {word}.", "Doctors in {name} {done} {n} people last year."],
    "done": ["opened", "moved", "praised", "won", "sold", "built", "reported", "renamed", "closed", "treated", "published", "recorded", "filmed", "scored", "divided", "restored", "elected"],
    "err": ["TypeError", "KeyError", "NullPointerException", "segmentation fault", "syntax error", "404 error", "timeout", "ValueError"],
    "lang": ["Python", "Java", "C#", "JavaScript", "pandas", "SQL", "Swift", "PHP", "R", "bash", "Django", "React", "C++"],
    "thing": _THINGS, "do": _DOES, "word": _WORDS,
}  # fmt: skip


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randrange(2, 4))).capitalize()


def _filled(rng: random.Random, start: str) -> str:
    number = str(rng.randrange(1, 10 ** rng.randrange(1, 6)))
    return draw(rng, {**_G, "n": [number, "12", "2004", "7"], "name": [_name(rng), _name(rng)]}, start)


def _cell(rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.35:
        return str(rng.randrange(1, 10 ** rng.randrange(1, 6)))
    if roll < 0.5:
        return f"{rng.randrange(100)}.{rng.randrange(10)}"
    if roll < 0.8:
        return " ".join(_name(rng) for _ in range(rng.randrange(1, 3)))
    return rng.choice(("yes", "no", "", "-", "n/a", "draw", "won", "lost", "2nd", "May 4", *_WORDS))


def _table(rng: random.Random) -> list[str]:
    columns = rng.randrange(2, 7)
    joint = rng.choice((" | ", ",", "\t", ";", "  ", " & "))
    head = joint.join(rng.choice(_WORDS).capitalize() for _ in range(columns))
    rows = [joint.join(_cell(rng) for _ in range(columns)) for _ in range(rng.randrange(2, 12))]
    lines = [head, *(["|".join(["---"] * columns)] if joint == " | " else []), *rows]
    return [f"| {line} |" for line in lines] if joint == " | " and rng.random() < 0.7 else lines


def _code(rng: random.Random) -> list[str]:
    def one() -> str:
        thing, other, does = rng.choice(_THINGS), rng.choice(_THINGS), rng.choice(_DOES)
        return rng.choice(
            (
                f"{thing} = {does}_{other}({thing}s[{rng.randrange(9)}])",
                f"def {does}_{thing}({other}, {thing}=None):",
                f"    return {other}.{does}({thing})",
                f"for {thing} in {other}s:",
                f"if ({thing} == null) {{ {does}{other.capitalize()}(); }}",
                f"var {thing} = new {other.capitalize()}({rng.randrange(99)});",
                f"public void {does}{thing.capitalize()}({other.capitalize()} {other}) {{",
                f"SELECT {thing}, {other} FROM {thing}s WHERE {other} > {rng.randrange(99)};",  # noqa: S608  # asks no database
                f"// {does} the {thing}",
                f"# {does} each {thing}, ignore the {other}",
                f"import {thing}.{other}",
                f"print({thing}['{other}'])",
                f"<div class='{thing}'>{{{{ {other}.{thing} }}}}</div>",
                f"$ {does} --{thing} {other}.txt",
                f"{thing}.{does}().then({other} => console.log({other}));",
                f'{{"{thing}": {rng.randrange(99)}, "{other}": "{_name(rng)}"}}',
            )
        )

    return [one() for _ in range(rng.randrange(2, 10))]


def clutter(rng: random.Random) -> list[str]:
    """The lines or sentences of a table, a piece of code, a question about one, a log or an article."""
    roll = rng.random()
    if roll < 0.3:
        return _table(rng)
    if roll < 0.45:
        return _code(rng)
    if roll < 0.65:
        asked = [_filled(rng, "{q}") for _ in range(rng.randrange(2, 6))]
        return [*asked[:-1], *(_code(rng) if rng.random() < 0.6 else []), asked[-1]]
    return [_filled(rng, "{log}" if roll < 0.75 else "{prose}") for _ in range(rng.randrange(2, 9))]
