"""The digest of a model as nicemodel(5) defines it: model_digest.py MODEL.safetensors."""
import hashlib
import json
import struct
import sys

data = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", data[:8])
header = json.loads(data[8:8 + length])
notes = header.pop("__metadata__", {})
sha = hashlib.sha256()
for text in "kind", notes.get("kind", "nice"), "mask_config", notes.get("mask_config", "1"):
    sha.update(text.encode() + b"\0")
for name in sorted(header):
    if name == "baseline":
        continue
    tensor = header[name]
    first, last = tensor["data_offsets"]
    for text in name, tensor["dtype"], ",".join(map(str, tensor["shape"])):
        sha.update(text.encode() + b"\0")
    sha.update(data[8 + length + first:8 + length + last])
print(sha.hexdigest())
