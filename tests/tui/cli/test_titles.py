"""`clusters --titles-by` asks a model for titles, once."""

from core.judge.endpoint import completion, endpoint
from tui.driver import write_rows


def test_titles_are_asked_for_once(run, tmp_path):
    rows = [
        {"instruction": f"{row} {word} {word}", "output": "yes"}
        for row in range(20)
        for word in ("sea", "car")
    ]
    path = write_rows(tmp_path / "two.jsonl", rows)
    with endpoint(lambda heard: completion("Sea or car")) as server:
        asked = ("clusters", path, "-k", 2, "--titles-by", "tiny", "--base-url", server.url)
        found = run(*asked, "--json")
        assert found.code == 0
        assert found.found["titles"] == ["Sea or car"] * 2
        assert "Sea or car: " in run(*asked).out
        assert len(server.heard) == 2
    assert run("clusters", path, "-k", 2, "--json").found["titles"] == ["Sea or car"] * 2
    refused = run("clusters", path, "--base-url", "http://localhost:1/v1")
    assert refused.code == 2
    assert "name the model" in refused.err
