"""Names of files in an archive: what people called them, as far as a disk takes it."""

import pytest

from media.domain.file_names import archive_name, entry_name


@pytest.mark.parametrize(
    ("file_name", "room_type", "expected"),
    [
        ("Stue mot sør.JPG", None, "007-Stue mot sør.jpg"),
        ("IMG_0001.heic", "kitchen", "007-IMG_0001.jpg"),
        ("../../etc/passwd", None, "007-passwd.jpg"),
        ("C:\\Users\\kari\\stue.png", None, "007-stue.jpg"),
        ('a<b>:"c|d?e*f.jpg', None, "007-a b c d e f.jpg"),
        ("kjeller\u202egpj.exe\x07.jpg", None, "007-kjeller gpj.exe.jpg"),
        ("nr. 4 i 2. etasje", None, "007-nr. 4 i 2. etasje.jpg"),
        ("  ...hidden.  .jpg", None, "007-hidden.jpg"),
        ("a" * 300 + ".jpg", None, f"007-{'a' * 100}.jpg"),
        ("A\u030angstrom.jpg", None, "007-\u00c5ngstrom.jpg"),
        ("[erased]", "childrens-room", "007-Children's Room.jpg"),
        ("", "tv-room", "007-TV Room.jpg"),
        ("???.jpg", None, "007-Photo.jpg"),
        (".jpg", None, "007-jpg.jpg"),
    ],
)
def test_a_file_is_called_what_the_original_was(
    file_name: str, room_type: str | None, expected: str
) -> None:
    assert entry_name(7, file_name, room_type) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Storgata 1 / H0201", "Storgata 1 H0201-2026-12-01.zip"),
        ("\u2067..\u2069", "Photo-2026-12-01.zip"),
    ],
)
def test_an_archive_is_called_what_the_project_is(title: str, expected: str) -> None:
    assert archive_name(title, "2026-12-01") == expected
