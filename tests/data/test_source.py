"""Sources made from arrays, tables, folders of images and tfds."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from kvae.data import Source


def rows(num_rows=20):
    stream = np.random.default_rng(0)
    return stream.normal(size=(num_rows, 3)), np.array(["no", "yes"] * (num_rows // 2))


class TestFromArrays:
    def test_text_labels_become_sorted_classes(self):
        x, y = rows()
        source = Source.from_arrays(x, y, test_size=0.2)
        assert source.class_names == ("no", "yes")
        assert len(source.train.y) == 16
        with source.scoring() as test:
            np.testing.assert_array_equal(np.bincount(test.y), [2, 2])
            every = np.concatenate([source.train.x, test.x])
        np.testing.assert_array_equal(
            every[np.lexsort(every.T)], x[np.lexsort(x.T)].astype("float32")
        )

    def test_the_draw_depends_on_the_seed_alone(self):
        x, y = rows()
        one, same, other = (Source.from_arrays(x, y, seed=seed) for seed in (0, 0, 1))
        np.testing.assert_array_equal(one.train.x, same.train.x)
        assert not np.array_equal(one.train.x, other.train.x)

    def test_own_test_rows_keep_the_classes_of_the_training_rows(self):
        x, y = rows()
        source = Source.from_arrays(x, y, test=(x[:2], ["yes", None]))
        with source.scoring() as test:
            assert test.y.tolist() == [1, -1]
        with pytest.raises(ValueError, match=r"Received: \['perhaps'\]"):
            Source.from_arrays(x, y, test=(x[:1], ["perhaps"]))

    def test_missing_labels_stay_in_the_training_part(self):
        x, y = rows()
        y = np.array([None, "", np.nan, *y[3:]], object)
        source = Source.from_arrays(x, y)
        assert (source.train.y == -1).sum() == 3
        numbers = np.where(np.arange(20) % 2, 1, -1)
        assert Source.from_arrays(x, numbers).class_names == ("-1", "1")
        with pytest.raises(ValueError, match="two classes"):
            Source.from_arrays(x, numbers, unlabelled=-1)

    def test_whole_number_images_are_scaled_others_must_be(self):
        x = np.random.default_rng(0).integers(0, 256, (10, 4, 4, 1), dtype="uint8")
        source = Source.from_arrays(x, [0, 1] * 5)
        assert 0 <= source.train.x.min() <= source.train.x.max() <= 1
        with pytest.raises(ValueError, match=r"images in \[0, 1\], or of dtype uint8"):
            Source.from_arrays(x.astype(float), [0, 1] * 5)

    @pytest.mark.parametrize(
        ("x", "y", "message"),
        [
            (np.zeros((4, 2)), ["a", "b"], "4 rows, 2 labels"),
            (np.zeros(4), ["a", "b"] * 2, r"rows \(N, F\) or images"),
            (np.full((4, 2), np.nan), ["a", "b"] * 2, "finite numbers"),
            (np.full((4, 2), "x"), ["a", "b"] * 2, "expects numbers"),
            (np.zeros((4, 2)), ["a"] * 4, "two classes"),
            (np.zeros((2, 2)), ["a", "b"], "would hold no row at all"),
            (np.zeros((4, 2)), [["a"]] * 4, r"shape \(N,\)"),
            (np.zeros((4, 2)), [1, "1", 2, 2], "one spelling for each class"),
        ],
    )
    def test_bad_input_is_named(self, x, y, message):
        with pytest.raises(ValueError, match=message):
            Source.from_arrays(x, y if message[0] != "o" else np.array(y, object))


class TestFromDataframe:
    def frame(self):
        return pd.DataFrame(
            {
                "size": [1.0, None, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
                "colour": ["red", "blue", "green", None] * 2,
                "grade": pd.Categorical(
                    list("llmmhhmm"), categories=list("lmh"), ordered=True
                ),
                "old": [True, False] * 4,
                "label": list("abababab"),
            }
        )

    def test_attributes_come_back_with_their_holes(self):
        frame = self.frame()
        source = Source.from_dataframe(frame, "label", test=frame)
        kinds = [attribute.kind for attribute in source.schema]
        assert kinds == ["continuous", "nominal", "ordinal", "binary"]
        assert source.element_shape == (2 + 4 + 1 + 1,)
        back = source.attributes()
        for name in ("size", "colour", "grade", "old"):
            expected = frame[name].astype(object)
            assert back[name].isna().tolist() == expected.isna().tolist()
            known = expected.notna()
            assert back[name][known].tolist() == expected[known].tolist()

    def test_test_rows_have_no_part_in_the_encoding(self):
        frame = self.frame()
        unseen = frame.assign(colour="purple")
        with pytest.raises(ValueError, match="'colour' expects one of.*'purple'"):
            Source.from_dataframe(frame, "label", test=unseen)
        with pytest.raises(ValueError, match="'old' expects no holes.*8 hole"):
            Source.from_dataframe(frame, "label", test=frame.assign(old=None))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"size": None}, "'size' expects at least one value"),
            ({"size": np.inf}, "'size' expects finite numbers"),
            ({"when": pd.Timestamp("2026-01-01")}, "'when' expects.*dates"),
        ],
    )
    def test_odd_columns_are_named(self, change, message):
        with pytest.raises(ValueError, match=message):
            Source.from_dataframe(self.frame().assign(**change), "label")

    def test_test_rows_need_the_target_too(self):
        frame = self.frame()
        with pytest.raises(ValueError, match="labels in column 'label'.*'size'"):
            Source.from_dataframe(frame, "label", test=frame.drop(columns="label"))

    @pytest.mark.parametrize("frame", [{"label": ["a", "b"]}, [1, 2]])
    def test_what_is_no_dataframe_is_named(self, frame):
        with pytest.raises(ValueError, match=f"DataFrame.*{type(frame).__name__}"):
            Source.from_dataframe(frame, "label")

    def test_an_absent_target_is_answered_with_the_columns(self):
        with pytest.raises(ValueError, match="'lable'.*'size', 'colour'"):
            Source.from_dataframe(self.frame(), "lable")


def write_image(path, seed, size=(9, 9), mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 256, size[::-1], dtype="uint8")
    Image.fromarray(values).convert(mode).save(path)


class TestFromDirectory:
    def test_folders_are_classes_and_one_of_them_is_unlabelled(self, tmp_path):
        for i in range(5):
            write_image(tmp_path / "cat" / f"{i}.png", i)
            write_image(tmp_path / "dog" / "more" / f"{i}.png", 10 + i)
            write_image(tmp_path / "unlabelled" / f"{i}.png", 20 + i)
        source = Source.from_directory(tmp_path)
        assert source.class_names == ("cat", "dog")
        assert source.element_shape == (9, 9, 1)
        assert np.unique(source.train.y, return_counts=True)[1].tolist() == [5, 4, 4]

    def test_a_thousand_images_keep_their_labels(self, tmp_path):
        """Cats are dark, dogs bright; sizes and modes are mixed, two are broken."""
        stream = np.random.default_rng(0)
        for i, size in enumerate(stream.integers(5, 60, (1000, 2))):
            path = tmp_path / ("cat", "dog")[i % 2] / f"{i:04}.png"
            path.parent.mkdir(exist_ok=True)
            grey = np.full(size, 40 + 160 * (i % 2), "uint8")
            mode = ("L", "RGB", "RGBA", "P", "LA", "I;16")[i % 6]
            image = Image.fromarray(grey)
            if mode == "I;16":
                Image.fromarray(grey.astype("uint16") * 257).save(path)
            else:
                image.convert(mode).save(path)
        broken = [tmp_path / "cat" / "0000x.png", tmp_path / "dog" / "0001x.png"]
        for path in broken:
            path.write_bytes(b"no image")
        with pytest.warns(UserWarning, match=r"(?s)2 of 1002.*0000x\.png.*0001x\.png"):
            source = Source.from_directory(tmp_path, size=(16, 12))
        with source.scoring() as test:
            x, y = source.train + test
        assert x.shape == (1000, 16, 12, 1)
        expected = np.where(y == 0, 40, 200) / 255
        np.testing.assert_allclose(x.mean(axis=(1, 2, 3)), expected, atol=0.02)
        with pytest.raises(OSError, match=r"(?s)0000x\.png.*0001x\.png"):
            Source.from_directory(tmp_path, size=(16, 12), on_unreadable="raise")

    def test_test_images_take_the_size_of_the_training_images(self, tmp_path):
        for i in range(2):
            write_image(tmp_path / "train" / "cat" / f"{i}.png", i)
            write_image(tmp_path / "train" / "dog" / f"{i}.png", i)
            write_image(tmp_path / "test" / "dog" / f"{i}.png", i, size=(20, 30))
        source = Source.from_directory(tmp_path / "train", test=tmp_path / "test")
        with source.scoring() as test:
            assert test.x.shape == (2, 9, 9, 1)
            assert test.y.tolist() == [1, 1]

    def test_images_in_no_folder_are_an_error(self, tmp_path):
        write_image(tmp_path / "1.png", 0)
        with pytest.raises(ValueError, match="1 images in no subfolder"):
            Source.from_directory(tmp_path)
        with pytest.raises(ValueError, match="Received: no image"):
            (tmp_path / "1.png").unlink()
            Source.from_directory(tmp_path)
        with pytest.raises(FileNotFoundError, match="no folder .*gone"):
            Source.from_directory(tmp_path / "gone")
