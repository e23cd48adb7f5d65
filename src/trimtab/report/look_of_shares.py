"""Shares as pages draw them: how much of a whole is covered, and a share of people with its interval."""

from trimtab.report.markup import Markup, element


def share_bar(covered: int, in_force: int) -> Markup:
    """How many of so many, as a filled part of a line; the words say the same."""
    if not in_force:
        return element("span", "none is in force", class_="quiet")
    share = covered / in_force
    parts = [
        element("rect", x=0, y=7, width="100%", height=8, rx=4, class_="track"),
        element("rect", x=0, y=7, width=f"{share * 100:.1f}%", height=8, rx=4, class_="used good"),
    ]
    words = f"{covered} of {in_force}"
    drawn = element("svg", element("title", f"{words} covered"), *parts, class_="share", role="img", height=22)
    told = element("span", words, " ", element("span", f"({share:.0%})", class_="ends"), class_="value")
    return element("span", drawn, " ", told, class_="score-of")


def share_of_people(value: float, low: float, high: float, words: str) -> Markup:
    """A share between 0 and 1 with its interval, on a line that is 0 at its left end and 1 at its right."""
    parts = [
        element("rect", x=0, y=9, width="100%", height=4, rx=2, class_="track"),
        element("line", x1=f"{low * 100:.1f}%", x2=f"{high * 100:.1f}%", y1=11, y2=11, class_="whisker"),
        element("circle", cx=f"{value * 100:.1f}%", cy=11, r=5.5, class_="dot"),
    ]
    drawn = element("svg", element("title", words), *parts, class_="share", role="img", height=22)
    return element("span", drawn, " ", element("span", words, class_="value"), class_="score-of")
