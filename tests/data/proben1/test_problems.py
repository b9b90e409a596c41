import numpy as np
import pytest

from kvae.data.attributes import from_frame, to_frame
from kvae.data.proben1 import NAMES, read_dt, schema
from kvae.data.proben1.problems import manual_file


def test_schemas_cover_every_input_once():
    widths = {
        "card": (15, 51),
        "diabetes": (8, 8),
        "gene": (60, 120),
        "glass": (9, 9),
        "horse": (20, 58),
        "thyroid": (21, 21),
    }
    for problem, (attributes, inputs) in widths.items():
        spans = [attribute.span for attribute in schema(problem)]
        assert len(spans) == attributes
        edges = [0, *(stop for _, stop in spans)]
        assert [start for start, _ in spans] == edges[:-1]
        assert edges[-1] == inputs


def test_gene_reads_nucleotides():
    x = np.tile([[-1, -1], [-1, 1], [1, -1], [1, 1]], 60).astype("float32")
    frame = to_frame(x, schema("gene"))
    assert frame["position_7"].tolist() == ["C", "A", "G", "T"]
    np.testing.assert_array_equal(from_frame(frame, schema("gene")), x)


def test_the_three_ways_to_store_a_hole_are_read(write_dt):
    for name in ("card1", "diabetes1", "horse1"):
        inputs = read_dt(write_dt(name, parts=(40, 20, 20))).inputs
        attributes = schema(name[:-1])
        frame = to_frame(inputs, attributes)
        with_holes = [a.name for a in attributes if a.missing]
        assert frame[with_holes].isna().any().all()
        assert frame.drop(columns=with_holes).notna().all().all()
        np.testing.assert_array_equal(from_frame(frame, attributes), inputs)


def test_manual_files_are_found_flat_or_by_problem(tmp_path, write_dt, monkeypatch):
    assert manual_file("card1", tmp_path) is None
    flat = write_dt("card1", tmp_path)
    nested = write_dt("horse2", tmp_path / "horse")
    assert manual_file("card1", tmp_path) == flat
    monkeypatch.setenv("KVAE_PROBEN1_DIR", str(tmp_path))
    assert manual_file("horse2") == nested


class TestTheRealFiles:
    """What FACTS says of the real files; they are used where they are."""

    @pytest.mark.parametrize("name", NAMES)
    def test_attributes_and_back_gives_the_inputs(self, real_dir, name):
        inputs = read_dt(manual_file(name, real_dir)).inputs
        frame = to_frame(inputs, schema(name[:-1]))
        np.testing.assert_array_equal(from_frame(frame, schema(name[:-1])), inputs)

    def holes(self, real_dir, name):
        inputs = read_dt(manual_file(name, real_dir)).inputs
        return to_frame(inputs, schema(name[:-1])).isna()

    def test_holes_of_card(self, real_dir):
        for name in ("card1", "card2", "card3"):
            holes = self.holes(real_dir, name).sum().tolist()
            assert holes == [12, 12, 0, 6, 6, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0]

    def test_holes_of_horse(self, real_dir):
        for name in ("horse1", "horse2", "horse3"):
            holes = self.holes(real_dir, name)
            assert round(holes.to_numpy().mean(), 2) == 0.26
            assert (~holes.any(axis=1)).sum() == 7
            assert not holes["age"].any()

    def test_holes_of_diabetes(self, real_dir):
        for name in ("diabetes1", "diabetes2", "diabetes3"):
            holes = self.holes(real_dir, name).sum().tolist()
            assert holes == [0, 5, 35, 227, 374, 11, 0, 0]

    def test_permutations_hold_the_same_rows(self, real_dir):
        for problem in ("card", "gene", "thyroid"):
            rows = []
            for i in (1, 2, 3):
                data = read_dt(manual_file(f"{problem}{i}", real_dir))
                both = np.column_stack([data.inputs, data.labels])
                rows.append(both[np.lexsort(both.T)])
            np.testing.assert_array_equal(rows[0], rows[1])
            np.testing.assert_array_equal(rows[0], rows[2])
