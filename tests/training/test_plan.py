from kvae.training.plan import choose_plan, image_units


def test_few_rows_bear_few_latents():
    assert choose_plan(15, 30, 5).settings.latent_dim == 1
    assert choose_plan(1000, 30, 500).settings.latent_dim == 15
    assert choose_plan(10**5, 100, 500).settings.latent_dim == 16


def test_what_is_asked_for_is_taken():
    plan = choose_plan(100, 4, 50, latent_dim=3, steps=7)
    assert (plan.settings.latent_dim, plan.settings.steps) == (3, 7)


def test_images_of_any_size_get_a_network_of_their_size():
    assert image_units(8 * 8) == (128, 64)
    assert image_units(28 * 28) == image_units(64 * 64 * 3) == (512, 256)
    faces = choose_plan(400, 64 * 64, 10, image=True).settings
    assert (faces.hidden_units, faces.reconstruction) == ((512, 256), "bernoulli")


def test_a_class_of_few_rows_is_mentioned():
    assert "smallest class has 2 row(s)" in choose_plan(100, 4, 2).notes[-1]


def test_batches_are_an_eighth_of_the_rows_within_bounds():
    sizes = [choose_plan(n, 4, 50).settings.batch_size for n in (20, 400, 10**6)]
    assert sizes == [16, 50, 256]
