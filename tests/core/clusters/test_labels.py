"""What a cluster is called: by words that its rows use and others do not."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.vectors.real_data import prompts
from dataexplore.clusters.kmeans import kmeans
from dataexplore.clusters.labels import term_set, terms
from dataexplore.vectors.encoder import find_encoder


def test_a_cluster_is_named_by_what_the_others_lack() -> None:
    texts = [
        "Write a poem about the sea",
        "Write a sonnet, a poem of love",
        "Write code that sorts",
        "Sort a list in code",
    ]
    found = terms(texts, np.array([0, 0, 1, 1]), 2, count=1)
    assert found == [("poem",), ("code",)]


def test_a_term_that_every_cluster_uses_loses_to_a_rarer_one() -> None:
    texts = ["solve puzzle rhyme"] * 3 + ["solve puzzle"] + ["solve puzzle proof"] * 3 + ["solve puzzle"]
    assert terms(texts, np.repeat([0, 1], 4), 2, count=1) == [("rhyme",), ("proof",)]


def test_chinese_is_named_by_pairs_of_characters() -> None:
    texts = ["写一首关于大海的诗歌", "请写诗歌赞美春天", "如何煮好吃的面条？", "面条的做法是什么"]
    found = terms(texts, np.array([0, 0, 1, 1]), 2, count=2)
    assert found[0][0] == "诗歌"
    assert found[1][0] == "面条"


def test_a_pair_grows_to_the_word_that_it_is_a_part_of() -> None:
    texts = [f"人工智能{way}" for way in ("的未来", "能做什么", "与医疗", "很有用", "在学校", "改变工作")]
    found = terms([*texts, "面条怎么煮", "面条很好吃"], np.repeat([0, 1], [6, 2]), 2, count=1)
    assert found == [("人工智能",), ("面条",)]


def test_scripts_may_mix_in_one_text() -> None:
    assert term_set("用Python写代码") == {"python", "写代", "代码"}


def test_stop_words_numbers_and_rows_without_a_cluster_do_not_count() -> None:
    assert terms(["the 12 of 3", "ocean", "ocean"], np.array([0, 1, -1]), 2) == [(), ("ocean",)]


def test_a_plural_is_not_a_second_term() -> None:
    texts = ["poem poems sea"] * 3 + ["code"]
    assert "sea" in terms(texts, np.array([0, 0, 0, 1]), 2, count=2)[0]


def test_clusters_of_real_prompts_all_have_distinct_names(real: Callable[[str], Path]) -> None:
    texts = prompts(real("alpaca.jsonl"), 3000)
    clusters = kmeans(find_encoder("static").encode(texts), 20)
    found = terms(texts, clusters.labels, 20)
    assert all(len(names) == 3 for names in found)
    assert len(set(found)) == 20


def test_real_chinese_prompts_get_chinese_names(real: Callable[[str], Path]) -> None:
    texts = [row["instruction"] for row in json.loads(real("alpaca_zh_1000.json").read_bytes())]
    found = terms(texts, np.arange(len(texts)) % 5, 5)
    assert all(any(term[0] >= "\u4e00" for term in names) for names in found)
