from kvae.serving import read_description


def test_each_class_is_drawn_equally_often_and_left_out(multi_model):
    generates = read_description(multi_model)["generates"]
    assert generates["classes"] == ["no", "yes"] and generates["left_out"] == ["label"]
    assert set(generates["columns"]) == {"x[0]", "x[1]", "x[2]"}
    assert all(sum(c["counts"]) == 2000 for c in generates["columns"].values())


def test_of_tables_words_are_counted_and_of_images_32_pixels(table_model, image_model):
    columns = read_description(table_model)["generates"]["columns"]
    assert set(columns["city"]["counts"]) <= {"Bonn", "Kiel", "Ulm"}
    assert 18 <= columns["age (years)"]["least"] < columns["age (years)"]["median"]
    generates = read_description(image_model)["generates"]
    assert len([name for name in generates["columns"] if name[:2] == "x["]) == 32
    assert generates["at_once"] == 50  # as many as a request may ask for


def test_a_model_without_sample_says_nothing(tmp_path, make_vae):
    from kvae.serving import export_decoder

    path = export_decoder(make_vae(), tmp_path / "1")
    assert read_description(path)["generates"] is None
