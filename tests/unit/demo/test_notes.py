"""What the story keeps of itself."""

from pathlib import Path

from demo.notes import Notes


def test_notes_outlive_their_writer(tmp_path: Path) -> None:
    Notes(tmp_path / "main-job.json").keep("amount", 7)
    assert Notes(tmp_path / "main-job.json")["amount"] == 7
