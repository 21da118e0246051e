# SPDX-License-Identifier: Apache-2.0
"""Letters of Cyrillic and Greek in Latin ones, as names are usually written: only to compare names, never to show."""

from __future__ import annotations

_CYRILLIC = {
    **{"а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "i", "і": "i"},
    **{"к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f"},
    **{"х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu"},
    **{"я": "ya", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz", "ґ": "g"},
}
_GREEK = {
    **{"α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i", "κ": "k", "λ": "l"},
    **{"μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "y", "φ": "f"},
    **{"χ": "ch", "ψ": "ps", "ω": "o"},
}
_TABLE = str.maketrans(_CYRILLIC | _GREEK)


def romanised(text: str) -> str:
    """A folded text with Latin letters in the place of Cyrillic and Greek ones."""
    return text if text.isascii() else text.translate(_TABLE)
