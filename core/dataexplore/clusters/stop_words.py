"""Words too common to say what a cluster is about."""

_ENGLISH = """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing down during each either etc few for from further get
    give given gives had has have having he her here hers him his how however i if in including input
    instruction into is it its just let like made make makes many may me might more most much must my
    need needs no nor not now of off on once one only or other our ours out output over own per please
    provide same shall she should so some such than that the their them then there these they this those
    through to too two under until up upon us use used uses using very via want was we well were what
    when where which while who whom whose why will with within without would you your yours create
    describe explain find following generate write tell list name example examples sentence sentences
    text word words
"""
STOP_WORDS = frozenset(_ENGLISH.split())
"""English function words, and the verbs and nouns that open most instructions."""

_CHINESE = (
    "的 一个 一下 一种 以下 这个 那个 什么 如何 怎么 我们 你们 他们 可以 需要 以及 和 是 在 了 请 个 为 中"
)
CJK_STOP = frozenset(_CHINESE.split())
"""Chinese function words; a pair that holds one of the single characters is dropped too."""
