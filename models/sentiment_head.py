"""Softmax heads over sentence features, fitted to soft labels: a linear one and one with a hidden layer."""

import numpy as np
from scipy.optimize import minimize


def softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


class Head:
    """`layers`: [(weight [out, in], bias [out])], ReLU between them."""

    def __init__(self, layers):
        self.layers = layers

    def scores(self, features):
        for number, (weight, bias) in enumerate(self.layers):
            features = features @ weight.T + bias
            if number + 1 < len(self.layers):
                features = np.maximum(features, 0)
        return features

    def probabilities(self, features):
        return softmax(self.scores(features))

    def scaled(self, factor):
        """The same classes with scores times `factor`: below 1 the head is less sure."""
        weight, bias = self.layers[-1]
        return Head(self.layers[:-1] + [(weight * factor, bias * factor)])

    def on_raw_features(self, mean, deviation):
        """The head for features that are not standardised."""
        weight, bias = self.layers[0]
        raw = weight / deviation
        return Head([(raw, bias - raw @ mean)] + self.layers[1:])


def fit_head(features, targets, weights, settings):
    """`settings`: hidden (0 for a linear head), l2, and for a hidden layer epochs, dropout and seeds."""
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-6
    standardised = ((features - mean) / deviation).astype(np.float32)
    if settings["hidden"] == 0:
        head = fit_linear(standardised, targets, weights, settings["l2"])
    else:
        head = join([fit_hidden(standardised, targets, weights, settings, seed) for seed in range(settings["seeds"])])
    return head.on_raw_features(mean, deviation)


def fit_linear(features, targets, weights, l2):
    """Least cross-entropy plus l2 / 2 times the squared weights, per row, by L-BFGS."""
    width, classes, total = features.shape[1], targets.shape[1], weights.sum()

    def loss(flat):
        weight, bias = flat[:-classes].reshape(classes, width), flat[-classes:]
        given = softmax(features @ weight.T.astype(np.float32) + bias)
        value = -(weights[:, None] * targets * np.log(given + 1e-12)).sum() / total + l2 / 2 * (weight**2).sum()
        slope = (weights[:, None] * (given - targets) / total).astype(np.float32)
        return value, np.concatenate([(slope.T @ features + l2 * weight).ravel(), slope.sum(axis=0)]).astype(np.float64)

    flat = minimize(loss, np.zeros(classes * (width + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 150, "ftol": 1e-6}).x
    return Head([(flat[:-classes].reshape(classes, width), flat[-classes:])])


def fit_hidden(features, targets, weights, settings, seed):
    """Adam with decoupled weight decay and dropout on the features and the hidden layer; the rate falls to 0."""
    random = np.random.default_rng(seed)
    width, hidden, classes = features.shape[1], settings["hidden"], targets.shape[1]
    parameters = [
        random.normal(0, np.sqrt(1 / width), (hidden, width)).astype(np.float32),
        np.zeros(hidden, np.float32),
        random.normal(0, np.sqrt(1 / hidden), (classes, hidden)).astype(np.float32),
        np.zeros(classes, np.float32),
    ]
    first = [np.zeros_like(parameter) for parameter in parameters]
    second = [np.zeros_like(parameter) for parameter in parameters]
    batch_size, keep = 128, 1 - settings["dropout"]
    steps, step = settings["epochs"] * (len(features) // batch_size), 0
    for _ in range(settings["epochs"]):
        order = random.permutation(len(features))
        for start in range(0, len(order) - batch_size + 1, batch_size):
            rows = order[start : start + batch_size]
            inputs = features[rows] * (random.random((batch_size, width), np.float32) < keep) / keep
            before = inputs @ parameters[0].T + parameters[1]
            mask = ((before > 0) * (random.random(before.shape, np.float32) < keep) / keep).astype(np.float32)
            inner = before * mask
            given = softmax(inner @ parameters[2].T + parameters[3])
            slope = (weights[rows, None] * (given - targets[rows]) / batch_size).astype(np.float32)
            inner_slope = (slope @ parameters[2]) * mask
            gradients = [inner_slope.T @ inputs, inner_slope.sum(axis=0), slope.T @ inner, slope.sum(axis=0)]
            step += 1
            rate = 1e-3 * (1 - step / (steps + 1))
            for index, gradient in enumerate(gradients):
                first[index] = 0.9 * first[index] + 0.1 * gradient
                second[index] = 0.999 * second[index] + 0.001 * gradient**2
                size = np.sqrt(second[index] / (1 - 0.999**step)) + 1e-8
                decay = settings["l2"] * parameters[index] if index % 2 == 0 else 0
                parameters[index] = parameters[index] - rate * (first[index] / (1 - 0.9**step) / size + decay)
    return Head([(parameters[0], parameters[1]), (parameters[2], parameters[3])])


def join(heads):
    """One head whose scores are the mean of the scores of `heads`, which all have one hidden layer."""
    (inner, outer) = zip(*[head.layers for head in heads])
    return Head(
        [
            (np.concatenate([weight for weight, _ in inner]), np.concatenate([bias for _, bias in inner])),
            (np.concatenate([weight for weight, _ in outer], axis=1) / len(heads), np.mean([bias for _, bias in outer], axis=0)),
        ]
    )
