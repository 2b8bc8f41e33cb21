"""E-invoices in a folder: whole files, which nobody but their owner can read."""

import os
import stat
from pathlib import Path
from uuid import UUID

from billing.gateways import einvoice

ID = UUID(int=7)


def test_a_document_s_file_is_there_whole_under_its_id(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        einvoice.folder(tmp_path / "out")(ID, b"<Invoice/>")
    finally:
        os.umask(before)
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "00000000-0000-0000-0000-000000000007.xml"
    assert file.read_bytes() == b"<Invoice/>"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


def test_a_repeat_takes_its_place_and_leaves_no_rest(tmp_path: Path) -> None:
    put = einvoice.folder(tmp_path)
    (tmp_path / f".{ID}.xml").write_bytes(b"half of one that was killed, and longer")
    put(ID, b"<Invoice>long</Invoice>")
    put(ID, b"<Invoice/>")
    put(UUID(int=8), b"<CreditNote/>")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {
        f"{ID}.xml": b"<Invoice/>",
        f"{UUID(int=8)}.xml": b"<CreditNote/>",
    }


def test_it_is_put_nowhere_unless_there_is_to_be_a_folder(tmp_path: Path) -> None:
    assert einvoice.opened("off", str(tmp_path)) is None
    put = einvoice.opened("folder", str(tmp_path))
    assert put is not None
    put(ID, b"<Invoice/>")
    assert [each.name for each in tmp_path.iterdir()] == [f"{ID}.xml"]
