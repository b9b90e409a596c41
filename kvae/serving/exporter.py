"""A trained VAE as a SavedModel that plain TensorFlow serves, without Keras or kvae."""

import json
from pathlib import Path

import keras
import tensorflow as tf

from kvae.checks import expect_count, expect_one_of, expect_shape
from kvae.models.conditional_vae import ConditionalVAE
from kvae.models.multi_vae import MultiVAE
from kvae.serving import (
    described_columns,
    description,
    sample_summary,
    saved_graph,
    wire,
)
from kvae.serving.example_requests import example_request
from kvae.serving.graph import row_formats
from kvae.serving.graph.reference_codes import ReferenceCodes
from kvae.serving.graph.served_model import ServedModel
from kvae.serving.graph.signatures import SignatureFactory, describe
from kvae.serving.graph.table_columns import TableRows
from kvae.serving.whole_folder import WholeFolder


def export(
    vae,
    path,
    class_names=None,
    codes=None,
    include_codes=False,
    generative_classifier=None,
    k=3,
    max_rows=1000,
    signatures=None,
    table=None,
    target="label",
    date_formats=None,
    about=None,
    overwrite=False,
):
    """Writes a VAE as a SavedModel with a signature for each question to it.

    `decode` (also `serving_default`): z to rows. `encode`, `reconstruct`: rows to
    codes, and through both. `sample`: n, seed and, where the model knows classes,
    class to new rows. `augment_rows`: a new row around each row; `augment_class`: new
    rows around the codes of a class (`include_codes` only). `classify`: the generative
    classifier's verdict. Random ones have twins `..._batch` with `seeds` (B, 2); image
    models twins `..._png`; all that take rows twins `..._examples` for tf.Examples,
    which name the class, where the model has to be told it, in their feature `target`.
    `describe`: what the model is.
    Beside the graph lie `assets.extra/description.json`, and `requests.jsonl` with a
    request for each signature and its answer. The folder appears when it is complete,
    or not at all.

    Args:
        vae: BetaVAE without a replica axis, MultiVAE or ConditionalVAE, built.
        path: str or path, the folder to write.
        class_names: K strings; by default the class numbers, where there are classes.
        codes: optional LatentCodes of labelled rows to draw around; a Single-VAE.
        include_codes: bool. Codes decode to about the rows they came from: they are
            exported only if this says so too.
        generative_classifier: optional GenerativeClassifier.
        k: int >= 1, neighbours for `interpolate`.
        max_rows: int >= 1, the greatest n that a request may ask for.
        signatures: optional names, those to export; the first is `serving_default`.
        table: optional `kvae.preprocessing.Table` the VAE's inputs were made by. Rows
            then travel in its columns and units, text as strings, holes as NaN and "".
        target: str, what class names are called in answers.
        date_formats: optional dict {column: letters of strftime}, how the table writes
            its dates, such as "%d.%m.%Y"; by default as ISO 8601 has them.
        about: optional dict for the description: data, licence, name, revision,
            scores, settings, text.
        overwrite: bool, whether a folder of that name is replaced.

    Returns:
        Path of the folder.

    Raises:
        ValueError: for a VAE that is not built, or a stack that is no MultiVAE; class
            names, codes, signatures, forms of dates or a classifier that do not fit;
            or a graph that TF Serving would not run.
        FileExistsError: where the folder exists and overwrite is False.

    Example:
        >>> import tempfile
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)))
        >>> vae.build((None, 8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = export(vae, f"{folder}/1", signatures=["decode", "sample"])
        ...     sample = tf.saved_model.load(path).signatures["sample"]
        ...     sample(n=tf.constant(5), seed=tf.constant(7, "int64"))["x"].shape
        TensorShape([5, 8, 8, 1])
    """
    _expect_vae(vae)
    folder = WholeFolder(path, overwrite)
    expect_count("k of export", k, 1)
    expect_count("max_rows of export", max_rows, 1)
    if target in ("accepted", "score", "x"):
        raise ValueError(
            f"target of export expects another name than {target!r}, which answers use "
            "themselves."
        )
    for key in about or {}:
        expect_one_of("a key of about", key, description.ABOUT)
    class_names = _class_names(
        vae, class_names, codes=codes, generative_classifier=generative_classifier
    )
    reference = _reference(
        vae, codes, include_codes=include_codes, class_names=class_names, k=k
    )
    model = ServedModel(
        vae,
        class_names=class_names,
        reference=reference,
        generative_classifier=generative_classifier,
    )
    rows = _rows(model, table, target=target, date_formats=date_formats)
    attributes = None if table is None else described_columns.describe(table, rows)
    made = _signatures(model, rows, target=target, max_rows=max_rows)
    generates = None
    if signatures is None or "sample" in signatures:
        generates = sample_summary.generates(
            made["sample"], model, attributes, max_rows, target
        )
    described = description.describe(model, attributes, generates, about or {}, target)
    parts = {key: described[key] for key in description.DESCRIBED}
    made["describe"] = describe(parts, rows)
    chosen = _choose(made, signatures)
    described["signatures"] = description.describe_signatures(chosen)
    with folder as new:
        lines = _write(model, chosen, table, folder=str(new))
        extra = new / description.FOLDER
        extra.mkdir()
        text = json.dumps(described, indent=1, default=str) + "\n"
        (extra / description.FILE).write_text(text)
        (extra / description.REQUESTS).write_text("\n".join(lines) + "\n")
    return Path(path)


