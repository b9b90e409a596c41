"""Places of the map."""

import numpy as np

from kvae.explorer.atlas import Atlas


def test_places_are_fractions_of_the_map(squares):
    places = Atlas(squares).places(0)
    assert places.shape == (60, 2)
    assert places.min() > 0
    assert places.max() < 1


def test_a_click_on_a_row_means_the_row_and_beside_it_the_place(squares):
    atlas = Atlas(squares)
    for row in (0, 17, 59):
        z, found = atlas.pick(atlas.places(0)[row], 0)
        assert found == row
        np.testing.assert_array_equal(z, squares.z[row])
    place = (0.5, 0.98)  # between the two groups, at the edge
    z, found = atlas.pick(place, 0)
    assert found == -1
    np.testing.assert_allclose(atlas.place_of(z, 0), place, atol=1e-9)
    assert atlas.pick(atlas.places(0)[0], 0, exact=True)[1] == -1


def test_a_push_moves_in_the_map_and_leaves_the_rest(squares):
    atlas = Atlas(squares)
    z = squares.z[0] + [0, 0, 2.0]  # the third latent does not vary: not in the map
    pushed = atlas.pushed(z, (1, 0), 0)
    before, after = np.array(atlas.place_of(z, 0)), np.array(atlas.place_of(pushed, 0))
    np.testing.assert_allclose(after - before, [0.02, 0], atol=1e-9)
    assert pushed[2] == z[2]


def test_many_rows_are_thinned_at_random_and_alike_each_time(squares):
    atlas, again = Atlas(squares, most=20), Atlas(squares, most=20)
    assert len(atlas.shown[0]) == 20
    assert atlas.shown[0].tolist() == again.shown[0].tolist()
    assert atlas.nearest(squares.z[3], 0) in atlas.shown[0]
    assert set(np.flatnonzero(squares.label >= 0)) <= set(atlas.shown[0])


def test_many_labels_are_thinned_too(squares):
    squares.label = np.arange(60) % 2
    assert len(Atlas(squares, most=20).shown[0]) == 20
    squares.label[:15] = -1
    shown = Atlas(squares, most=40).shown[0]
    assert len(set(shown)) == 40


def test_classes_with_spaces_of_their_own_have_maps_of_their_own(pictures):
    atlas = Atlas(pictures)
    assert list(atlas.spaces) == [0, 1]
    assert atlas.shown[1].tolist() == list(range(30, 60))
    assert atlas.pick(atlas.places(1)[3], 1)[1] == 33


def test_the_strip_begins_with_two_classes(squares):
    squares.label = np.repeat([0, 1], 30)
    first, second = Atlas(squares).examples(0)
    assert squares.label[first] != squares.label[second]


def test_a_place_outside_of_the_map_is_at_its_edge(squares):
    assert Atlas(squares).place_of(np.array([1e6, 0, 0]), 0)[0] in (0, 1)
