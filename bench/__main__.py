"""All figures, with the machine and versions they were taken on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

from bench import ask, learning, library, llm, load, morning, structure, year

PACKAGES = ("numpy", "scipy", "scikit-learn", "wordllama", "openai")


def main() -> None:
    """Print machine and versions, then every figure."""
    packages = " · ".join(f"{name} {version(name)}" for name in PACKAGES)
    print(f"{platform.machine()} · {os.cpu_count()} cores · Python {platform.python_version()} · {packages}")
    structure.main()
    morning.main()
    llm.main()
    load.main()
    library.main()
    year.main()
    ask.main()  # from here on the process stays on one core
    learning.main()


if __name__ == "__main__":
    main()
