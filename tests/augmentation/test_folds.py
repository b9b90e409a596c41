import numpy as np

from kvae.augmentation.folds import LabelledFolds, missing_labels

Y = np.array(["a", "b", None, "a", "", "b", "a", "b"], dtype=object)


def test_unlabelled_rows_are_in_every_training_part_and_no_test_part():
    folds = list(LabelledFolds(3).split(np.zeros((8, 1)), Y))
    for train, test in folds:
        assert {2, 4} <= set(train)
        assert not {2, 4} & set(test)
        assert set(train) | set(test) == set(range(8))
    assert sorted(np.concatenate([test for _, test in folds])) == [0, 1, 3, 5, 6, 7]


def test_another_label_can_mean_unlabelled():
    assert missing_labels([-1, 1, 0], -1).tolist() == [True, False, False]
