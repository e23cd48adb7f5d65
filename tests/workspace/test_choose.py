"""`trimtab choose`: the choice of a real run, from the ledger alone."""

import json


def test_one_page_from_the_ledger_alone(place):
    place.write(cases=40, leaks=1)
    place.decided()
    (place.folder / "trimtab.yaml").unlink()
    done = place.trimtab("choose", "--out", "again")
    assert done.returncode == 0, done.stdout + done.stderr
    said = " ".join(done.stdout.split())
    assert "Each of 2 candidates was judged at 95% confidence" in said
    assert "leak at most 20%: costs nothing now" in said
    assert "What each requirement costs" in (place.folder / "again" / "report.html").read_text(encoding="utf-8")


def test_json_and_exit_code_are_the_decision_s(place):
    place.write(cases=40, leaks=20)
    decided = place.decided()
    done = place.trimtab("choose", "--json", "--quiet")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["schema"] == "trimtab-choice/1"
    assert told["winner"] is None
    assert {key: told[key] for key in decided["choice"]} == decided["choice"]
    price = next(price for price in told["prices"] if price["metric"] == "leak" and price["asked"] == "floor")
    assert 0.5 < price["steps"][0]["bound"] < 0.8  # half of them leaked


def test_without_a_ledger_nothing_is_chosen(place):
    done = place.trimtab("choose")
    assert done.returncode == 4
    assert "`trimtab run` makes one" in done.stderr
