"""What is said of an altered photograph: in its file, and in a sentence beside it."""

from chassis.domain import value

# IPTC NewsCodes, scheme digitalsourcetype
NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AS_TAKEN = f"{NEWSCODES}digitalCapture"
# By the engine: what it does to light and colour, and to what is shown. A model that was trained
# makes up even what it leaves as it was.
CALCULATED = {
    "technical": f"{NEWSCODES}algorithmicallyEnhanced",
    "material": f"{NEWSCODES}compositeSynthetic",
}
TRAINED = f"{NEWSCODES}compositeWithTrainedAlgorithmicMedia"
LABEL = "Digitalt endret / Digitally altered"

UNALTERED = ("Bildet er ikke endret.", "This picture has not been altered.")
ALTERED = {
    "technical": (
        "Lys, farger og linjer i bildet er rettet med {nb}. Det som vises, er ikke endret.",
        "Light, colours and lines of this picture were corrected with {en}."
        " What it shows has not been changed.",
    ),
    "material": (
        "Bildet er digitalt endret med {nb}: noe av det som vises, er lagt til, byttet ut eller"
        " tatt bort.",
        "This picture was digitally altered with {en}: some of what it shows was added, replaced or"
        " taken away.",
    ),
}
BY_CALCULATION = ("bildebehandling ({engine}, {model})", "image processing ({engine}, {model})")
BY_A_MODEL = (
    "generativ kunstig intelligens ({engine}, {model})",
    "generative AI ({engine}, {model})",
)


@value
class Statement:
    """The sentence that goes with a picture, in Norwegian and English."""

    nb: str
    en: str


def source_type(engine: str | None, alteration: str) -> str:
    """Return how a picture came to be, as IPTC's Digital Source Type (an address).

    `alteration`: 'none', 'technical' or 'material'.
    """
    if engine is None or alteration == "none":
        return AS_TAKEN
    return CALCULATED[alteration] if engine == "local" else TRAINED


def statement(engine: str | None, model: str | None, alteration: str) -> Statement:
    """Return the sentence that says what was done to a picture, and by what."""
    if engine is None or alteration == "none":
        return Statement(nb=UNALTERED[0], en=UNALTERED[1])
    by = BY_CALCULATION if engine == "local" else BY_A_MODEL
    nb, en = (each.format(engine=engine, model=model) for each in by)
    said = ALTERED[alteration]
    return Statement(nb=said[0].format(nb=nb), en=said[1].format(en=en))
