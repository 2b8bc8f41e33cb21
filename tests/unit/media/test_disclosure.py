"""What is said of an altered photograph, in two languages and in the words of the IPTC."""

import pytest

from media.domain.disclosure import source_type, statement


@pytest.mark.parametrize(
    ("engine", "alteration", "kind"),
    [
        (None, "none", "digitalCapture"),
        ("local", "none", "digitalCapture"),
        ("local", "technical", "algorithmicallyEnhanced"),
        ("local", "material", "compositeSynthetic"),
        ("fal", "technical", "compositeWithTrainedAlgorithmicMedia"),
        ("fal", "material", "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_how_a_picture_came_to_be_is_said_by_an_address_of_the_iptc(
    engine: str | None, alteration: str, kind: str
) -> None:
    assert (
        source_type(engine, alteration) == f"http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"
    )


@pytest.mark.parametrize("engine", ["local", "fal"])
@pytest.mark.parametrize(
    ("alteration", "nb", "en"),
    [
        ("technical", "er ikke endret", "has not been changed"),
        ("material", "digitalt endret", "digitally altered"),
    ],
)
def test_a_statement_names_the_engine_and_what_was_changed(
    engine: str, alteration: str, nb: str, en: str
) -> None:
    said = statement(engine, "a-model-2", alteration)

    for text, kind in ((said.nb, nb), (said.en, en)):
        assert kind in text
        assert f"{engine}, a-model-2" in text
        assert text.endswith(".")
    assert ("generativ" in said.nb, "generative" in said.en) == ((engine == "fal",) * 2)


@pytest.mark.parametrize("engine", [None, "local", "fal"])
def test_what_was_not_altered_is_said_to_be_so(engine: str | None) -> None:
    said = statement(engine, None, "none")

    assert (said.nb, said.en) == ("Bildet er ikke endret.", "This picture has not been altered.")
