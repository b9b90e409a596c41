import errno
import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time

import pytest

from kvae.serving import PushRefusedError, push, pusher, rollback, versions

GOOD = {"blessed": True, "reason": "", "signatures": 1, "largest_difference": 0.0}


@pytest.fixture
def source(tmp_path):
    """A folder that looks like an export."""
    folder = tmp_path / "export"
    (folder / "assets.extra").mkdir(parents=True)
    (folder / "variables").mkdir()
    (folder / "saved_model.pb").write_bytes(b"graph")
    for i in range(40):
        (folder / "variables" / str(i)).write_bytes(bytes([i]) * 10_000)
    return folder


@pytest.fixture
def blessed(monkeypatch):
    """Validation takes no time and finds everything good."""
    reports = [GOOD]
    monkeypatch.setattr(
        pusher.validation, "validate", lambda *paths, **kwargs: list(reports)
    )
    return reports


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "validation.json"
    }


def test_versions_count_up_and_the_last_ones_stay(source, tmp_path, blessed):
    base = tmp_path / "models"
    before = time.time()
    first = push(source, base, "toy")
    assert int(first.name) >= int(before)
    assert contents(first) == contents(source)
    others = [push(source, base, "toy", keep=3) for _ in range(3)]
    numbers = [int(path.name) for path in others]
    assert numbers == sorted(numbers)
    assert versions(base, "toy") == numbers
    assert sorted(os.listdir(base / "toy")) == [str(n) for n in numbers]


def test_a_number_of_your_own_is_taken_once(source, tmp_path, blessed):
    base = tmp_path / "models"
    assert push(source, base, "toy", version=7).name == "7"
    with pytest.raises(FileExistsError, match="7 exists"):
        push(source, base, "toy", version=7)
    assert versions(base, "toy") == [7]


def test_a_number_that_would_not_stay_or_was_served_before_is_refused(
    source, tmp_path, blessed
):
    base = tmp_path / "models"
    for version in (5, 6, 7):
        push(source, base, "toy", version=version)
    with pytest.raises(ValueError, match="one of the 3 highest"):
        push(source, base, "toy", version=1)
    rollback(base, "toy")
    with pytest.raises(FileExistsError, match="was rolled back"):
        push(source, base, "toy", version=7)


def test_a_refused_version_leaves_nothing_but_the_reason(source, tmp_path, blessed):
    base = tmp_path / "models"
    blessed[:] = [{"blessed": False, "reason": "decode answers nonsense"}]
    with pytest.raises(PushRefusedError, match="decode answers nonsense"):
        push(source, base, "toy")
    assert os.listdir(base / "toy") == []


def test_rollback_serves_the_version_before(source, tmp_path, blessed):
    base = tmp_path / "models"
    for version in (1, 2):
        push(source, base, "toy", version=version)
    assert rollback(base, "toy").name == "1"
    assert versions(base, "toy") == [1]
    with pytest.raises(ValueError, match=r"at least two versions.*\[1\]"):
        rollback(base, "toy")
    # A server has seen 2: the next one must not have its number.
    blessed_next = pusher._highest(base / "toy")
    assert blessed_next == 2


def test_a_full_disk_publishes_nothing(source, tmp_path, blessed, monkeypatch):
    base = tmp_path / "models"
    push(source, base, "toy", version=1)

    def full(*arguments, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    for module, name in ((shutil, "copytree"), (os, "fsync"), (os, "rename")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(OSError, match="No space left"):
                push(source, base, "toy")
    assert os.listdir(base / "toy") == ["1"]


def test_concurrent_pushes_get_different_versions(source, tmp_path, blessed):
    base = tmp_path / "models"
    made = []
    threads = [
        threading.Thread(target=lambda: made.append(push(source, base, "toy", keep=9)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 6
    assert sorted(int(path.name) for path in made) == versions(base, "toy")


def test_a_push_is_not_swept_before_it_has_its_lock(
    source, tmp_path, blessed, monkeypatch
):
    folder, flock = tmp_path / "models" / "toy", fcntl.flock
    sweeping = threading.Thread(target=pusher._sweep, args=(folder,))

    def sweep_just_before(lock, operation):
        monkeypatch.setattr(fcntl, "flock", flock)
        if getattr(lock, "name", "").endswith("lock"):  # not that of the whole folder
            sweeping.start()
            sweeping.join(0.2)
            assert sweeping.is_alive(), "it does not wait"
        else:
            monkeypatch.setattr(fcntl, "flock", sweep_just_before)
        flock(lock, operation)

    folder.mkdir(parents=True)
    monkeypatch.setattr(fcntl, "flock", sweep_just_before)
    assert contents(push(source, tmp_path / "models", "toy")) == contents(source)
    sweeping.join()


def test_what_is_no_text_is_no_name(tmp_path, source):
    for name in (b"bytes", None, 3):
        with pytest.raises(TypeError, match="push expects a name that is a str"):
            push(source, tmp_path / "models", name)


def test_a_long_name_is_not_repeated(tmp_path, source):
    with pytest.raises(ValueError) as caught:
        push(source, tmp_path / "models", "a:" + "b" * 10**6)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30])
def test_a_version_that_tf_serving_cannot_read_is_refused(tmp_path, source, number):
    with pytest.raises(ValueError, match="int64"):
        push(source, tmp_path / "models", "toy", version=number)


def test_the_highest_version_that_it_can_read_is_taken(tmp_path, source, blessed):
    path = push(source, tmp_path / "models", "toy", version=2**63 - 1)
    assert path.name == str(2**63 - 1)


@pytest.mark.parametrize("place", ["models", "models/toy"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_in_the_place_of_a_folder_is_named(tmp_path, source, place, kind):
    path = tmp_path / place
    path.parent.mkdir(exist_ok=True)
    if kind == "file":
        path.write_text("")
    else:
        path.symlink_to(tmp_path / "nothing")
    what = "a file" if kind == "file" else "a link to nothing"
    with pytest.raises(FileExistsError, match=f"folder, or nothing yet.*{what}"):
        push(source, tmp_path / "models", "toy")


def test_a_disk_that_fills_up_while_copying_is_one_sentence(
    tmp_path, source, blessed, monkeypatch
):
    def full(source, new):
        new.mkdir()
        reason = "[Errno 28] No space left on device"
        raise shutil.Error([(f"{source}/{i}", f"{new}/{i}", reason) for i in range(9)])

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(OSError, match="No space left on device. Nothing") as caught:
        push(source, tmp_path / "models", "toy")
    assert str(caught.value).count("No space left") == 1
    assert os.listdir(tmp_path / "models" / "toy") == []


def test_sigterm_leaves_nothing_behind(source, tmp_path):
    program = """
import sys, time
from kvae.serving import pusher, validation
def validate(*paths, **kwargs):
    print("validating", flush=True)
    time.sleep(60)
validation.validate = validate
pusher.push(sys.argv[1], sys.argv[2], "toy")
"""
    base = tmp_path / "models"
    with subprocess.Popen(
        [sys.executable, "-c", program, source, base], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "validating\n"
        process.terminate()
        assert process.wait(20) == 128 + 15
    assert os.listdir(base / "toy") == []


def test_names_and_sources_are_checked(tmp_path, source):
    for name in ("", "a/b", "..", ".hidden", "a\nb", "a:b", "a\x00", "\u2028"):
        with pytest.raises(ValueError, match="a name that a folder and an"):
            push(source, tmp_path / "models", name)
    with pytest.raises(FileNotFoundError, match="holds no saved_model.pb"):
        push(tmp_path, tmp_path / "models", "toy")
    assert not (tmp_path / "models").exists()
