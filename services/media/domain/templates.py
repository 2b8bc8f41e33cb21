"""The style templates, a closed list, and the words in which an engine is asked for one."""

from chassis.domain import value

KEEP = (
    "Leave the building as it is: walls, windows, doors, fixed fittings and the layout of the room"
    " stay exactly where and what they are, and nothing outside the windows is replaced."
)
REMOVAL = (  # for an engine that wants to be told: a mask alone says where
    "An empty place: the floor, wall or ground around it goes on in the same material, pattern and"
    " light. Nothing stands, hangs or lies there."
)


@value
class Template:
    """A look that a customer may choose; `prompt` describes it to an engine."""

    id: str
    name: str
    category: str  # staging | lighting | exterior | atmosphere
    description: str
    prompt: str


TEMPLATES = {
    template.id: template
    for template in (
        Template(
            id="modern",
            name="Modern",
            category="staging",
            description="Clean lines, bright and balanced light, clear contrast.",
            prompt=(
                "Show the home in a modern style: clean lines, few and well-made things, neutral"
                " colours with one clear accent, bright and even daylight."
            ),
        ),
        Template(
            id="scandinavian",
            name="Scandinavian",
            category="staging",
            description="Light wood, soft neutral tones and plenty of daylight.",
            prompt=(
                "Show the home in a Scandinavian style: light wood, white and soft grey, wool and"
                " linen, a green plant or two, uncluttered and full of daylight."
            ),
        ),
        Template(
            id="modern-minimalist",
            name="Modern Minimalist",
            category="staging",
            description="Little in the room, calm colours, much space.",
            prompt=(
                "Show the home in a minimalist style: only what is needed, flat surfaces, muted"
                " colours, open floor and quiet, shadowless light."
            ),
        ),
        Template(
            id="luxury-high-end",
            name="Luxury",
            category="staging",
            description="Rich materials, deep tones and warm highlights.",
            prompt=(
                "Show the home in a luxurious style: stone, brass and dark wood, heavy textiles,"
                " deep colours and warm highlights that bring out every material."
            ),
        ),
        Template(
            id="warm-cozy",
            name="Warm and Cozy",
            category="atmosphere",
            description="The light of a late afternoon, soft and warm.",
            prompt=(
                "Give the picture a warm and cozy atmosphere: the low light of a late afternoon,"
                " lamps lit, soft shadows, cushions and throws that invite one to stay."
            ),
        ),
        Template(
            id="twilight-exterior",
            name="Twilight",
            category="exterior",
            description="The house at dusk, under a sky of the blue hour.",
            prompt=(
                "Show the house at dusk, shortly after sunset: a deep blue sky, warm light behind"
                " the windows, outdoor lamps lit, the facade still clearly seen."
            ),
        ),
        Template(
            id="professional-lighting",
            name="Professional Lighting",
            category="lighting",
            description="The light of an architectural photographer, nothing else changed.",
            prompt=(
                "Light the picture as an architectural photographer would: even exposure, neutral"
                " whites, open shadows, windows that keep their detail; change nothing else."
            ),
        ),
    )
}


def prompt(template_id: str, room_type: str | None) -> str:
    """Return the words for one photograph: its room, the look, and what must stay."""
    look = f"{TEMPLATES[template_id].prompt} {KEEP}"
    if room_type in (None, "other"):
        return look
    return f"The photograph shows this part of a home: {room_type.replace('-', ' ')}. {look}"
