"""The operations a replay may run."""

from epochscope.recording.graph_modes import DROPOUTS

# Overloads -> aten operations that have them. None of them writes to its arguments.
_TABLE = {
    "default": (
        "_to_copy _unsafe_view _weight_norm _weight_norm_interface abs acos addr "
        "adjoint matrix_H "
        "inner linalg_qr matrix_exp vdot "
        "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d "
        "adaptive_max_pool2d adaptive_max_pool3d addbmm addcdiv addcmul addmm addmv "
        "affine_grid_generator alias alpha_dropout amax amin argmax argmin argsort as_strided "
        "asin atan atan2 avg_pool1d avg_pool2d avg_pool3d baddbmm batch_norm bilinear "
        "binary_cross_entropy binary_cross_entropy_with_logits bincount bitwise_not bmm "
        "broadcast_tensors broadcast_to cat cauchy cdist ceil celu channel_shuffle chunk "
        "clone col2im complex concat constant_pad_nd contiguous conv_transpose1d copy cos "
        "cosh cosine_similarity count_nonzero cross cross_entropy_loss cummax cumprod cumsum "
        "det detach diag_embed diagonal diagonal_scatter digamma dist dot dropout einsum elu "
        "embedding empty_like erf erfc erfinv exp expand expand_as expm1 exponential "
        "feature_alpha_dropout feature_dropout fft_fft fft_fft2 fft_ifft fft_ifft2 fft_irfft "
        "fft_irfft2 fft_rfft fft_rfft2 flip floor frac full full_like gather gelu geometric "
        "glu grid_sampler group_norm gru_cell hardshrink hardsigmoid hardswish hardtanh "
        "huber_loss hypot im2col imag index_add index_copy index_put index_reduce "
        "index_select instance_norm inverse isclose isfinite isinf isnan item kl_div kron "
        "l1_loss layer_norm leaky_relu lgamma lift_fresh lift_fresh_copy linalg_inv "
        "linalg_matrix_norm linalg_multi_dot linalg_norm linalg_solve linalg_vector_norm "
        "linear linspace log log10 log1p log2 log_normal log_sigmoid logaddexp logcumsumexp "
        "logical_and logical_not logical_or logical_xor logit logsumexp lstm_cell mH mT "
        "matmul max_pool1d max_pool1d_with_indices max_pool2d max_pool2d_with_indices "
        "max_pool3d max_pool3d_with_indices max_unpool2d maximum minimum mish mm mse_loss "
        "multinomial mv mvlgamma nan_to_num narrow native_dropout neg new_empty new_full "
        "new_ones new_zeros nll_loss nll_loss_nd normal_functional numpy_T one_hot ones "
        "ones_like outer pad pairwise_distance permute pixel_shuffle pixel_unshuffle poisson "
        "positive prelu rand rand_like randn randn_like randperm ravel real reciprocal "
        "reflection_pad1d reflection_pad2d relu relu6 repeat replication_pad1d "
        "replication_pad2d reshape rms_norm rnn_relu_cell rnn_tanh_cell roll rot90 round "
        "rrelu rsqrt scaled_dot_product_attention scatter_add select_scatter selu sigmoid "
        "sign silu sin sinc sinh slice_scatter smooth_l1_loss softplus softshrink "
        "split_with_sizes sqrt square stack swapaxes swapdims t take_along_dim tan tanh "
        "threshold tile topk trace tril triu trunc type_as unfold uniform unsqueeze view_as "
        "view_as_complex view_as_real zero zeros zeros_like"
    ),
    "Tensor Scalar": (
        "__and__ __or__ __xor__ add bitwise_and bitwise_or bitwise_xor bucketize copysign "
        "divide eq fill fmod ge gt le lerp lt masked_fill mul multiply ne remainder rsub "
        "searchsorted sub subtract true_divide"
    ),
    "default vec": (
        "upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d "
        "upsample_nearest2d upsample_nearest3d upsample_trilinear3d"
    ),
    "int": "hsplit log_softmax select softmax transpose unbind unflatten",
    "input": "conv_transpose2d conv_transpose3d gru lstm rnn_relu rnn_tanh",
    "Tensor": "index slice xlogy",
    "default Tensor": "clamp clamp_max clamp_min",
    "default correction dim": "std var var_mean",
    "default dim": "all any mean",
    "default padding": "conv1d conv2d conv3d",
    "default dim other": "max min",
    "int intlist": "moveaxis movedim",
    "Scalar ScalarOpt_dim": "norm",
    "Scalar ScalarOther ScalarSelf self": "where",
    "Scalar Tensor_Scalar Tensor_Tensor": "pow",
    "Tensor Scalar Scalar_mode Tensor_mode": "div",
    "Tensor sizes": "split",
    "Tensor_Scalar Tensor_Tensor": "float_power",
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
    "default padding_idx": "embedding_bag",
    "default stable": "sort",
    "default start start_step": "arange",
    "device dtype dtype_layout other": "to",
    "indices sections": "tensor_split",
    "int_Scalar int_Tensor": "index_fill",
    "memory_format": "empty",
    "self_Tensor self_int": "repeat_interleave",
    "src value": "scatter",
    "two": "scatter_reduce",
    "using_ints": "flatten",
}

OPERATIONS = frozenset(
    f"aten.{name}.{overload}"
    for overloads, names in _TABLE.items()
    for name in names.split()
    for overload in overloads.split()
)

DRAWS = DROPOUTS | frozenset(
    [
        *("bernoulli", "cauchy", "exponential", "geometric", "log_normal", "multinomial"),
        *("native_dropout", "normal", "normal_functional", "poisson", "rand", "rand_like"),
        *("randint", "randint_like", "randn", "randn_like", "randperm", "rrelu", "uniform"),
    ]
)
