"""What photographs must reach (E1 to E9), as the engine reaches it: a row a figure."""

import resource
from collections.abc import Iterator
from itertools import combinations

import cv2
import numpy as np

from chassis.domain import value
from media.gateways.geometry import correction, upright
from media.gateways.grade import GRADES
from photographs import figures, made
from photographs.develop import developed
from photographs.figures import Floats, Pixels

REAL = (
    "1317558", "2416933", "36030587", "36236147", "36358763", "3965508",
    "4400637", "5604956", "5853819", "6373478", "7303782", "4352247",
)  # fmt: skip
STRAIGHT = (  # they show walls, shelves or windows whose edges stand upright
    "1317558", "2416933", "36444540", "4389955", "4400637", "6373478",
    "6830376", "6963787", "6707631", "6963783", "6956495", "7303800",
)  # fmt: skip
PLAIN = "professional-lighting"  # light is corrected, and no look is added
LOOKS = tuple(GRADES)


@value
class Row:
    """A figure of the table, beside what is promised."""

    name: str
    what: str
    promised: str
    found: str
    reached: bool


def rows(longest_px: int = 480) -> Iterator[Row]:
    """Measure everything; minutes."""
    real = {name: made.photo(name, longest_px) for name in REAL}
    twelve = made.twelve(longest_px)
    plain = {each.name: developed(each.pixels, PLAIN) for each in twelve}
    yield truth(twelve, plain)
    yield from chart()
    yield clipping([*real.values(), *(each.pixels for each in twelve)])
    yield from good_ones(real)
    yield from neutrals(twelve, plain)
    yield from dark(twelve, plain, longest_px)
    yield from straightness()
    yield looks(real)
    yield from sky(longest_px)
    yield cost()


def truth(twelve: list[made.Made], plain: dict[str, Pixels]) -> Row:
    found = [distance(plain[each.name], each.truth) for each in twelve]
    untouched = [distance(each.pixels, each.truth) for each in twelve]
    return Row(
        name="ΔE2000 to the truth",
        what=f"mean of the twelve made (untouched {np.mean(untouched):.1f})",
        promised="≤ 7.5",
        found=f"{np.mean(found):.1f}, worst {max(found):.1f}",
        reached=bool(np.mean(found) <= 7.5),
    )


def distance(one: Pixels, other: Pixels) -> float:
    """Return the mean ΔE2000 of two pictures that may lie a little beside each other."""
    return figures.apart(figures.small(one, 64), figures.small(other, 64))


def chart() -> Iterator[Row]:
    truth = _patches(made.chart())
    for stops in (0.0, 1.5, 2.5):
        found = _patches(developed(made.darker(made.chart(), stops), PLAIN))
        chroma = np.hypot(truth[:, 1], truth[:, 2])
        coloured = chroma > 10  # grey patches have none to compare with
        ratio = np.hypot(found[:, 1], found[:, 2])[coloured] / chroma[coloured]
        turned = _hue(found, truth)[coloured]
        yield Row(
            name="E1",
            what=f"colour chart at -{stops} EV: chroma to the truth's, hue",
            promised="0.90 to 1.15, within 4°",
            found=f"{ratio.min():.2f} to {ratio.max():.2f}, {turned.max():.1f}°",
            reached=bool(ratio.min() >= 0.9 and ratio.max() <= 1.15 and turned.max() <= 4),
        )


def _patches(picture: Pixels) -> Floats:
    colours = figures.lab(picture)
    return np.array([colours[place].reshape(-1, 3).mean(axis=0) for place in made.places()])


def _hue(one: Floats, other: Floats) -> Floats:
    """Return by how many degrees the hues differ."""
    first, second = (np.arctan2(each[..., 2], each[..., 1]) for each in (one, other))
    return np.degrees(np.abs((first - second + np.pi) % (2 * np.pi) - np.pi))


def clipping(pictures: list[Pixels]) -> Row:
    more = [
        (
            figures.clipped(after) - figures.clipped(before),
            figures.crushed(after) - figures.crushed(before),
        )
        for before in pictures
        for template in LOOKS
        for after in [developed(before, template)]
    ]
    bright, deep = np.max(more, axis=0)
    return Row(
        name="E2",
        what=f"newly clipped, newly black: the worst of {len(more)}",
        promised="≤ 1 %, ≤ 1 %",
        found=f"{bright:.1%}, {deep:.1%}",
        reached=bool(max(bright, deep) <= 0.01),
    )


def good_ones(real: dict[str, Pixels]) -> Iterator[Row]:
    good = {
        name: each
        for name, each in real.items()
        if 40 <= figures.light(each) <= 85
        and figures.clipped(each) < 0.1
        and figures.cast(each) < 7
    }
    after = {name: developed(each, PLAIN) for name, each in good.items()}
    apart = [figures.apart_76(*_aligned(after[name], good[name])) for name in good]
    alike = [figures.similarity(*_aligned(after[name], good[name])) for name in good]
    yield Row(
        name="E3",
        what=f"good photographs ({len(good)}) are left: worst ΔE76, lowest SSIM",
        promised="≤ 12, ≥ 0.93",
        found=f"{max(apart):.1f}, {min(alike):.3f}",
        reached=max(apart) <= 12 and min(alike) >= 0.93,
    )


def _aligned(after: Pixels, before: Pixels) -> tuple[Pixels, Pixels]:
    """Return the two with `before` set upright as `after` was: light is what is compared."""
    return after, upright(before)


