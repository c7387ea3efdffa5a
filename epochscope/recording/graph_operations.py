"""Which operations draw values, activate, or may stand between a layer and its activation."""

ACTIVATIONS = frozenset(
    [
        "relu",
        "relu6",
        "leaky_relu",
        "prelu",
        "rrelu",
        "elu",
        "selu",
        "celu",
        "gelu",
        "silu",
        "mish",
        "tanh",
        "sigmoid",
        "hardtanh",
        "hardswish",
        "hardsigmoid",
        "softplus",
        "log_sigmoid",
        "threshold",
        "hardshrink",
        "softshrink",
        "tanhshrink",
        "softsign",
    ]
)

DROPOUTS = frozenset(["dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"])

RANDOM = DROPOUTS | frozenset(
    [
        "normal",
        "normal_functional",
        "randn",
        "randn_like",
        "rand",
        "rand_like",
        "uniform",
        "bernoulli",
        "exponential",
        "cauchy",
        "log_normal",
        "geometric",
        "poisson",
        "multinomial",
        "randint",
        "randint_like",
        "randperm",
        "rrelu",
        "native_dropout",
    ]
)

# Operations that keep the values and change their arrangement.
SHAPING = frozenset(
    [
        *("view", "reshape", "flatten", "unflatten", "contiguous", "to", "_to_copy", "transpose"),
        *("permute", "detach", "alias", "clone", "getitem", "expand", "expand_as", "repeat"),
        *("unsqueeze", "squeeze", "broadcast_to", "broadcast_tensors"),
    ]
)

# What does not end the unit of a layer and its activation.
NORMS = frozenset(["batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"])
PASSING = (NORMS | DROPOUTS) | frozenset(
    [
        "native_dropout",
        "view",
        "reshape",
        "flatten",
        "unflatten",
        "contiguous",
        "to",
        "_to_copy",
        "transpose",
        "permute",
        "detach",
        "alias",
        "clone",
        "getitem",
    ]
)
PASSING_FUNCTIONS = (NORMS | DROPOUTS) | frozenset(
    ["dropout1d", "dropout2d", "dropout3d", "contiguous", "to", "float", "clone", "detach"]
)
PASSING_MODULES = frozenset(
    [
        "BatchNorm",
        "LayerNorm",
        "GroupNorm",
        "InstanceNorm",
        "RMSNorm",
        "Dropout",
        "AlphaDropout",
        "Flatten",
        "Unflatten",
        "Identity",
        "SyncBatchNorm",
    ]
)
