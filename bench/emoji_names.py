"""Write Slack's table of emoji names anew: `python -m bench.emoji_names emoji.json > bot/emoji_names.tsv`.

`emoji.json` is in the package emoji-datasource of npm, whose names are Slack's own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main() -> None:
    """Print one line for each emoji: the picture, a tab, and its names."""
    print("# Slack's short names; made by bench/emoji_names.py from emoji-datasource")
    for emoji in sorted(json.loads(Path(sys.argv[1]).read_text("utf-8")), key=lambda one: one["unified"]):
        if emoji["category"] == "Component":
            continue  # a swatch of skin is a part of an emoji and none by itself
        picture = "".join(chr(int(point, 16)) for point in emoji["unified"].split("-"))
        print(picture, " ".join(emoji["short_names"]), sep="\t")


if __name__ == "__main__":
    main()
