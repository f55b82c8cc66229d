"""Records as nobody writes them: the names that schemas look for, over any JSON."""

from hypothesis import strategies as st

_INNER = st.sampled_from(["role", "from", "content", "value", "tool_calls", "name", "x"])
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_INNER, inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    [
        *("instruction", "input", "output", "system", "history", "prompt", "completion", "label"),
        *("chosen", "rejected", "messages", "conversations", "tools", "text", "id", "other"),
    ]
)
RECORDS = st.dictionaries(_NAMES, _JSON, max_size=6)
