load helper

pt() { python3 "$ROOT/tests/fixtures/make_pt.py" "$1"; }
same() { python3 "$ROOT/tests/fixtures/same_tensors.py" "$@"; }
model() { python3 "$ROOT/tests/fixtures/make_model.py" "$@"; }

# st JSON [BYTES]: safetensors with this header, and this many bytes of data.
st() { local LC_ALL=C; le64 ${#1}; printf %s "$1"; head -c "${2:-0}" /dev/zero; }

# A limit of address space of 200 MB, where that is possible (sanitizers need more).
setup_file() {
	export LIMIT=200000
	(ulimit -v "$LIMIT" && pt2nice --version) > /dev/null 2>&1 || LIMIT=unlimited
}

limited() { (ulimit -v "$LIMIT" && exec "$@"); }

# refused FILE TEXT: status 1, nothing on standard output, one line on standard error with the text.
refused() {
	ends 1 limited pt2nice "$1"
	nothing
	says "pt2nice: $1: *$2*"
}

# refused_recipes: lines "RECIPE TEXT" of make_pt.py.
refused_recipes() {
	local recipe text n=0 recipes
	mapfile -t recipes
	python3 "$ROOT/tests/fixtures/make_pt.py" --files "${recipes[@]%% *}"
	while read -r recipe text; do
		refused "$recipe.pt" "$text"
		n=$((n + 1))
	done < <(printf '%s\n' "${recipes[@]}")
	[ $n -gt 0 ]
}

@test "pt2nice: a state dict that PyTorch wrote, bit for bit" {
	pt2nice "$ROOT/tests/fixtures/tiny.pt" > tiny.safetensors
	run -0 same "$ROOT/tests/fixtures/tiny.pt" tiny.safetensors
	[ "$output" = '13 tensors are the same' ]
	# and they are those that the fixture's script has put there
	python3 - "$ROOT/tests/oracle" tiny.safetensors <<-'END'
	import struct, sys
	sys.path[:0] = [sys.argv[1], sys.argv[1] + "/../fixtures"]
	from nice_ref import read_safetensors
	from make_model import shapes
	tensors, notes = read_safetensors(sys.argv[2])
	assert list(tensors) == [name for name, *_ in shapes(8, 6, 2, 2, 1)]
	k = 1
	for name, shape, _ in shapes(8, 6, 2, 2, 1):
	    dtype, ours, data = tensors[name]
	    assert (dtype, ours) == ("F32", shape), name
	    for value, in struct.iter_unpack("<f", data):
	        k = k * 75 % 65537
	        assert value == (k % 127 - 63) / 128, name
	END
}

@test "pt2nice: notes and layout of what it writes" {
	pt good | pt2nice > out
	version=$(pt2nice --version | sed -n 's/.* (nicetools) //p')
	json='{"__metadata__":{"origin":"PyTorch state dict","mask_config":"1","program":"nicetools '$version'","crc32":"'
	json+=$(python3 -c 'import struct, sys, zlib
texts = ["origin", "PyTorch state dict", "mask_config", "1", "program", "nicetools " + sys.argv[1], "w", "F32", "[4]"]
data = b"".join(t.encode() + b"\0" for t in texts) + struct.pack("<4f", 1, 2, 3, 4)
print("%08x" % zlib.crc32(data))' "$version")'"},'
	json+='"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'
	while [ $((${#json} % 8)) -ne 0 ]; do json+=' '; done
	{ le64 ${#json}; printf %s "$json"; bytes '\0\0\0200\0077' '\0\0\0\0100' '\0\0\0100\0100' '\0\0\0200\0100' | tr -d ' '; } > expected
	cmp expected out
}

@test "pt2nice: --mask-config sets it; the file's own stays without it" {
	pt good > good.pt
	run -0 bash -c 'pt2nice --mask-config 0 good.pt | tr -d "\0"'
	[[ $output == *'"mask_config":"0"'* ]]
	pt2nice --mask-config=0 good.pt > zero
	run -0 bash -c 'pt2nice zero | tr -d "\0"'
	[[ $output == *'"mask_config":"0"'* ]]
	run -0 bash -c 'pt2nice --mask-config 1 zero | tr -d "\0"'
	[[ $output == *'"mask_config":"1"'* ]]
	run -2 --separate-stderr pt2nice --mask-config 2 good.pt
	[[ $stderr == "pt2nice: --mask-config: '2' is not an integer from 0 to 1"* ]]
	run -2 --separate-stderr pt2nice good.pt good.pt
}

@test "pt2nice: safetensors of each type pass through bit for bit, a second time byte for byte" {
	for dtype in F16 BF16 F32 F64; do
		model 8 6 3 3 7 --dtype $dtype --mask 0 > model.st
		pt2nice model.st > once
		same model.st once
		pt2nice < once > twice
		cmp once twice
	done
}

@test "pt2nice: a pipe, a slow pipe, and a descriptor that was read from give the same" {
	model 8 6 2 2 1 > model.st
	pt2nice model.st > expected
	pt2nice - < model.st | cmp expected
	head -c 10000 model.st | pt2nice | cmp expected
	{ head -c 3 model.st; sleep 0.2; head -c 93 model.st | tail -c 90; sleep 0.2; tail -c +94 model.st; } |
		pt2nice | cmp expected
	{ echo line; cat model.st; } > behind
	{ read -r _; pt2nice; } < behind | cmp expected
}

@test "pt2nice: what torch.save may write: checkpoints, shared storages, scalars, no elements" {
	for recipe in good-byteorder good-checkpoint good-metadata good-long-beside; do
		pt $recipe | pt2nice > out
		pt good | pt2nice | cmp - out
	done
	pt good-data-parallel | pt2nice | cmp - <(pt good | pt2nice)
	pt good-module-beside | pt2nice > out
	grep -q '"module.w":' out && grep -q '"w":' out
	pt good-shared | pt2nice > out
	run -0 python3 -c "import sys; sys.path.insert(0, '$ROOT/tests/oracle')
from nice_ref import *
t = read_safetensors('out')[0]
print(*[(k, s, to_floats(d, b)) for k, (d, s, b) in t.items()], sep='\n')"
	[ "${lines[0]}" = "('v', [4], (1.0, 2.0, 3.0, 4.0))" ]
	[ "${lines[1]}" = "('w', [3, 1], (2.0, 3.0, 4.0))" ]
	pt good-tied | pt2nice > out
	[ "$(tail -c 32 out | od -An -v -tx1 | sort -u)" = "$(pt good | pt2nice | tail -c 16 | od -An -tx1)" ]
	pt good-scalar > good-scalar.pt
	run -0 bash -c 'pt2nice good-scalar.pt | tail -c 4 | od -An -tx1'
	[ "$output" = ' 00 00 80 40' ]
	pt good-empty-tensor > good-empty-tensor.pt
	run -0 bash -c 'pt2nice good-empty-tensor.pt | tail -c +9'
	[[ $output == *'"w":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}'* ]]
}

@test "pt2nice: odd but valid safetensors: unaligned, out of order, empty, escapes, spaces behind" {
	st '{}' > no-tensors
	pt2nice no-tensors > out
	st '{"b":{"dtype":"F64","shape":[1],"data_offsets":[2,10]},"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"z":{"dtype":"F32","shape":[0],"data_offsets":[2,2]}}  ' 10 > odd
	run -0 bash -c 'pt2nice odd | tail -c +9'
	[[ $output == *'"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"z":{"dtype":"F32","shape":[0],"data_offsets":[2,2]},"b":{"dtype":"F64","shape":[1],"data_offsets":[2,10]}}'* ]]
	st '{"__metadata__":{"a\"\\\n\u00e9":"\t\u20ac\ud83d\ude00"},"":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}' 4 > escapes
	pt2nice escapes > out
	python3 -c "import sys; sys.path.insert(0, '$ROOT/tests/oracle')
from nice_ref import *
t, notes = read_safetensors('out')
assert notes['a\"\\\\\\nÃ©'.encode('latin-1').decode()] == '\\t\u20ac\U0001f600', notes
assert t == {'': ('F32', [], bytes(4))}, t"
}

@test "pt2nice: nothing in a pickle is executed; what it refers to is named" {
	refused_recipes <<-'END'
	os-system os.system is refused: nothing in a model file is ever executed
	posix-system posix.system is refused
	eval builtins.eval is refused
	getattr torch.FloatStorage.__init__ is refused
	whole-model __main__.NICE is refused
	escape os.?[2Jsystem is refused
	bidirectional os.[?][?][?]metsys[?][?][?][?][?][?][?][?] is refused
	line-separator os.sys[?][?][?]tem[?][?][?] is refused
	no-width os.s[?][?][?]y[?][?][?]s[?][?][?]tem is refused
	surrogate os.[?][?][?]system is refused
	not-english os. אሴ‧ ﻾😀 is refused
	inst the opcode INST is refused
	stack-global the opcode STACK_GLOBAL is refused
	newobj the opcode NEWOBJ is refused
	ext1 the opcode EXT1 is refused
	protocol-4 protocol 4 is not supported, only 2
	reduce-storage-type found a type of storage, expected a function
	reduce-list found a list, expected a tuple
	ordered-dict-args OrderedDict with arguments is not supported
	build-attribute setting attributes of an object is not supported
	build-tensor found a tensor, expected a dict
	END
	[ ! -e executed ]
	# the recipe is a true one: Python would have run it
	python3 -c 'import pickle, zipfile; pickle.loads(zipfile.ZipFile("os-system.pt").read("archive/data.pkl"))'
	[ -e executed ]
}

@test "pt2nice: items are set in dicts only" {
	refused_recipes <<-'END'
	setitem-list found a list, expected a dict
	setitem-tensor found a tensor, expected a dict
	setitem-storage found a storage, expected a dict
	setitems-tuple found a tuple, expected a dict
	setitems-odd a key without a value
	append-dict found a dict, expected a list
	END
}

@test "pt2nice: broken pickles" {
	refused_recipes <<-'END'
	empty-pickle pickle (byte 0): unexpected end of the pickle
	underflow found nothing, expected a value
	no-mark found nothing, expected a mark
	pop-mark found nothing, expected a value
	no-stop pickle (byte 3): unexpected end of the pickle
	after-stop trailing data in pickle
	left-over trailing data in pickle
	no-opcode pickle (byte 2): unknown opcode 0xff
	memo-unset memo entry 7 is not set
	memo-gap memo entry 7 is not set
	text-too-long a string of 4294967295 bytes
	text-cut unexpected end of the pickle
	global-cut unexpected end of the pickle
	END
}

@test "pt2nice: pickle bombs stay small" {
	refused_recipes <<-'END'
	deep-tuples the pickle needs more than
	deep-dicts no state dict found
	stack values in the stack
	memo-index values in the memo
	memo-doubling not a state dict, but a tuple
	itself no state dict found
	END
}

@test "pt2nice: tensors that do not fit their storage, storages that do not fit their record" {
	refused_recipes <<-'END'
	short-storage tensor w: a storage of 4 elements (F32), but record archive/data/0 has 12 bytes
	long-storage tensor w: a storage of 4 elements (F32), but record archive/data/0 has 32 bytes
	beyond-storage tensor w: 5 elements at offset 0 exceed its storage of 4
	offset tensor w: 4 elements at offset 1 exceed its storage of 4
	offset-wraps tensor w: 9223372036854775809 elements at offset 9223372036854775807 exceed
	offset-negative negative size -1
	shape-negative negative size -4
	stride tensor w: not contiguous
	stride-zero tensor w: not contiguous
	stride-negative negative size -1
	strides-missing a tensor of 2 dimensions has 1 strides
	transposed tensor w: not contiguous
	shape-wraps tensor w: the product of its dimensions exceeds 2^64
	rank-9 a tensor has more than 8 dimensions
	numel-2-63 integer of 9 bytes, more than 8
	numel-2-62 tensor w: a storage of 4611686018427387904 elements (F32), but record
	numel-negative negative size -4
	storage-missing tensor w: record data/9 is missing
	storage-path tensor w: record data/../data.pkl is missing
	storage-int-key a storage: part 3 is an integer, not a string
	persid-module a persistent ID does not refer to a storage
	long tensor w: torch.LongStorage is not supported
	tensor-args a tensor has only 1 parts
	END
}

@test "pt2nice: names that safetensors cannot hold" {
	refused_recipes <<-'END'
	name-twice duplicate tensor 'w'
	name-nul tensor name of 2 bytes is too long or contains a NUL byte
	name-long tensor name of 5000 bytes is too long
	name-not-utf-8 name is not UTF-8
	name-metadata a tensor cannot be named __metadata__
	END
}

@test "pt2nice: a checkpoint must hold one state dict" {
	refused_recipes <<-'END'
	two more than one state dict; save only the one to convert: model; ema
	none no state dict found
	mixed not a state dict: epoch is an integer, not a tensor
	list not a state dict, but a list
	END
}

@test "pt2nice: archives that torch.save does not write" {
	refused_recipes <<-'END'
	compressed record archive/data.pkl is compressed
	bomb record archive/data.pkl is compressed
	encrypted record archive/data.pkl is encrypted
	record-twice record archive/data/0 is a duplicate
	overlapping-records record archive/data/1 overlaps another or is out of order
	no-pickle a zip archive without data.pkl
	two-pickles more than one pickle: archive/data.pkl and archive/x/data.pkl
	no-version record version is ''
	version-99 record version is '99'
	big-endian byte order 'big' is not supported, only little
	torchscript a TorchScript program, not a state dict
	checksum record archive/data/0: wrong checksum
	empty-zip a zip archive without data.pkl
	entries-claimed zip archive:
	END
}

@test "pt2nice: local headers of a zip archive that disagree with its directory" {
	refused_recipes <<-'END'
	local-name record archive/data.pkl: local header and central directory disagree
	local-method record archive/data.pkl: local header and central directory disagree
	local-checksum record archive/data.pkl: local header and central directory disagree
	local-stored record archive/data.pkl: local header and central directory disagree
	local-size record archive/data.pkl: local header and central directory disagree
	local-flags record archive/data.pkl: local header and central directory disagree
	END
	# sizes after the data, as PyTorch writes them
	tiny=$ROOT/tests/fixtures/tiny.pt
	at=$(grep -abo $'PK\x07\x08' "$tiny" | sed -n 1p)
	at=${at%%:*}
	for byte in 0 4 8 12; do
		{ head -c $((at + byte)) "$tiny"; bytes '\0252'; tail -c +$((at + byte + 2)) "$tiny"; } > descriptor.pt
		refused descriptor.pt 'record tiny/data.pkl: local header and central directory disagree'
	done
}

# What takes seconds without a limit of the format's takes minutes, or gigabytes, here.
@test "pt2nice: hostile archives take time and memory as their size does" {
	limited() { (ulimit -t 5 -v "$LIMIT" && exec "$@"); }
	refused_recipes <<-'END'
	nested no state dict found: no dict maps names to tensors
	aliases tensor w27: the tensors take more than 16 times the size of the file
	collisions a zip archive without data.pkl: not written by torch.save
	collisions-too-many zip archive: more than 131072 records
	END
}

@test "pt2nice: every recipe of make_pt.py is in a test" {
	for recipe in $(pt --list); do
		grep -qE "(^	| )${recipe}[; |]" "$BATS_TEST_FILENAME" || { echo "$recipe"; false; }
	done
}

@test "pt2nice: neither of the formats: said at once, however long the input" {
	: > empty
	refused empty 'the file is empty'
	printf 'hello' > short
	refused short 'neither safetensors nor a PyTorch file: it starts with the byte 0x68'
	refused /dev/zero 'neither safetensors nor a PyTorch file: it starts with the byte 0x00'
	run -1 --separate-stderr bash -c 'yes | timeout 10 pt2nice'
	[[ $stderr == *'neither safetensors nor a PyTorch file'* ]]
	bytes '\0200\0002\0212\0012l\0374\0234F\0371 j\0250P\0031.' > legacy
	refused legacy 'in the format of PyTorch before 1.6: save it again with torch.save(torch.load(f), g, _use_new_zipfile_serialization=True)'
	refused . 'Is a directory'
	refused missing 'No such file'
}

@test "pt2nice: a .pt cut short anywhere is refused" {
	tiny=$ROOT/tests/fixtures/tiny.pt
	size=$(wc -c < "$tiny")
	for n in 3 4 5 21 22 30 $(seq 100 211 "$size") $((size - 22)) $((size - 1)); do
		head -c "$n" "$tiny" > cut.st
		refused cut.st ''
	done
}

@test "pt2nice: safetensors cut short anywhere is refused" {
	model 4 2 1 1 1 > model.st
	size=$(wc -c < model.st)
	for n in 1 7 8 9 10 $(seq 20 29 "$size") $((size - 1)); do
		head -c "$n" model.st > cut.st
		refused cut.st ''
	done
	head -c $((size - 1)) model.st > cut.st
	refused cut.st 'unexpected end of input: 63 of 64 bytes of data'
}

# Whatever one changed byte does: status 0 or 1, and a line if it is 1.
@test "pt2nice: one wrong byte never does more than a refusal" {
	model 4 2 1 1 1 > model.st
	python3 - "$ROOT/tests/fixtures/tiny.pt" model.st <<-'END'
	import random, sys
	rng, n = random.Random(1), 0
	for path in sys.argv[1:]:
	    raw = open(path, "rb").read()
	    for _ in range(150):
	        bad = bytearray(raw)
	        bad[rng.randrange(len(raw) if path == "model.st" else 2500)] ^= 1 << rng.randrange(8)
	        open("bad%d" % n, "wb").write(bad)
	        n += 1
	END
	status0=0
	for f in bad*; do
		if pt2nice "$f" > out 2> err; then
			silent
			status0=$((status0 + 1))
		else
			[ $? -eq 1 ]
			nothing
			says "pt2nice: $f: *"
		fi
	done
	[ $status0 -gt 10 ] && [ $status0 -lt 290 ]
}

@test "pt2nice: hostile headers of safetensors" {
	w='"dtype":"F32","shape":[2],"data_offsets":[0,8]'
	{ le64 -1; printf '{}'; } > f
	refused f 'header of 18446744073709551615 bytes, more than 8388608'
	{ le64 -8; printf '{}'; } > f
	refused f 'header of 18446744073709551608 bytes, more than 8388608'
	{ le64 8388609; printf '{}'; } > f
	refused f 'header of 8388609 bytes, more than 8388608'
	{ le64 8388608; printf '{}'; } > f
	refused f 'unexpected end of input: header of 8388608 bytes, but only 2 follow'
	{ le64 3; printf '{}'; } > f
	refused f 'unexpected end of input: header of 3 bytes, but only 2 follow'
	{ le64 0; printf '{}'; } > f
	refused f 'header (byte '
	st '[]' > f
	refused f 'neither safetensors'
	st '{"w":' > f
	refused f 'header (byte '
	st '{}x' > f
	refused f 'header (byte '
	st "{\"w\":{$w},\"w\":{$w}}" 8 > f
	refused f 'duplicate object key'
	st "{\"w\":{$w,\"dtype\":\"F32\"}}" 8 > f
	refused f 'duplicate object key'
	st $'{"\xff":{'"$w}}" 8 > f
	refused f 'header (byte '
	st "{\"w\\u0000\":{$w}}" 8 > f
	refused f 'header (byte '
	st '{"__metadata__":3}' > f
	refused f '__metadata__ is not an object'
	st '{"__metadata__":{"a":3}}' > f
	refused f '__metadata__: the value of a is not a string'
}

@test "pt2nice: hostile entries of safetensors" {
	entry() { st "{\"w\":$1}" "${2:-8}" > f; }
	entry 3
	refused f 'tensor w: not an object with dtype, shape and data_offsets only'
	entry '{"dtype":"F32","shape":[2]}'
	refused f 'tensor w: not an object with dtype, shape and data_offsets only'
	entry '{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}'
	refused f 'tensor w: not an object with dtype, shape and data_offsets only'
	for dtype in I64 BOOL F8_E4M3 f32; do
		entry "{\"dtype\":\"$dtype\",\"shape\":[1],\"data_offsets\":[0,8]}"
		refused f "tensor w: dtype $dtype is not supported, only F16, BF16, F32 and F64"
	done
	for shape in 2 '[-2]' '[2.0]' '["2"]' '[[2]]' null; do
		entry "{\"dtype\":\"F32\",\"shape\":$shape,\"data_offsets\":[0,8]}"
		refused f 'tensor w: shape is not an array of non-negative integers'
	done
	for offsets in '[0]' '[0,8,8]' '[-8,0]' '{}' '[0,8.0]'; do
		entry "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":$offsets}"
		refused f 'tensor w: data_offsets is not a pair of non-negative integers'
	done
	entry '{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}'
	refused f 'tensor w: more than 8 dimensions'
	entry '{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}'
	refused f 'tensor w: the product of its dimensions exceeds 2^64'
	entry '{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}'
	refused f 'tensor w: the product of its dimensions exceeds 2^64'
	entry '{"dtype":"F32","shape":[2305843009213693951],"data_offsets":[0,9223372036854775804]}'
	refused f 'unexpected end of input: 8 of 9223372036854775804 bytes of data'
	entry '{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}'
	refused f 'too big'
	entry '{"dtype":"F32","shape":[2],"data_offsets":[8,0]}'
	refused f 'tensor w: data_offsets are 8 to 0, but the shape requires 8 bytes'
	# 0 - 8 is 2^64 - 8, the bytes of that shape; and the last end would be that of the file
	st '{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[4611686018427387902],"data_offsets":[8,0]}}' > f
	refused f 'tensor w: data_offsets are 8 to 0, but the shape requires 18446744073709551608 bytes'
	entry '{"dtype":"F32","shape":[3],"data_offsets":[0,8]}'
	refused f 'tensor w: data_offsets are 0 to 8, but the shape requires 12 bytes'
	entry '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}' 7
	refused f 'unexpected end of input: 7 of 8 bytes of data'
	entry '{"dtype":"F32","shape":[2],"data_offsets":[0,8]}' 9
	refused f 'trailing bytes after the last tensor'
	st '{}' 1 > f
	refused f 'trailing bytes after the last tensor'
}

@test "pt2nice: overlapping and hollow safetensors" {
	two() { st "{\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[$1]},\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[$2]}}" "$3" > f; }
	two 0,4 2,6 6
	refused f 'tensor w: data overlap another tensor'
	two 0,4 0,4 4
	refused f 'tensor w: data overlap another tensor'
	two 0,4 8,12 12
	refused f 'tensor w: data begin after a gap'
	two 4,8 8,12 12
	refused f 'tensor v: data begin after a gap'
}

@test "pt2nice: safetensors bombs stay small" {
	python3 -c 'import json, struct, sys
def st(name, text):
    with open(name, "wb") as f: f.write(struct.pack("<Q", len(text)) + text)
empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
st("many", json.dumps({"%x" % (70000 - i): empty for i in range(70000)}).encode())
st("deep", b"{\"w\":" + b"[" * 100000)
st("notes", json.dumps({"__metadata__": {str(i): "" for i in range(2000)}}).encode())
st("name", json.dumps({"w" * 100000: empty}).encode())'
	refused many 'more than 65536 tensors'
	refused deep 'header (byte '
	refused notes '__metadata__: more than 1000 entries of metadata'
	refused name "a tensor name is longer than 1000 bytes"
}

@test "pt2nice: a full disk" {
	[ -e /dev/full ] || skip 'needs /dev/full'
	pt good > good.pt
	run -1 --separate-stderr bash -c 'pt2nice good.pt > /dev/full'
	[[ $stderr == 'pt2nice: standard output: cannot write: '* ]]
}

@test "pt2nice: the real model, bit for bit" {
	need MODEL
	pt2nice "$MODEL" > nice.safetensors
	same "$MODEL" nice.safetensors
	pt2nice nice.safetensors | cmp nice.safetensors
}

@test "pt2nice: what is behind a zip archive is refused, a comment that belongs to it is not" {
	for more in x '\0' '\1\0x' 'PK\5\6'; do
		{ cat "$ROOT/tests/fixtures/tiny.pt"; bytes "$more"; } > long.pt
		refused long.pt 'trailing bytes after the zip archive'
	done
	size=$(wc -c < "$ROOT/tests/fixtures/tiny.pt")
	{ head -c $((size - 2)) "$ROOT/tests/fixtures/tiny.pt"; bytes '\5\0hello'; } > comment.pt
	pt2nice comment.pt | cmp - <(pt2nice "$ROOT/tests/fixtures/tiny.pt")
}
