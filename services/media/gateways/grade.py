"""The looks of the style templates: what each adds to light that has been corrected."""

from chassis.domain import value


@value
class Grade:
    """A template's look, in words a photographer uses.

    `lightness` is where a middle lightness (0.5) comes to lie, `contrast` the strength of an
    S-curve, `clarity` the share by which local contrast grows, `saturation` a factor. The two
    tints are shifts (green to red, blue to yellow) in CIE Lab for shadows and for highlights;
    what has a strong colour of its own keeps it.
    """

    lightness: float = 0.5
    contrast: float = 0.0
    clarity: float = 0.0
    saturation: float = 1.0
    shadows: tuple[float, float] = (0.0, 0.0)
    highlights: tuple[float, float] = (0.0, 0.0)


GRADES = {
    "modern": Grade(
        lightness=0.51,
        contrast=0.28,
        clarity=0.30,
        saturation=0.88,
        shadows=(-2, -7),
        highlights=(-2, -5),
    ),
    "scandinavian": Grade(
        lightness=0.60, contrast=-0.06, clarity=0.15, saturation=0.84, highlights=(0, 2)
    ),
    "modern-minimalist": Grade(
        lightness=0.53, contrast=0.04, clarity=0.05, saturation=0.50, shadows=(0, -2)
    ),
    "luxury-high-end": Grade(
        lightness=0.44,
        contrast=0.18,
        clarity=0.25,
        saturation=1.10,
        shadows=(1, -2),
        highlights=(1, 5),
    ),
    "warm-cozy": Grade(
        lightness=0.48,
        contrast=0.06,
        clarity=0.15,
        saturation=1.08,
        shadows=(3, 5),
        highlights=(3, 10),
    ),
    "professional-lighting": Grade(contrast=0.12, clarity=0.15),
}
