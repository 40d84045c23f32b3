"""The seed, read whole, is what a person once checked; ZEREN_REWRITE_GOLDEN=1 writes the file anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kg.reading import read_file
from kg.resources import data_dir

GOLDEN = Path(__file__).parent / "golden" / "bayuquan-2021-food-safety.json"
SEED = data_dir() / "documents" / "bayuquan-2021-food-safety.txt"


def test_the_seed_reads_as_the_golden_file_says() -> None:
    read = json.dumps(read_file(SEED).to_json(), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("ZEREN_REWRITE_GOLDEN") == "1":
        GOLDEN.write_text(read, encoding="utf-8")
    assert read == GOLDEN.read_text(encoding="utf-8")
