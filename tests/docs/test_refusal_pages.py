"""What the pages say of the learned detectors and of `over-refusal` is what the card and the metric say."""

from training.text.pages import pages


def test_the_tables_are_those_of_the_card_and_the_metric():
    for path, fresh in pages().items():
        assert path.read_text(encoding="utf-8") == fresh, f"{path.name}: run python -m training.text.pages"
