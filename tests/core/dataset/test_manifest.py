"""What a cache says of its columns is believed only where it is understood."""

import zlib
from pathlib import Path

import orjson
import pytest

from dataexplore.dataset import cache
from dataexplore.dataset.cache import CacheFolder
from dataexplore.dataset.loading import load
from dataexplore.dataset.opening import open_head


@pytest.mark.parametrize("kind", ["Decimal", "", None])
def test_a_kind_of_column_that_is_not_known_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None
) -> None:
    monkeypatch.setattr(cache, "WORTH_IT", 10)
    path, folder = tmp_path / "a.jsonl", tmp_path / "cache"
    path.write_text('{"instruction": "q", "output": "a"}\n' * 50)

    def opened() -> list[str]:
        dataset = load(open_head(path), cache=CacheFolder(folder, writable=True))
        return dataset.keys.tolist() and dataset.table.column("output").to_list()

    assert opened() == ["a"] * 50
    manifest = folder / "manifest.json"
    found = orjson.loads(manifest.read_bytes().partition(b"\n")[2])
    found["parts"][0]["kinds"]["output"][0] = kind
    body = orjson.dumps(found)
    manifest.write_bytes(b"%08x\n" % zlib.crc32(body) + body)
    assert opened() == ["a"] * 50
    assert (
        orjson.loads(manifest.read_bytes().partition(b"\n")[2])["parts"][0]["kinds"]["output"][0] == "String"
    )
