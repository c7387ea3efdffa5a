"""Reads what one image is, and its picture."""

from dataclasses import dataclass

import pyarrow as pa

from data.errors import NothingRecordedError
from data.run_files import RunFiles


@dataclass(frozen=True)
class Image:
    """One logged image (any sample: a picture is optional)."""

    image: int
    id: str
    class_: int
    class_name: str
    split: str
    slot: int  # position in its class
    path: str | None


@dataclass(frozen=True)
class Thumbnail:
    """The small picture of an image, encoded."""

    format: str  # png, jpeg
    bytes: bytes


def read_places(run: RunFiles) -> pa.Table:
    """Read class, slot, number and id of every image, ordered by class and slot.

    They are kept for this version of the run: to find those of one class takes as long as to read all.
    """
    return run.remember("image places", lambda: run.fetch("image_places", "images"))


def read_image(run: RunFiles, image: int) -> Image:
    """Read what is known of an image."""
    rows = run.fetch("image", "images", image=image).to_pylist()
    if not rows:
        raise NothingRecordedError(
            f"The run {run.name!r} has no image {image!r}; recorder.log_images records images."
        )
    row = rows[0]
    names = {class_: name for class_, name, _ in run.classes}
    return Image(
        image=row["image"],
        id=row["id"],
        class_=row["class"],
        class_name=names.get(row["class"], f"class {row['class']}"),
        split=row["split"],
        slot=row["slot"],
        path=row["path"],
    )


def read_thumbnail(run: RunFiles, image: int) -> Thumbnail:
    """Read the picture of an image."""
    rows = run.fetch("thumbnail", "thumbnails", image=image).to_pylist()
    if not rows:
        raise NothingRecordedError(
            f"The run {run.name!r} has no picture of the image {image!r};"
            " recorder.log_images keeps pictures where samples are pictures."
        )
    return Thumbnail(rows[0]["format"], rows[0]["bytes"])
