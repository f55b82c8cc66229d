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

_CHINESE = """
    的 和 是 在 了 请 个 为 中 一 不 这 那 与 或 并 将 以 给 你 我 他 她 它 们 些 吗 呢 吧 着 把 被 下 何
    什么 怎么 怎样 可以 需要 关于 创建 描述 解释 生成 列出 写出 编写 查找 提供 使用 例子 示例 句子 文本
    单词 输入 输出 指令 根据 问题 回答
"""
CJK_STOP = frozenset(_CHINESE.split())
"""Chinese function words, and what opens most instructions; a pair with one of the single ones is dropped."""
