"""The operations a replay may run, and what each of them does in eval mode."""

from collections.abc import Sequence

# Overloads -> aten operations that have them. None of them writes to its arguments.
_TABLE = {
    "default": (
        "abs acos adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d "
        "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d addbmm addcdiv addcmul "
        "addmm addmv alias alpha_dropout amax amin argmax argmin argsort as_strided asin atan "
        "atan2 avg_pool1d avg_pool2d avg_pool3d baddbmm batch_norm bilinear bitwise_not bmm "
        "broadcast_tensors broadcast_to cat cdist ceil celu channel_shuffle chunk clone "
        "col2im concat constant_pad_nd contiguous conv_transpose1d copy cos cosh "
        "cosine_similarity cross cumprod cumsum detach diag_embed diagonal diagonal_scatter "
        "dot dropout einsum elu embedding empty_like erf erfc exp expand expand_as expm1 "
        "exponential feature_alpha_dropout feature_dropout flip floor frac full full_like "
        "gather gelu glu grid_sampler group_norm gru_cell hardshrink hardsigmoid hardswish "
        "hardtanh im2col index_add index_copy index_put index_select instance_norm isfinite "
        "isinf isnan layer_norm leaky_relu lift_fresh lift_fresh_copy linalg_norm "
        "linalg_vector_norm linear linspace log log10 log1p log2 log_sigmoid logaddexp "
        "logical_and logical_not logical_or logical_xor logit logsumexp lstm_cell matmul "
        "max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices max_pool3d "
        "max_pool3d_with_indices max_unpool2d maximum minimum mish mm mv nan_to_num narrow "
        "native_dropout neg new_empty new_full new_ones new_zeros normal_functional numpy_T "
        "one_hot ones ones_like outer pad permute pixel_shuffle pixel_unshuffle prelu rand "
        "rand_like randn randn_like randperm reciprocal relu relu6 repeat replication_pad2d "
        "reshape rms_norm rnn_relu_cell rnn_tanh_cell roll round rrelu rsqrt "
        "scaled_dot_product_attention scatter_add select_scatter selu sigmoid sign silu sin "
        "sinh slice_scatter softplus softshrink split_with_sizes sqrt square stack swapaxes t "
        "take_along_dim tan tanh threshold tile _to_copy topk tril triu trunc type_as unfold "
        "uniform _unsafe_view unsqueeze view_as _weight_norm _weight_norm_interface zero "
        "zeros zeros_like"
    ),
    "Tensor Scalar": (
        "add bitwise_and bitwise_or bitwise_xor divide eq ge gt le lt mul multiply ne rsub "
        "sub subtract true_divide"
    ),
    "default vec": (
        "upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d "
        "upsample_nearest2d upsample_nearest3d upsample_trilinear3d"
    ),
    "input": "conv_transpose2d conv_transpose3d gru lstm rnn_relu rnn_tanh",
    "int": "log_softmax select softmax transpose unbind unflatten",
    "Scalar Tensor": "fill fmod lerp masked_fill remainder",
    "Tensor": "index slice xlogy",
    "default Tensor": "clamp clamp_max clamp_min",
    "default dim": "all any mean",
    "default dim correction": "std var var_mean",
    "default padding": "conv1d conv2d conv3d",
    "default dim other": "max min",
    "Scalar ScalarOpt_dim": "norm",
    "Tensor Scalar Tensor_mode Scalar_mode": "div",
    "Tensor sizes": "split",
    "Tensor_Scalar Tensor_Tensor Scalar": "pow",
    "Tensor_Tensor Tensor_float float_Tensor float_float": "normal",
    "default Scalar": "floor_divide",
    "default dim dims": "squeeze",
    "default dim_IntList": "sum",
    "default dim_int": "prod",
    "default dtype": "view",
    "default indexing": "meshgrid",
    "default low": "randint",
    "default low_dtype": "randint_like",
    "default m": "eye",
    "default p": "bernoulli",
    "default stable": "sort",
    "default start start_step": "arange",
    "dtype dtype_layout device other": "to",
    "int intlist": "movedim",
    "int_Scalar int_Tensor": "index_fill",
    "memory_format": "empty",
    "self ScalarSelf ScalarOther Scalar": "where",
    "self_int self_Tensor": "repeat_interleave",
    "src value": "scatter",
    "using_ints": "flatten",
}

OPERATIONS = frozenset(
    f"aten.{name}.{overload}"
    for overloads, names in _TABLE.items()
    for name in names.split()
    for overload in overloads.split()
)

DROPOUTS = frozenset({"dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"})
DRAWS = DROPOUTS | frozenset(
    [
        "bernoulli",
        "exponential",
        "native_dropout",
        "normal",
        "normal_functional",
        "rand",
        "rand_like",
        "randint",
        "randint_like",
        "randn",
        "randn_like",
        "randperm",
        "rrelu",
        "uniform",
    ]
)

# Operation -> which argument says that it trains, and its value in eval mode.
_IN_EVAL: dict[str, tuple[int, object]] = {
    **dict.fromkeys(DROPOUTS | {"native_dropout"}, (2, False)),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), (6, False)),
    "batch_norm": (5, False),
    "instance_norm": (5, False),
    "rrelu": (3, False),
    "scaled_dot_product_attention": (4, 0.0),
}
_RUNNING_MEAN = 3  # argument of batch_norm and instance_norm


def in_eval_mode(kind: str, args: Sequence[object]) -> list[object]:
    """Return an operation's arguments as the same model would give them in eval mode."""
    changed = list(args)
    if kind not in _IN_EVAL:
        return changed
    place, value = _IN_EVAL[kind]
    if kind.endswith("_norm") and changed[_RUNNING_MEAN] is None:
        return changed  # nothing was tracked: it takes the batch's own statistics in both modes
    if place < len(changed):
        changed[place] = value
    return changed


def is_training(kind: str, args: Sequence[object]) -> bool:
    """Tell whether a dropout is active or a normalisation updates its statistics."""
    place, off = _IN_EVAL.get(kind, (0, None))
    return kind in _IN_EVAL and place < len(args) and args[place] != off
