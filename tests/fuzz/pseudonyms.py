"""What is masked with pseudonyms comes back exactly, from the vault and through the guard, and holds nothing to find."""

from tests.fuzz.guards import guard
from tests.fuzz.texts import text_of

from trimtab.enforce import Action, Vault
from trimtab.kinds import Message

_GUARD = guard("patterns", how="pseudonym", restore=True)


def check(data: bytes) -> None:
    """Raises AssertionError when a text of these bytes breaks a promise."""
    text = text_of(data)[:2_000]
    vault = Vault()
    ruling = _GUARD.input([Message("user", text)], vault=vault)
    if not ruling.goes_on:  # every mask uncovers something new: such a text is withheld
        return
    seen = ruling.messages[0].content
    assert vault.restore(seen) == text
    assert _GUARD.output(seen, vault=vault).text == text
    again = _GUARD.input([Message("user", seen)])
    assert (again.action, again.messages[0].content) == (Action.ALLOW, seen)
    if seen == text:
        assert not ruling.seen