def export_decoder(vae, path, overwrite=False, about=None):
    """Writes the decoder of a VAE alone: `serving_default` takes z and returns x.

    Arguments, errors and result are those of `export`.

    Example:
        >>> import tempfile
        >>> from kvae import BetaVAE, DenseDecoder, DenseEncoder
        >>> vae = BetaVAE(DenseEncoder(2), DenseDecoder((8, 8, 1)))
        >>> vae.build((None, 8, 8, 1))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = export_decoder(vae, f"{folder}/decoder/1")
        ...     decode = tf.saved_model.load(path).signatures["serving_default"]
        ...     decode(z=tf.zeros((3, 2)))["x"].shape
        TensorShape([3, 8, 8, 1])
    """
    return export(vae, path, signatures=["decode"], overwrite=overwrite, about=about)


def _rows(model, table, target, date_formats):
    """Returns the format in which rows travel, before those of files."""
    if table is None:
        return row_formats.ArrayRows(model.element_shape, model.vae.likelihood.support)
    expect_shape(
        "export",
        "(F,)",
        model.element_shape,
        expected=(table.to_inputs.width,),
        remedy="Pass the table.",
    )
    return TableRows(table, target, date_formats)


def _signatures(model, rows, target, max_rows):
    """Returns every signature of a model by name; the plain ones come first."""
    support, shape = model.vae.likelihood.support, model.element_shape
    formats = [rows]
    if support == (0.0, 1.0) and len(shape) == 3 and shape[-1] in (1, 3, 4):
        formats.append(row_formats.PngRows(shape))
    label = target if model.by_class else None
    formats.append(row_formats.ExampleRows(rows, label))
    made = {}
    for rows in formats:
        factory = SignatureFactory(model, rows, target=target, max_rows=max_rows)
        for signature in factory.all():
            # Of tf.Examples only what reads rows and nothing random: TFX's questions.
            reads = set(rows.specs) == set(signature.inputs) or not rows.suffix
            if reads or not isinstance(rows, row_formats.ExampleRows):
                made[signature.name] = signature
    return made


def _choose(signatures, names):
    if names is None:
        names = list(signatures)
    for name in names:
        expect_one_of("signatures of export", name, signatures)
    return [signatures[name] for name in names]


def _write(model, signatures, table, folder):
    """Writes the SavedModel; returns a line of JSON for each signature."""
    archive = keras.export.ExportArchive()
    # Variables are found by the functions that use them; tracked by their models, too,
    # they would be written twice.
    if table is not None:
        archive.track(table.to_inputs)  # its lookup table
    names = saved_graph.argument_names(
        [name for signature in signatures for name in signature.inputs]
    )
    lines = []
    for signature in signatures:
        specs = [
            tf.TensorSpec(None, spec.dtype, names[name])  # of any shape: see guards
            for name, spec in signature.inputs.items()
        ]
        endpoint = archive.add_endpoint(
            signature.name,
            signature.positional,
            specs,
        )
        request = example_request(signature, model)
        answer = endpoint.get_concrete_function()(*request.values())
        request, answer = (
            {name: tensor.numpy() for name, tensor in tensors.items()}
            for tensors in (request, answer)
        )
        lines.append(wire.to_line(signature.name, request, answer))
    archive.write_out(folder, verbose=False)
    specs = {signature.name: signature.inputs for signature in signatures}
    specs["serving_default"] = signatures[0].inputs
    saved_graph.finish(folder, specs, names)
    return lines


def _class_names(vae, class_names, codes, generative_classifier):
    """Returns K strings, or None where the model knows no classes."""
    counts = {}
    if isinstance(vae, MultiVAE):
        counts["the MultiVAE"] = vae.replicas
    if isinstance(vae, ConditionalVAE):
        counts["the ConditionalVAE"] = vae.num_classes
    if generative_classifier is not None:
        counts["the generative classifier"] = generative_classifier.num_classes
    if codes is not None and len(codes.classes):
        counts["the codes"] = int(codes.classes.max()) + 1
    if not counts:
        return None
    if class_names is None:
        class_names = [str(c) for c in range(max(counts.values()))]
    class_names = tuple(str(name) for name in class_names)
    for what, count in counts.items():
        fits = count <= len(class_names) if what == "the codes" else False
        if not fits and count != len(class_names):
            raise ValueError(
                f"export expects a class name for each class of {what}, {count}. "
                f"Received: {len(class_names)} names."
            )
    if len(set(class_names)) < len(class_names):
        raise ValueError(
            "export expects class names that differ. Received: "
            f"{wire.shortened(str(class_names))}."
        )
    return class_names


def _reference(vae, codes, include_codes, class_names, k):
    if (codes is None) != (not include_codes):
        raise ValueError(
            "export puts codes of real rows into the graph only with codes=... and "
            "include_codes=True together: decoded, they give about the rows they came "
            f"from. Received: codes {'missing' if codes is None else 'given'}, "
            f"include_codes={include_codes}."
        )
    if codes is None:
        return None
    if isinstance(vae, (MultiVAE, ConditionalVAE)):
        raise ValueError(
            "export expects codes of a BetaVAE for all classes. Received: a "
            f"{type(vae).__name__}, which draws rows of a class from its prior; leave "
            "the codes out."
        )
    return ReferenceCodes(codes, len(class_names), k)


def _expect_vae(vae):
    if not vae.built:
        raise ValueError(
            f"export expects a trained BetaVAE. Received: {vae.name!r}, not built yet; "
            "fit it first."
        )
    if vae.replicas is not None and not isinstance(vae, MultiVAE):
        raise ValueError(
            "export expects a BetaVAE without a replica axis, or a MultiVAE. Received: "
            f"a stack of {vae.replicas}; choose one with kvae.models.take(vae, r)."
        )
