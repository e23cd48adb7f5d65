"""What a set of weights says, in words: `weight:high/safety/R04` is what R04 weighs in the pillar of a tier."""

_KINDS = {
    "pillar": "weight of the pillar",
    "weight": "share of its pillar",
    "half-life": "days after which evidence counts half",
    "veto": "veto",
    "organisation": "told of the whole organisation",
    "floor": "floor",
    "target": "target",
}
_SWITCHES = ("veto", "organisation")


def weight_of(name: str) -> tuple[str, str, str]:
    """What a number is of, in which tier, and what it is."""
    kind, _, rest = name.partition(":")
    if not rest:
        return name, "", "tier"
    tier, _, inner = rest.partition("/")
    pillar, _, metric = inner.partition("/")
    what = _KINDS.get(kind, kind)
    if kind == "weight" and metric:
        return metric, tier, f"{what}, {pillar}"
    return inner, tier, what


def shares_a_scale(name: str) -> bool:
    """Whether the number is a share in [0, 1], so that before and after can be drawn beside others."""
    return name.partition(":")[0] in {"pillar", "weight"} and ":" in name


def written(name: str, value: float | None) -> str:
    """A number of a set as it is written: switches as on and off, shares as percent."""
    if value is None:
        return "none"
    kind = name.partition(":")[0]
    if kind in _SWITCHES:
        return "on" if value else "off"
    return f"{value * 100:.1f} %" if shares_a_scale(name) else f"{value:g}"
