"""How much the checks and the loaders of an export cost: decode, 256 rows at a time.

    python -m tools.benchmark_serving            # 2 min; --quick: half a minute
    python -m tools.benchmark_serving --load     # clients of a server; 5 min

The bare decoder's tf.function beside the exported `decode`, by tf.saved_model.load, by
the session loader, and in a C++ program that loads it as TF Serving does; all in turns,
in one run. The aim is 1.3 times the bare decoder's time at most. The C++ program needs
g++; it is built against the headers and libraries in TensorFlow's wheel. With `--load`
1 to 64 clients ask the stand-in server by REST and gRPC (`serving_load.py`).
"""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import kvae  # noqa: F401  before TensorFlow, so that it starts without a word

# isort: split
import numpy as np
import tensorflow as tf

from tools import timing

SOURCE = Path(__file__).with_name("load_saved_model.cc")
BATCH = 256


def build(folder):
    """Returns the path of the C++ loader, built in a folder; None without g++."""
    if shutil.which("g++") is None:
        return None
    wheel, binary = Path(tf.__file__).parent, Path(folder) / "load_saved_model"
    libraries = [wheel / f"libtensorflow_{part}.so.2" for part in ("cc", "framework")]
    flags = [*tf.sysconfig.get_compile_flags(), "-w", "-O2", "-std=c++17"]
    # The session lives in one library, its loader in the other: both are needed.
    link = ["-Wl,--no-as-needed", *libraries, f"-Wl,-rpath,{wheel}"]
    subprocess.run(["g++", *flags, SOURCE, "-o", binary, *link], check=True)
    return binary


def to_bytes(requests):
    """Returns requests [(signature, dict of arrays)] as the C++ loader reads them."""
    parts = []
    for signature, inputs in requests:
        parts.append(f"{signature}\n{len(inputs)}\n".encode())
        for name, value in inputs.items():
            proto = tf.make_tensor_proto(value).SerializeToString()
            parts += [f"{name}\n{len(proto)}\n".encode(), proto]
    return b"".join(parts)


def ask(binary, path, requests):
    """Returns what the C++ loader answers: a dict of arrays, or a str, for each."""
    from tensorflow.core.framework.tensor_pb2 import TensorProto

    done = subprocess.run(
        [binary, path], input=to_bytes(requests), capture_output=True, check=True
    )
    rest, answers = done.stdout, []
    while rest:
        status, count, rest = rest.split(b"\n", 2)
        tensors = {}
        for _ in range(int(count)):
            name, size, rest = rest.split(b"\n", 2)
            tensors[name.decode()], rest = rest[: int(size)], rest[int(size) :]
        if status == b"error":
            answers.append(tensors["message"].decode())
            continue
        answers.append(
            {
                name: tf.make_ndarray(TensorProto.FromString(tensor))
                for name, tensor in tensors.items()
            }
        )
    return answers


def make_vae(hidden_units):
    """Returns an untrained VAE of MNIST's size: its speed is that of a trained one."""
    vae = kvae.BetaVAE(
        kvae.DenseEncoder(50, hidden_units),
        kvae.DenseDecoder((28, 28, 1), hidden_units[::-1]),
    )
    vae.build((None, 28, 28, 1))
    return vae


def seconds_of(function, repeats):
    """Returns the seconds of one call."""
    start = time.perf_counter()
    for _ in range(repeats):
        function()
    return (time.perf_counter() - start) / repeats


def variants(vae, folder):
    """Returns {name: repeats -> seconds of one call of decode}."""
    from kvae.serving import export
    from tools.served_version import ServedVersion

    path = export(vae, Path(folder) / "1", signatures=["decode"])
    z = np.random.default_rng(0).standard_normal((BATCH, 50)).astype("float32")
    tensor = tf.constant(z)
    spec = [tf.TensorSpec([None, 50], tf.float32)]
    bare = tf.function(vae.decode, input_signature=spec, autograph=False)
    loaded = tf.saved_model.load(path)
    decode, session = loaded.signatures["decode"], ServedVersion(path)
    functions = {
        "bare tf.function": lambda: bare(tensor).numpy(),
        "tf.saved_model.load": lambda: decode(z=tensor)["x"].numpy(),
        "session loader": lambda: session.predict("decode", {"z": z}),
    }
    made = {
        name: lambda repeats, call=call: (call(), seconds_of(call, repeats))[1]
        for name, call in functions.items()
    }
    binary = build(folder)
    if binary is not None:
        request = to_bytes([("decode", {"z": z})])

        def in_cc(repeats):
            done = subprocess.run(
                [binary, path, str(repeats)],
                input=request,
                capture_output=True,
                check=True,
            )
            return float(done.stdout)

        made["C++ loader, no XLA"] = in_cc
    return made


@dataclass(frozen=True)
class Config:
    load: bool = False
    """Clients of a server instead."""
    rounds: int = 9
    """How often each loader is timed."""
    repeats: int = 300
    """Calls of one timing."""
    quick: bool = False
    """Few rounds: a check that everything runs."""


QUICK = {"rounds": 3, "repeats": 50}


def main(config):
    """Prints a line for each way to call decode."""
    tf.get_logger().setLevel("ERROR")  # it calls the session loader deprecated
    if config.load:
        from tools import serving_load

        serving_load.main(make_vae((512, 256)), config.quick)
        return
    print(
        f"{'dense decoder':16} {'called by':20} {'ms':>7} {'of bare':>8} {'rows/s':>9}"
    )
    for hidden_units in ((512, 256), (32,)):
        with tempfile.TemporaryDirectory() as folder:
            made = variants(make_vae(hidden_units), folder)
            # In turns: what slows the machine for a while slows all of them.
            times = [
                {name: time_it(config.repeats) for name, time_it in made.items()}
                for _ in range(config.rounds)
            ]
        for name in made:
            seconds = np.median([times_of[name] for times_of in times])
            bare = np.median([times_of["bare tf.function"] for times_of in times])
            units = "-".join(map(str, hidden_units))
            ratio = f"{seconds / bare:8.2f} {BATCH / seconds:9.0f}"
            print(f"{units:16} {name:20} {1000 * seconds:7.3f} {ratio}", flush=True)


if __name__ == "__main__":
    timing.run_benchmark(main, Config, QUICK, __doc__)