def neutrals(twelve: list[made.Made], plain: dict[str, Pixels]) -> Iterator[Row]:
    for kind, most in (("tungsten", 4), ("fluorescent", 4), ("mixed", 6)):
        those = [each for each in twelve if each.name.startswith(kind)]
        found = [figures.chroma_of_neutrals(plain[each.name], each.truth) for each in those]
        yield Row(
            name="E4",
            what=f"{kind}: mean chroma of what is neutral",
            promised=f"≤ {most}",
            found=", ".join(f"{each:.1f}" for each in found),
            reached=max(found) <= most,
        )


def dark(twelve: list[made.Made], plain: dict[str, Pixels], longest_px: int) -> Iterator[Row]:
    those = [each for each in twelve if "2.5 EV" in each.name]
    light = [figures.light(plain[each.name]) for each in those]
    noise = [
        figures.noise_of_flats(plain[each.name], each.truth)
        / figures.noise_of_flats(each.truth, each.truth)
        for each in those
    ]
    yield Row(
        name="E5",
        what="-2.5 EV: median L, noise to the truth's",
        promised="55 to 75, ≤ 1.5",
        found=f"{min(light):.0f} to {max(light):.0f}, {max(noise):.2f}",
        reached=min(light) >= 55 and max(light) <= 75 and max(noise) <= 1.5,
    )
    deep = made.darker(made.photo("7303782", longest_px), 4.3)
    yield Row(
        name="E5",
        what=f"very dark (median L {figures.light(deep):.0f}): median L",
        promised="≥ 40",
        found=f"{(light_after := figures.light(developed(deep, PLAIN))):.0f}",
        reached=light_after >= 40,
    )


def straightness() -> Iterator[Row]:
    photos = [made.photo(name, 1200) for name in STRAIGHT]
    moved = [leaning(each, np.eye(3)) for each in photos]
    yield Row(
        name="E6",
        what="straight ones: moved by at most",
        promised="≤ 0.3°",
        found=f"{max(moved):.2f}°",
        reached=max(moved) <= 0.3,
    )
    for what, spoiling, size, least in (
        ("turned", made.roll_matrix, 1, 0.8),
        ("turned", made.roll_matrix, 2, 0.8),
        ("turned", made.roll_matrix, 3, 0.8),
        ("tilted", made.tilt_matrix, 4, 0.6),
        ("tilted", made.tilt_matrix, 6, 0.0),
    ):
        left = [
            leaning(each, spoiling(each.shape[1], each.shape[0], sign * size))
            for each in photos
            for sign in (1, -1)
        ]
        share = float(np.mean(np.array(left) <= 0.4))
        yield Row(
            name="E6",
            what=f"{what} by ±{size}°: corrected to 0.4°",
            promised=f"≥ {least:.0%}" if least else "-",
            found=f"{share:.0%} of {len(left)}",
            reached=share >= least,
        )


def leaning(truth: Pixels, spoiling: Floats) -> float:
    """Return by how many degrees a vertical still leans, at either edge of the corrected picture.

    `spoiling` leads from a place in the spoilt picture to that of the truth.
    """
    height, width = truth.shape[:2]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    spoilt = cv2.warpPerspective(truth, spoiling, (width, height), flags=flags)
    warp = correction(np.asarray(spoilt, np.uint8))
    whole = spoiling if warp is None else spoiling @ warp
    leans = []
    for x in (0.1 * width, 0.9 * width):
        ends = np.array([[[x, 0.35 * height], [x, 0.65 * height]]])
        (x1, y1), (x2, y2) = cv2.perspectiveTransform(ends, np.linalg.inv(whole))[0]
        leans.append(abs(np.degrees(np.arctan((x2 - x1) / (y2 - y1)))))
    return float(max(leans))


def looks(real: dict[str, Pixels]) -> Row:
    shown = {
        name: [developed(figures.small(each, 320), name) for each in real.values()]
        for name in LOOKS
    }
    apart = {
        (one, other): np.mean(
            [figures.apart(*pair) for pair in zip(shown[one], shown[other], strict=True)]
        )
        for one, other in combinations(LOOKS, 2)
    }
    nearest = min(apart, key=lambda pair: apart[pair])
    return Row(
        name="E7",
        what="the two templates that are nearest to each other: ΔE2000",
        promised="≥ 3.0",
        found=f"{apart[nearest]:.1f} ({nearest[0]}, {nearest[1]})",
        reached=bool(apart[nearest] >= 3),
    )


def sky(longest_px: int) -> Iterator[Row]:
    house = made.facade(longest_px)
    where = made.sky_of(house)
    before = figures.lab(house)[where]
    worst = np.zeros(3)
    for template in LOOKS:
        picture = developed(house, template)
        after = figures.lab(picture)[where]
        new = (picture[where].max(axis=1) >= 253).mean() - (house[where].max(axis=1) >= 253).mean()
        worst = np.maximum(
            worst, [_hue(after, before).mean(), (after - before)[:, 0].mean(), max(0.0, new)]
        )
    yield Row(
        name="E8",
        what="sky under any template: hue, lighter by, newly clipped",
        promised="within 4°, ≤ 10 L, ≤ 1 %",
        found=f"{worst[0]:.1f}°, {worst[1]:.1f} L, {worst[2]:.1%}",
        reached=bool(worst[0] <= 4 and worst[1] <= 10 and worst[2] <= 0.01),
    )


def cost() -> Row:
    picture = cv2.resize(made.photo("5853819", 2880), (3000, 4000), interpolation=cv2.INTER_CUBIC)
    took = []
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        developed(np.asarray(picture, np.uint8), PLAIN)
        took.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before)
    return Row(
        name="E9",
        what="processor a megapixel (12 megapixels, decoding apart)",
        promised="≤ 0.3 s",
        found=f"{min(took) / 12:.2f} s",
        reached=min(took) / 12 <= 0.3,
    )
