"""Tree heads and proofs are those of RFC 9162, and no other proof is accepted."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimtab.evidence.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes([number])) for number in range(70)]


def defined(leaves):
    """MTH of section 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def test_leaf_and_empty_tree():
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root([]) == EMPTY_ROOT == Tree().root() == hashlib.sha256().digest()


@pytest.mark.parametrize("size", range(70))
def test_heads_are_as_defined(size):
    assert root(LEAVES[:size]) == defined(LEAVES[:size])


@given(st.lists(st.integers(0, 9), max_size=12))
def test_growing_in_any_steps_gives_the_same_tree(steps):
    tree, size = Tree(), 0
    for step in steps:
        tree.extend(LEAVES[size : size + step])
        size = min(size + step, len(LEAVES))
        again = Tree(tree.size, tree.peaks)
        assert tree.size == again.size == size
        assert tree.root() == again.root() == defined(LEAVES[:size])
        tree = again


@pytest.mark.parametrize(("size", "peaks"), [(-1, b""), (1, b""), (0, bytes(32)), (3, bytes(32)), (4, bytes(33))])
def test_peaks_that_do_not_fit_are_refused(size, peaks):
    with pytest.raises(ValueError):
        Tree(size, peaks)


def test_every_inclusion_is_proved_and_nothing_else():
    for size in range(1, 34):
        head = root(LEAVES[:size])
        for index in range(size):
            proof = inclusion_proof(LEAVES, index, size)
            assert verify_inclusion(LEAVES[index], index, size, proof, head)
            assert not verify_inclusion(LEAVES[index + 1], index, size, proof, head)
            assert not verify_inclusion(LEAVES[index], index, size, [*proof, bytes(32)], head)
            assert not verify_inclusion(LEAVES[index], index, size, proof, bytes(32))
            assert not verify_inclusion(LEAVES[index], size, size, proof, head)
            assert not verify_inclusion(LEAVES[index], -1, size, proof, head)
            if proof:
                assert not verify_inclusion(LEAVES[index], index, size, proof[1:], head)
                assert not verify_inclusion(LEAVES[index], index, size, [bytes(32), *proof[1:]], head)
            for other in range(size):
                # Only its own place: another index never passes with the same proof.
                assert verify_inclusion(LEAVES[index], other, size, proof, head) == (other == index)


def test_every_growth_is_proved_and_nothing_else():
    heads = [root(LEAVES[:size]) for size in range(34)]
    for new in range(1, 34):
        for old in range(1, new + 1):
            proof = consistency_proof(LEAVES, old, new)
            assert verify_consistency(old, new, heads[old], heads[new], proof)
            assert not verify_consistency(old, new, bytes(32), heads[new], proof)
            assert not verify_consistency(old, new, heads[old], bytes(32), proof)
            assert not verify_consistency(old, new, heads[old], heads[new], [*proof, bytes(32)])
            if proof:
                assert not verify_consistency(old, new, heads[old], heads[new], proof[:-1])
                assert not verify_consistency(old, new, heads[old], heads[new], [])
                assert not verify_consistency(old, new, heads[old], heads[new], [bytes(32), *proof[1:]])


def test_a_rewritten_past_has_no_consistency_proof():
    changed = [*LEAVES[:3], leaf_hash(b"changed"), *LEAVES[4:]]
    for old, new in ((5, 8), (4, 9), (7, 21)):
        proof = consistency_proof(changed, old, new)
        assert not verify_consistency(old, new, root(LEAVES[:old]), root(changed[:new]), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0), (0, 99), (70, 71)])
def test_impossible_inclusions_are_refused(index, size):
    with pytest.raises(ValueError):
        inclusion_proof(LEAVES, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3), (3, 99), (70, 71), (71, 71)])
def test_impossible_growth_is_refused(old, new):
    with pytest.raises(ValueError):
        consistency_proof(LEAVES, old, new)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3), (0, 0)])
def test_impossible_growth_is_never_shown(old, new):
    assert not verify_consistency(old, new, EMPTY_ROOT, EMPTY_ROOT, [])
