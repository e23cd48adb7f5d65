"""Sections of documents: a heading with something under it, and no placeholder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.decision.sections import SECTIONS, sections_of

NOTICE = """# Notice
## You talk to a machine
Answers here are made by software.
## What it is for
Questions about opening hours, and {purpose}.
## Your data
We keep digests only.
### For how long
Six months.
## How to reach a person
Call the desk, at any hour.
"""


def notice(text=NOTICE, kind="transparency-notice"):
    return sections_of(text.replace("{purpose}", "nothing else"), kind)


def test_a_whole_notice():
    found = notice()
    assert (found.filled, found.mandatory, found.empty) == (4, 4, {})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("We keep digests only.\n### For how long\nSix months.", "", "nothing stands under its heading"),
        ("We keep digests only.", "TBD", "a placeholder stands there"),
        ("We keep digests only.", "[More Information Needed]", "a placeholder stands there"),
        ("We keep digests only.", "<!-- We keep digests only. -->", "nothing stands under its heading"),
        ("## Your data", "## Yours", "no heading names it"),
        ("## Your data", "```\n## Your data\n```", "no heading names it"),
    ],
)
def test_what_says_nothing(old, new, said):
    found = notice(NOTICE.replace(old, new))
    assert found.empty == {"what becomes of data": said}
    assert found.filled + len(found.empty) == found.mandatory


def test_of_other_documents_every_heading_is_mandatory():
    found = notice("# Plan\nOnce a day, all alarms, en todo caso.\n# Who\nTODO\n", "monitoring-plan")
    assert (found.filled, found.empty) == (1, {"Who": "a placeholder stands there"})
    assert notice("no heading", "record").mandatory == 0


@pytest.mark.parametrize("kind", sorted(SECTIONS))
def test_an_empty_document_fills_nothing(kind):
    found = sections_of("", kind)
    assert (found.filled, found.mandatory) == (0, len(SECTIONS[kind]))


@given(st.text(alphabet="#\n ab`<!->{[TODO", max_size=200), st.sampled_from([*SECTIONS, "record"]))
def test_no_text_breaks_it(text, kind):
    found = sections_of(text, kind)
    assert 0 <= found.filled <= found.mandatory
