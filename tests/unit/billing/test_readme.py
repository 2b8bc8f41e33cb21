"""The README's decision tables are those of the code."""

import re
from pathlib import Path

import pytest

import billing
from billing.app import DOMAIN
from chassis import decision_table

README = Path(billing.__file__).with_name("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOMAIN)
def test_the_readme_shows_what_is_decided(name: str) -> None:
    found = re.search(rf"<!-- decide:{name} -->\n(.*?)\n<!-- end -->", README, re.DOTALL)

    assert found is not None
    assert found[1] == decision_table.markdown(DOMAIN[name])
