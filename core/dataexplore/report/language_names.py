"""English names of languages by their codes; a code that is not here is shown as it is."""

_TABLE = """
af Afrikaans, ar Arabic, az Azerbaijani, be Belarusian, bg Bulgarian, bn Bengali, bs Bosnian, ca Catalan,
cs Czech, cy Welsh, da Danish, de German, el Greek, en English, eo Esperanto, es Spanish, et Estonian,
eu Basque, fa Persian, fi Finnish, fr French, ga Irish, gl Galician, gu Gujarati, he Hebrew, hi Hindi,
hr Croatian, hu Hungarian, hy Armenian, id Indonesian, is Icelandic, it Italian, ja Japanese, ka Georgian,
kk Kazakh, kn Kannada, ko Korean, la Latin, lt Lithuanian, lv Latvian, mk Macedonian, ml Malayalam,
mn Mongolian, mr Marathi, ms Malay, nb Norwegian, ne Nepali, nl Dutch, nn Norwegian, no Norwegian,
pa Punjabi, pl Polish, pt Portuguese, ro Romanian, ru Russian, sk Slovak, sl Slovenian, sq Albanian,
sr Serbian, sv Swedish, sw Swahili, ta Tamil, te Telugu, th Thai, tl Tagalog, tr Turkish, uk Ukrainian,
ur Urdu, uz Uzbek, vi Vietnamese, yue Cantonese, zh Chinese
"""
NAMES = dict(entry.split() for entry in _TABLE.split(","))


def language_name(label: str) -> str:
    """Return what a person calls a language, with its code."""
    return f"{NAMES[label]} ({label})" if label in NAMES else label
