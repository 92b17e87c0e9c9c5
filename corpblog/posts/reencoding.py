"""The child's work on a picture: write it anew, upright and without what cameras and people wrote into it."""

from __future__ import annotations

import io
import json
from typing import Any, Final

from PIL import Image, ImageCms, ImageOps

from corpblog.policy.extraction.image import opened
from corpblog.policy.extraction.reading import Unreadable

THUMBNAIL: Final = 720  # pixels of the longer side: a card's width on a screen of double density
_QUALITY: Final = 88
_FORMATS: Final = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "WEBP": "image/webp"}
_SAVE: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "image/jpeg": ("JPEG", {"quality": _QUALITY, "optimize": True}),
    "image/webp": ("WEBP", {"quality": _QUALITY}),
    "image/png": ("PNG", {"optimize": False}),
}


def main(data: bytes, side: str = str(THUMBNAIL)) -> bytes:
    """Return a line of facts as JSON, then the picture, then its thumbnail (WebP).

    side: of the thumbnail, in pixels, the longer one.
    """
    try:
        picture = opened(data)
    except Unreadable as unreadable:
        return json.dumps({"error": unreadable.code}).encode() + b"\n"
    kind = _FORMATS.get(picture.format or "", "image/png")
    clean = _plain(picture, kind)
    whole = _saved(clean, kind)
    small = clean.convert("RGBA" if "A" in clean.getbands() else "RGB")
    small.thumbnail((int(side), int(side)))
    facts = {"kind": kind, "width": clean.width, "height": clean.height, "size": len(whole)}
    return json.dumps(facts).encode() + b"\n" + whole + _saved(small, "image/webp")


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """Return the pixels alone, as they are meant to be seen: turned as the camera says, in the usual colours."""
    upright = ImageOps.exif_transpose(picture)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    mode = "RGBA" if has_alpha and kind != "image/jpeg" else "RGB"
    coloured = _usual_colours(upright, mode)
    # A new picture: nothing that was in the old one's `info` can be written.
    plain = Image.new(mode, coloured.size)
    plain.paste(coloured)
    return plain


def _usual_colours(picture: Image.Image, mode: str) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "CMYK"}:
        try:
            usual = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(
                picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), usual, outputMode="RGB"
            )
            if turned is not None:
                return turned.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that is none: the colours stay as they are
    return picture.convert(mode)


def _saved(picture: Image.Image, kind: str) -> bytes:
    name, options = _SAVE[kind]
    buffer = io.BytesIO()
    picture.save(buffer, name, **options)
    return buffer.getvalue()
