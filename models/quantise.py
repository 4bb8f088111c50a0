"""int8 weights for the encoder, rounded so that the layers' outputs move least.

Every linear layer is rounded column by column, and the error of a column is carried into the columns that are still to
be rounded, through the Cholesky factor of the inverse covariance of the layer's inputs (Frantar et al., "GPTQ", arXiv
2210.17323, section 3). Three things differ from the paper: the scale of an output channel is fixed beforehand, by least
squared error; the bias takes up the mean error; and the target is the output of the float32 model on ITS inputs,
residual stream included, so that a layer also mends what the layers before it have spoilt.
"""

import numpy as np
from scipy.special import erf

LAYERS, HEADS, HEAD_WIDTH = 6, 12, 32
LAYER_NORM_EPSILON = 1e-12
CLIP_RATIOS = np.linspace(0.80, 1.0, 41)
# Shares of the mean input variance that are added to each variance: for the rounding, and for the mending of earlier
# layers' errors, which fits the calibration sentences too closely with less.
ROUNDING_DAMPING = 0.1
MENDING_DAMPING = 0.3
BLOCK = 128  # columns whose error is carried on together; it changes the speed, not the result


def row_scales(weight):
    """One scale a row [rows]: the one of CLIP_RATIOS that gives the least squared error."""
    largest = np.maximum(np.abs(weight).max(axis=1), 1e-8)
    best_error = np.full(len(weight), np.inf)
    best_scale = np.zeros(len(weight), np.float32)
    for ratio in CLIP_RATIOS:
        scale = (largest * ratio / 127).astype(np.float32)
        error = ((round_to_int8(weight, scale[:, None]) * scale[:, None] - weight) ** 2).sum(axis=1)
        better = error < best_error
        best_error[better], best_scale[better] = error[better], scale[better]
    return best_scale


def round_to_int8(weight, scale):
    return np.clip(np.rint(weight / scale), -127, 127)


def quantise_rows(weight):
    """int8 rows [rows, columns] and their scales [rows], each weight rounded to the nearest step."""
    scale = row_scales(weight)
    return round_to_int8(weight, scale[:, None]).astype(np.int8), scale


def quantise_with_compensation(weight, covariance):
    """As `quantise_rows`, but the rounding errors of a row cancel each other on inputs of that `covariance`."""
    scale = row_scales(weight)
    order = np.argsort(-np.diag(covariance), kind="stable")
    factor = np.linalg.cholesky(np.linalg.inv(damp(covariance, ROUNDING_DAMPING)[np.ix_(order, order)])).T
    left = weight[:, order].astype(np.float64)
    rounded = np.zeros_like(left)
    for start in range(0, left.shape[1], BLOCK):
        stop = min(start + BLOCK, left.shape[1])
        errors = np.zeros((len(left), stop - start))
        for column in range(start, stop):
            rounded[:, column] = round_to_int8(left[:, column], scale)
            error = (left[:, column] - rounded[:, column] * scale) / factor[column, column]
            left[:, column:stop] -= np.outer(error, factor[column, column:stop])
            errors[:, column - start] = error
        left[:, stop:] -= errors @ factor[start:stop, stop:]
    result = np.zeros_like(rounded)
    result[:, order] = rounded
    return result.astype(np.int8), scale


def damp(covariance, share):
    return covariance + np.eye(len(covariance)) * share * np.diag(covariance).mean()


def quantise_linear(weight, bias, inputs, targets):
    """The layer that best gives `targets` [tokens, out] from `inputs` [tokens, in]: int8 rows, scales, bias."""
    input_mean, target_mean = inputs.mean(axis=0), targets.mean(axis=0)
    centred = inputs - input_mean
    covariance = centred.T @ centred / len(centred)
    missing = (targets - target_mean) - centred @ weight.T.astype(np.float64)
    correction = np.linalg.solve(damp(covariance, MENDING_DAMPING), centred.T @ missing / len(centred)).T
    mended = weight + correction
    rows, scales = quantise_with_compensation(mended, covariance)
    return rows, scales, (target_mean - dequantise(rows, scales) @ input_mean).astype(np.float32)


def dequantise(rows, scales):
    return rows.astype(np.float32) * scales[:, None]


def layer_norm(values, tensors, name):
    centred = values - values.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + LAYER_NORM_EPSILON)
    return centred / deviation * tensors[name + ".weight"] + tensors[name + ".bias"]


def gelu(values):
    return values * 0.5 * (1 + erf(values / np.sqrt(2)))


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def attention(query, key, value, lengths):
    """Context vectors [tokens, width]; the tokens of all texts lie behind one another, `lengths` tells them apart."""
    contexts, start = [], 0
    for length in lengths:
        rows = slice(start, start + length)
        split = lambda part: part[rows].reshape(length, HEADS, HEAD_WIDTH).transpose(1, 0, 2)
        scores = split(query) @ split(key).transpose(0, 2, 1) / np.sqrt(HEAD_WIDTH)
        contexts.append((softmax(scores) @ split(value)).transpose(1, 0, 2).reshape(length, -1))
        start += length
    return np.concatenate(contexts)


def embed(words, positions, tensors, texts):
    summed = np.concatenate([words[ids] + positions[: len(ids)] for ids in texts])
    return layer_norm(summed.astype(np.float64), tensors, "embeddings.LayerNorm")


def quantise_encoder(tensors, positions, texts):
    """int8 matrices {name: (rows, scales)} and a copy of `tensors` with the new biases.

    `positions` is the position table with the segment's row added, `texts` the token ids of the calibration sentences.
    The float32 model and the rounded one run side by side, a layer at a time.
    """
    tensors, matrices = dict(tensors), {}
    lengths = [len(ids) for ids in texts]
    words = tensors["embeddings.word_embeddings.weight"]
    exact = embed(words, positions, tensors, texts)
    matrices["embeddings.word"] = quantise_rows(words)
    matrices["embeddings.position"] = quantise_rows(positions)
    rough = embed(dequantise(*matrices["embeddings.word"]), dequantise(*matrices["embeddings.position"]), tensors, texts)

    def both(name, exact_in, rough_in, owed=0.0):
        """The layer's float32 output and the rounded layer's; `owed` is what the residual stream lacks."""
        weight, bias = tensors[name + ".weight"], tensors[name + ".bias"]
        exact_out = exact_in @ weight.T.astype(np.float64) + bias
        rows, scales, tensors[name + ".bias"] = quantise_linear(weight, bias, rough_in, exact_out + owed)
        matrices[name + ".weight"] = rows, scales
        return exact_out, rough_in @ dequantise(rows, scales).T.astype(np.float64) + tensors[name + ".bias"]

    for layer in range(LAYERS):
        base = f"encoder.layer.{layer}."
        parts = [both(base + "attention.self." + part, exact, rough) for part in ("query", "key", "value")]
        exact_context, rough_context = (attention(*column, lengths) for column in zip(*parts))
        exact_out, rough_out = both(base + "attention.output.dense", exact_context, rough_context, exact - rough)
        norm = base + "attention.output.LayerNorm"
        exact, rough = layer_norm(exact_out + exact, tensors, norm), layer_norm(rough_out + rough, tensors, norm)

        exact_inner, rough_inner = both(base + "intermediate.dense", exact, rough)
        exact_out, rough_out = both(base + "output.dense", gelu(exact_inner), gelu(rough_inner), exact - rough)
        norm = base + "output.LayerNorm"
        exact, rough = layer_norm(exact_out + exact, tensors, norm), layer_norm(rough_out + rough, tensors, norm)
    return matrices, tensors
