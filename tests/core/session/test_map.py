"""The map of a sitting: a projection at once, and what a job laid out as soon as that is there."""

from pathlib import Path

import numpy as np

from dataexplore.clusters.places import save_places
from dataexplore.dataset.loading import open_dataset
from dataexplore.session.analysis import Analysis


def test_a_map_that_a_job_made_takes_the_place_of_the_projection(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("".join(f'{{"instruction": "word {row}", "output": "a"}}\n' for row in range(30)))
    analysis = Analysis(open_dataset(path), tmp_path / "ws" / "vectors")
    projected = analysis.plane()
    assert (projected.shape, analysis.laid_out) == ((30, 2), False)
    places = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
    save_places(analysis.maps, *analysis.about, analysis.keys(), places)
    assert np.array_equal(analysis.plane(), places)
    assert analysis.laid_out
    other = Analysis(open_dataset(path), tmp_path / "ws" / "vectors", text="response")
    assert not np.array_equal(other.plane(), places)
    assert not other.laid_out
