"""A policy in several files is the same policy."""

from trimtab.policy import check_policy, load_policy

SECTIONS = ("people:", "suites:", "metrics:", "tiers:", "red_lines:", "systems:")


def split(base):
    """The text of each section of the policy, and the head before them."""
    starts = [base.index(f"\n{name}") + 1 for name in SECTIONS]
    pieces = [base[start:stop] for start, stop in zip(starts, [*starts[1:], len(base)], strict=True)]
    return base[: starts[0]], pieces


def test_includes_do_not_change_the_policy(folder, base):
    whole = folder.load(base)
    head, pieces = split(base)
    for index, piece in enumerate(pieces):
        folder.write(piece, f"parts/{index}.yaml")
    path = folder.write(head + "include: [" + ", ".join(f"parts/{i}.yaml" for i in range(6)) + "]\n", "split.yaml")
    assert load_policy(path) == whole
    assert load_policy(path).digest == whole.digest


def test_mappings_merge_by_name_and_red_lines_join(folder, base):
    text = base.replace("red_lines: [hijack]", "include: more.yaml\nred_lines: [hijack]")
    folder.write("trimtab: 1\npeople: {auditor: {function: audit}}\nred_lines: [secret_leak]\n", "more.yaml")
    policy = folder.load(text)
    assert set(policy.people) == {"assistant-team", "safety-lead", "auditor"}
    assert policy.red_lines == ("hijack", "secret_leak")


def test_a_conflict_names_both_places(folder, base):
    folder.write("organisation: Another\ntiers:\n  high: {confidence: 0.5}\n", "more.yaml")
    found = folder.check(base + "include: more.yaml\n").errors
    assert [(mistake.path.rsplit("/", 1)[-1], mistake.line, mistake.where) for mistake in found] == [
        ("more.yaml", 1, "organisation"),
        ("more.yaml", 3, "tiers.high.confidence"),
    ]
    assert "trimtab.yaml:2" in found[0].message
    assert f"trimtab.yaml:{base[: base.index('confidence: 0.95')].count(chr(10)) + 1}" in found[1].message


def test_a_mistake_names_the_file_it_is_in(folder, base):
    head, pieces = split(base)
    folder.write(pieces[3].replace("confidence: 0.9\n", "confidnce: 0.9\n"), "sub dir/tiers.yaml")
    text = head + "".join(pieces[:3] + pieces[4:]) + "include: sub dir/tiers.yaml\n"
    found = folder.check(text).errors
    assert {mistake.path for mistake in found} == {str(folder.path / "sub dir/tiers.yaml")}
    assert {mistake.where for mistake in found} == {"tiers.internal.confidnce", "tiers.internal.confidence"}


def test_red_lines_of_an_included_file_keep_their_places(folder, base):
    folder.write("\n\nred_lines:\n  - nowhere\n", "more.yaml")
    (mistake,) = folder.check(base + "include: more.yaml\n").errors
    assert (mistake.path, mistake.line, mistake.where) == (str(folder.path / "more.yaml"), 4, "red_lines[1]")


def test_two_files_may_share_a_third_but_not_lead_in_a_circle(folder, base):
    folder.write("people: {auditor: {function: audit}}\n", "shared.yaml")
    folder.write("include: shared.yaml\n", "left.yaml")
    folder.write("include: shared.yaml\n", "right.yaml")
    assert folder.check(base + "include: [left.yaml, right.yaml]\n").errors == ()
    folder.write("include: trimtab.yaml\n", "right.yaml")
    (mistake,) = folder.check(base + "include: [left.yaml, right.yaml]\n").errors
    assert mistake.path.endswith("right.yaml")
    assert "leads back" in mistake.message
    assert (mistake.line, mistake.column) == (1, 10)


def test_a_file_that_includes_itself(folder, base):
    (mistake,) = folder.check(base + "include: trimtab.yaml\n").errors
    assert "leads back" in mistake.message


def test_an_included_file_that_is_not_there_is_reported_where_it_is_wanted(folder, base):
    checked = folder.check(base + "include: [gone.yaml]\n")
    (mistake,) = checked.errors
    assert checked.policy is None
    assert mistake.line == base.count("\n") + 1
    assert "gone.yaml does not exist" in mistake.message


def test_nothing_is_reported_missing_that_an_unreadable_file_may_define(folder, base):
    head, pieces = split(base)
    folder.write("tiers: [\n", "tiers.yaml")
    text = head + "".join(pieces[:3] + pieces[4:]) + "include: tiers.yaml\n"
    (mistake,) = folder.check(text).errors
    assert mistake.path.endswith("tiers.yaml")


def test_a_suite_file_counts_from_the_file_that_names_it(folder, base):
    folder.write("{}", "sub/cases.jsonl")
    suite = "suites: {own: {file: cases.jsonl, score: contains}}\n"
    folder.write(suite, "sub/suites.yaml")
    policy = folder.load(base + "include: sub/suites.yaml\n")
    assert policy.suites["own"].file == "sub/cases.jsonl"
    written = folder.load(base.replace("suites:\n", "suites:\n  own: {file: sub/cases.jsonl, score: contains}\n"))
    assert written.digest == policy.digest


def test_include_takes_paths_only(folder, base):
    for value in ("1", "{a: b}", "[[a]]", "''", "[~]"):
        found = folder.check(f"{base}include: {value}\n").errors
        assert ["takes the path of a file" in mistake.message for mistake in found] == [True], value


def test_a_chain_of_includes_is_followed_and_bounded(folder, base):
    for index in range(70):
        folder.write(f"include: {index + 1}.yaml\npeople: {{p{index}: {{function: x}}}}\n", f"{index}.yaml")
    checked = folder.check(base + "include: 0.yaml\n")
    (mistake,) = checked.errors
    assert "more than 64 files" in mistake.message
    assert check_policy(folder.path / "trimtab.yaml").policy is None
