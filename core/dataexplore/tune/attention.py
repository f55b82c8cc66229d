"""Attention among rows that lie end to end: each sees itself alone, without a mask of tokens x tokens."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

NAME = "dataexplore_rows"
_SIMILAR = 0.5
"""Rows of at least this share of the longest one's length are computed in one call."""
_UNKNOWN = ("softcap", "s_aux", "position_bias")


class RowAttention:
    """An attention function for transformers: rows end to end, longest first, each causal by itself.

    Similar rows go through one causal call, padded on the right, where nothing that counts can see them;
    all other layers work on the rows without padding.
    """

    def __init__(self) -> None:
        self._tokens = 0
        self._groups: list[tuple[int, int, int, int, Any]] = []

    def lay(self, lengths: Sequence[int], device: Any) -> None:
        """Say how the next input is divided into rows."""
        import torch

        self._tokens = sum(lengths)
        self._groups = []
        first = start = 0
        while first < len(lengths):
            width = lengths[first]
            last = first
            while last < len(lengths) and lengths[last] >= width * _SIMILAR:
                last += 1
            rows = lengths[first:last]
            filled = [place * width + at for place, length in enumerate(rows) for at in range(length)]
            whole = len(filled) == width * len(rows)
            index = None if whole else torch.tensor(filled, device=device)
            self._groups.append((start, start + len(filled), len(rows), width, index))
            first, start = last, start + len(filled)

    def __call__(
        self,
        module: Any,
        query: Any,
        key: Any,
        value: Any,
        attention_mask: Any = None,
        dropout: float = 0.0,
        scaling: float | None = None,
        sliding_window: int | None = None,
        **others: Any,
    ) -> tuple[Any, None]:
        """Return [1, tokens, heads, width] for [1, heads, tokens, width]; refuse what it does not know."""
        import torch

        if query.shape[0] != 1 or not query.shape[2] == key.shape[2] == self._tokens:
            raise NotImplementedError("the input is not the rows that were laid out")
        if any(others.get(name) is not None for name in _UNKNOWN) or others.get("is_causal") is False:
            raise NotImplementedError("a kind of attention that is not known here")
        found = []
        for start, end, rows, width, index in self._groups:
            mask = _window(width, sliding_window, query.device)
            parts = [_padded(x[0, :, start:end], rows, width, index) for x in (query, key, value)]
            out = torch.nn.functional.scaled_dot_product_attention(
                *parts,
                attn_mask=mask,
                dropout_p=dropout,
                scale=scaling,
                is_causal=mask is None,
                enable_gqa=query.shape[1] != key.shape[1],
            )
            flat = out.transpose(1, 2).reshape(rows * width, out.shape[1], out.shape[3])
            found.append(flat if index is None else flat.index_select(0, index))
        return (found[0] if len(found) == 1 else torch.cat(found))[None], None


def _padded(tokens: Any, rows: int, width: int, index: Any) -> Any:
    """Return [heads, tokens, size] as [rows, heads, width, size]."""
    flat = tokens.transpose(0, 1)
    if index is not None:
        flat = flat.new_zeros(rows * width, *flat.shape[1:]).index_copy(0, index, flat)
    return flat.reshape(rows, width, *flat.shape[1:]).transpose(1, 2)


def _window(width: int, sliding_window: int | None, device: Any) -> Any:
    import torch

    if sliding_window is None or width <= sliding_window:
        return None
    at = torch.arange(width, device=device)
    behind = at[:, None] - at[None, :]
    return (behind >= 0) & (behind < sliding_window)


ROWS = RowAttention()
"""The one that transformers knows; whoever computes lays out rows first."""


def isolate(model: Any) -> str:
    """Have the model attend by `ROWS`; return why that is not possible, or "" where rows stay apart.

    Two rows are computed alone by the model's own attention and end to end by ours: they must agree. The
    model must be in evaluation mode.
    """
    import torch
    from transformers import AttentionInterface

    own = model.config._attn_implementation
    AttentionInterface.register(NAME, ROWS)
    device, words = model.device, model.config.get_text_config().vocab_size
    first, second, other = (
        torch.arange(begin, begin + count, device=device).remainder(words)[None]
        for begin, count in ((11, 9), (31, 6), (51, 9))
    )
    try:
        with torch.no_grad():
            alone = [_hidden(model, row) for row in (first, second)]
            model.set_attn_implementation(NAME)
            if model.config._attn_implementation != NAME:
                return "its attention cannot be exchanged"
            ROWS.lay((9, 6), device)
            both = _packed(model, first, second)
            moved = _packed(model, other, second)
        tolerance = 1e-4 if alone[0].dtype == torch.float32 else 5e-2
        same = _close(both, torch.cat(alone, dim=1), tolerance)
        apart = _close(both[:, 9:], moved[:, 9:], tolerance / 5)
        reason = "" if same and apart else "its rows see each other or their places when they lie end to end"
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        reason = str(error).strip().split("\n", 1)[0] or type(error).__name__
    if reason:
        model.set_attn_implementation(own)
    return reason


@contextmanager
def own_attention(model: Any, name: str) -> Iterator[None]:
    """Give the model its own attention back for a while, to answer with or to be saved."""
    now = model.config._attn_implementation
    model.set_attn_implementation(name)
    try:
        yield
    finally:
        model.set_attn_implementation(now)


def _packed(model: Any, first: Any, second: Any) -> Any:
    import torch

    places = [torch.arange(row.shape[1], device=row.device) for row in (first, second)]
    return _hidden(model, torch.cat([first, second], dim=1), torch.cat(places)[None])


def _hidden(model: Any, ids: Any, places: Any = None) -> Any:
    return model.base_model(input_ids=ids, position_ids=places, use_cache=False).last_hidden_state


def _close(one: Any, two: Any, tolerance: float) -> bool:
    import torch

    return bool(torch.allclose(one, two, rtol=tolerance, atol=tolerance * float(two.abs().max())))
