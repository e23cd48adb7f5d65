"""Questions that tell the class of risk of a system under the EU AI Act. Our own short wording; no legal advice.

Each question names the article it is about, as the catalogue of controls has it (`trimtab controls eu-ai-act`). Whoever
answers knows the system; whoever approves knows the law. What the questions cannot do is decide a case that is close.

Source:
    Regulation (EU) 2024/1689, articles 5, 6, 50, 51, annexes I and III, as amended in 2026; the catalogue says how its
    rows were checked.
"""

from dataclasses import dataclass
from typing import Literal

EDITION = "eu-ai-act-2026-11"
"""Of the questions: it changes whenever one is added, dropped or means something else."""

Part = Literal["prohibited", "product", "area", "derogation", "general", "transparency"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One yes or no. `only_if` names questions of which one must be answered yes, or it is not asked."""

    id: str
    part: Part
    link: str  # a control of the catalogue
    text: str
    only_if: tuple[str, ...] = ()


_ART_5 = "eu-ai-act:Art.5"
_ART_6 = "eu-ai-act:Art.6"

_PROHIBITED = (
    ("manipulates", "Does it steer people by means they do not notice, or deceive them, to their serious harm?"),
    ("exploits-weakness", "Does it use somebody's age, disability or hardship to steer them to serious harm?"),
    ("social-scoring", "Does it score people by their conduct or traits, so that they are treated worse elsewhere?"),
    ("predicts-crime", "Does it predict that a person will commit a crime, from profile or traits alone?"),
    ("scrapes-faces", "Does it build a database of faces from the internet or cameras without a target?"),
    ("reads-emotions", "Does it read emotions at work or in education, other than for medical or safety reasons?"),
    ("sorts-by-body", "Does it infer race, opinion, belief, sex life or orientation from biometric data?"),
    ("live-identification", "Does it identify people from afar in public, live, for law enforcement?"),
    ("intimate-images", "Can it be used to make intimate pictures of real people who have not agreed?"),
    ("child-abuse-material", "Can it be used to make material of sexual abuse of children?"),
)
_AREAS = (
    ("biometrics", 1, "Does it identify or categorise people by biometrics from afar, or read emotions?"),
    (
        "critical-infrastructure",
        2,
        "Is it a safety part of traffic, water, gas, heat, power or digital infrastructure?",
    ),
    ("education", 3, "Does it decide on admission, grade, place or watch people in education or training?"),
    ("employment", 4, "Does it recruit, select, promote, dismiss, assign work to or watch people at work?"),
    ("essential-services", 5, "Does it decide on benefits, credit, life or health insurance, or emergency calls?"),
    ("law-enforcement", 6, "Is it used for law enforcement: risk of persons, evidence, profiles, lie detection?"),
    ("migration", 7, "Is it used in migration, asylum or border control?"),
    ("justice-democracy", 8, "Does it help courts to decide, or is it meant to sway elections or votes?"),
)
_AREA_IDS = tuple(name for name, _, _ in _AREAS)
_DEROGATION = (
    ("narrow-task", "Does it only do a narrow procedural task?"),
    ("improves-human-work", "Does it only improve what a person has already finished?"),
    ("finds-deviations", "Does it only point out where past decisions deviate, with a person reviewing?"),
    ("prepares", "Does it only prepare an assessment that a person makes?"),
    ("profiles-people", "Does it profile natural persons? Then no derogation is open to it."),
)
_TRANSPARENCY = (
    ("talks-to-people", "1", "Do people interact with it directly, where it is not obvious that it is AI?"),
    ("makes-content", "2", "Does it make sound, pictures, video or text?"),
    ("reads-people", "3", "Does it read emotions of people, or categorise them by biometrics, where that is allowed?"),
    ("makes-deep-fakes", "4", "Does it make deep fakes, or text to inform the public on matters of its interest?"),
)

QUESTIONS: tuple[Question, ...] = (
    *(Question(id=name, part="prohibited", link=_ART_5, text=text) for name, text in _PROHIBITED),
    Question(
        id="regulated-product",
        part="product",
        link=_ART_6,
        text="Is it, or a safety part of, a product under the laws of Annex I that a third party must assess?",
    ),
    *(
        Question(id=name, part="area", link=f"eu-ai-act:AnnexIII.{number}", text=text)
        for name, number, text in _AREAS
    ),
    *(
        Question(id=name, part="derogation", link=_ART_6, text=text, only_if=_AREA_IDS)
        for name, text in _DEROGATION
    ),
    Question(
        id="general-purpose-model",
        part="general",
        link="eu-ai-act:Art.53",
        text="Do you place a model of general purpose on the market, rather than use somebody else's?",
    ),
    Question(
        id="systemic-risk",
        part="general",
        link="eu-ai-act:Art.55",
        text="Is that model one of systemic risk, by its computation or by designation?",
        only_if=("general-purpose-model",),
    ),
    *(
        Question(id=name, part="transparency", link=f"eu-ai-act:Art.50({number})", text=text)
        for name, number, text in _TRANSPARENCY
    ),
)  # fmt: skip
"""In the order in which they are asked."""

DEROGATES = frozenset({"narrow-task", "improves-human-work", "finds-deviations", "prepares"})
"""One of these is enough, unless people are profiled."""
PROFILES = "profiles-people"
