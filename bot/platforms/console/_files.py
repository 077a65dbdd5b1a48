"""Files a reader is sent."""

from __future__ import annotations

from pathlib import Path


def write_new(folder: Path, filename: str, content: bytes) -> Path:
    """Write a new file into the folder; a name that is taken gets a number.

    Only the last part of `filename` counts, so nothing is written elsewhere. Returns the path.

    Raises:
        OSError: it cannot be written.
    """
    name = Path(filename.replace("\\", "/").replace("\0", "")).name.lstrip(".") or "file"
    folder.mkdir(parents=True, exist_ok=True)
    path, count = folder / name, 1
    while True:
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            count += 1
            path = folder / f"{Path(name).stem}-{count}{Path(name).suffix}"
        else:
            return path
