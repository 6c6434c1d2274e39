"""What a stakeholder is called instead of a name: a neutral word and a number, both drawn, so that neither tells who or when."""

from __future__ import annotations

from collections.abc import Callable, Container

WORDS = (
    "Acacia", "Agate", "Amber", "Anchor", "Aster", "Baobab", "Basalt", "Beacon", "Birch", "Bramble", "Brook", "Cedar", "Clover",
    "Compass", "Copper", "Coral", "Crane", "Crest", "Cypress", "Dahlia", "Delta", "Dune", "Ember", "Fern", "Fjord", "Flint", "Garnet",
    "Glade", "Granite", "Grove", "Harbour", "Hazel", "Heath", "Heron", "Ibis", "Indigo", "Iris", "Ivory", "Jade", "Jasmine", "Juniper",
    "Kestrel", "Lagoon", "Lantern", "Laurel", "Lichen", "Linden", "Lotus", "Maple", "Marble", "Meadow", "Mistral", "Myrtle", "Nectar",
    "Nimbus", "Ochre", "Olive", "Onyx", "Opal", "Orchid", "Osprey", "Pebble", "Petrel", "Pine", "Plover", "Poplar", "Prairie", "Quartz",
    "Quill", "Reed", "Ridge", "Robin", "Rowan", "Saffron", "Sage", "Savanna", "Sedge", "Sienna", "Slate", "Spruce", "Summit", "Swift",
    "Tern", "Thistle", "Timber", "Topaz", "Tundra", "Umber", "Valley", "Veld", "Violet", "Willow", "Wren", "Yarrow", "Zephyr", "Zinnia",
)  # fmt: skip
LOWEST, NUMBERS = 10, 90  # 10 .. 99
DRAWS = 200


def pseudonym(taken: Container[str], draw: Callable[[int], int]) -> str:
    """A pseudonym that is not taken, such as "Heron 47". `draw(n)`: a random number 0 .. n - 1.

    After DRAWS collisions the number gets longer, so that there is always one.
    """
    numbers = NUMBERS
    while True:
        for _ in range(DRAWS):
            found = f"{WORDS[draw(len(WORDS))]} {LOWEST + draw(numbers)}"
            if found not in taken:
                return found
        numbers *= 10
