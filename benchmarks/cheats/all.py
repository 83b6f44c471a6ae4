"""All cheats, and their kinds in order."""

from benchmarks.cheats import constants, deriving, guesses, lying, reading, unheard

CHEATS = [
    *guesses.CHEATS,
    *unheard.CHEATS,
    *reading.CHEATS,
    *lying.CHEATS,
    *deriving.CHEATS,
    *constants.CHEATS,
]
KINDS = sorted({cheat.kind for cheat in CHEATS}, key=lambda kind: (int(kind.split()[0]), kind))
