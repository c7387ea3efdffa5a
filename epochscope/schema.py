"""The tables of a recorded run: the one contract between recorder and dashboard."""

from dataclasses import dataclass

import pyarrow as pa

VERSION = 1

KINDS = ("weight", "bias", "gradient", "update", "activation", "activation_gradient")
SERIES = ("statistics", "validation")  # rows written when statistics were due; by validate()
CHANGE_THRESHOLDS = 55  # entries of change_share

FLOATS = pa.list_(pa.float32())


@dataclass(frozen=True)
class Table:
    """One table: its columns, the order its compacted rows stand in, and its row groups."""

    schema: pa.Schema
    sort: tuple[str, ...]
    row_group: int = 100_000
    group_by: str | None = None  # the first of sort, if compacted files have a group for each value


def _columns(**columns: pa.DataType) -> pa.Schema:
    # A leading underscore lets Python words name columns; a type in a tuple may be null.
    return pa.schema(
        [
            pa.field(name.strip("_"), type_[0], nullable=True)
            if isinstance(type_, tuple)
            else pa.field(name.strip("_"), type_, nullable=False)
            for name, type_ in columns.items()
        ]
    )


def _maybe(type_: pa.DataType) -> tuple[pa.DataType]:
    return (type_,)


_MAYBE_FLOAT = _maybe(pa.float32())

# Written once per run (commit records of kind "meta"), whole, under meta/<table>.parquet.
META = {
    "layers": Table(
        _columns(
            layer=pa.int32(),
            parent=_maybe(pa.int32()),
            kind=pa.string(),  # "layer" or "module"
            name=pa.string(),  # as in named_modules()
            type=pa.string(),  # class name of the module
            order=pa.int32(),  # of first execution; definition order where never called
            neurons=_maybe(pa.int32()),
            weights=pa.int64(),  # number of weights
            shape=_maybe(pa.list_(pa.int32())),  # of the weight
            activation=_maybe(pa.string()),  # "pre" or "post" non-linearity
            tied_to=_maybe(pa.int32()),  # the layer that records these weights
            frozen=pa.bool_(),
            group=_maybe(pa.string()),  # the optimizer's parameter group
        ),
        sort=("layer",),
    ),
    "classes": Table(
        _columns(class_=pa.int32(), name=pa.string(), images=pa.int32()), sort=("class",)
    ),
    "images": Table(
        _columns(
            image=pa.int32(),
            split=pa.string(),
            class_=pa.int32(),
            slot=pa.int32(),  # bit position in its class
            id=pa.string(),
            path=_maybe(pa.string()),
        ),
        sort=("class", "slot"),
    ),
    "thumbnails": Table(
        _columns(image=pa.int32(), format=pa.string(), bytes=pa.binary()), sort=("image",)
    ),
}

# Grow while training runs: files of one or more recorded steps, in L0/, L1/ and L2/.
TABLES = {
    "layer_stat": Table(
        _columns(
            step=pa.int64(),
            layer=pa.int32(),
            kind=pa.string(),
            series=pa.string(),
            previous_step=_maybe(pa.int64()),
            count=pa.int64(),
            nan=pa.int64(),
            pos_inf=pa.int64(),
            neg_inf=pa.int64(),
            min=_MAYBE_FLOAT,
            q25=_MAYBE_FLOAT,
            median=_MAYBE_FLOAT,
            q75=_MAYBE_FLOAT,
            max=_MAYBE_FLOAT,
            mean=_MAYBE_FLOAT,
            sd=_MAYBE_FLOAT,
            l0=_MAYBE_FLOAT,  # share of non-zero
            l1=_MAYBE_FLOAT,  # mean |x|
            l2=_MAYBE_FLOAT,  # root mean square
            lo=_MAYBE_FLOAT,
            hi=_MAYBE_FLOAT,
            bins=_maybe(pa.list_(pa.uint32())),  # 64 counts over [lo, hi]
            sampled=pa.bool_(),
            change=_MAYBE_FLOAT,  # 1 - cosine against previous_step
            relative=_MAYBE_FLOAT,  # |w - p| / |p|
            gradient_update_l2=_MAYBE_FLOAT,
            decay_update_l2=_MAYBE_FLOAT,
            change_share=_maybe(FLOATS),  # cumulative, 55 thresholds
        ),
        sort=("layer", "kind", "step"),
        row_group=2_000,
        group_by="layer",  # most queries are for the weights of one layer: they read one group
    ),
    "filter_stat": Table(
        _columns(
            step=pa.int64(),
            layer=pa.int32(),
            series=pa.string(),
            previous_step=_maybe(pa.int64()),
            mean=FLOATS,  # every list: one entry per filter of the layer
            sd=FLOATS,
            min=FLOATS,
            max=FLOATS,
            l2=FLOATS,
            change=_maybe(FLOATS),
            relative=_maybe(FLOATS),
            gradient_l2=_maybe(FLOATS),
            activation_mean=_maybe(FLOATS),
            activation_max=_maybe(FLOATS),
            active_share=_maybe(FLOATS),
            change_px=_maybe(pa.binary()),  # uint8 per filter: epochscope.scales
        ),
        sort=("layer", "step"),
        row_group=4_096,
        group_by="layer",  # its rows are as wide as it has filters: a query reads one group
    ),
    "filter_top": Table(
        _columns(
            step=pa.int64(),
            layer=pa.int32(),
            filter=pa.int32(),
            change=pa.float32(),
            rank_layer=pa.int32(),  # from 1
            rank_all=pa.int32(),  # from 1
        ),
        sort=("step", "rank_all"),
        row_group=30_000,
    ),
    "class_stat": Table(
        _columns(
            step=pa.int64(),
            class_=pa.int32(),
            n=pa.int32(),
            right=_maybe(pa.int32()),  # null, like bits and predicted, where nothing is predicted
            right_top5=_maybe(pa.int32()),
            loss=_MAYBE_FLOAT,
            mean_confidence=_MAYBE_FLOAT,
            bits=_maybe(pa.list_(pa.uint64())),  # bit i of the whole: image in slot i is right
            predicted=_maybe(pa.list_(pa.int32())),  # by slot; -1 = none
            confidence=_maybe(pa.list_(pa.uint8())),  # by slot; 0-254
            score=_maybe(FLOATS),  # by slot
        ),
        sort=("class", "step"),
        row_group=5_000,
    ),
    "scalar": Table(
        _columns(
            step=pa.int64(), name=pa.string(), value=pa.float64(), time=pa.timestamp("us", "UTC")
        ),
        sort=("name", "step"),
    ),
    "event": Table(
        _columns(
            step=pa.int64(),
            kind=pa.string(),
            message=pa.string(),
            detail=pa.string(),  # JSON text
            time=pa.timestamp("us", "UTC"),
        ),
        sort=("step",),
    ),
}

JOURNALLED = ("scalar", "event")
