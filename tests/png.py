"""PNG files by recipe, with nothing but zlib: what libpng reads is checked against this writer.

png.py good writes pictures of all kinds, NAME.png, and the records that they must become, NAME.u8,
NAME.f32, NAME.f64. png.py hostile writes files that break the format, and prints for each its name
and what the message about it must hold; nothing, if the file is good after all.
"""
import random, struct, sys, zlib
from fractions import Fraction

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, data, crc=None):
    return struct.pack(">I", len(data)) + name + data + struct.pack(
        ">I", zlib.crc32(name + data) if crc is None else crc)


def header(height, width, depth, colour, interlaced=False):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = chunk(b"IEND", b"")


def scanlines(pixels, depth, x0=0, y0=0, dx=1, dy=1):
    """Rows of filter type 0, the samples packed from the top bit on."""
    out = b""
    for row in pixels[y0::dy]:
        samples = [s for pixel in row[x0::dx] for s in pixel]
        if not samples:
            return b""
        bits = "".join(format(s, "0%db" % depth) for s in samples)
        bits += "0" * (-len(bits) % 8)
        out += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return out


class Picture:
    def __init__(self, height, width, depth, colour, interlaced=False, palette=None, trns=None):
        r = random.Random(repr((height, width, depth, colour)))
        top = len(palette) if palette else 1 << depth
        self.depth, self.colour, self.interlaced = depth, colour, interlaced
        self.palette, self.trns = palette, trns
        self.pixels = [[tuple(r.randrange(top) for _ in range(CHANNELS[colour])) for _ in range(width)]
                       for _ in range(height)]
        if trns and colour in (GREY, RGB):
            self.pixels[0][0] = trns

    def png(self):
        passes = ADAM7 if self.interlaced else [(0, 0, 1, 1)]
        data = zlib.compress(b"".join(scanlines(self.pixels, self.depth, *p) for p in passes))
        out = SIGNATURE + header(len(self.pixels), len(self.pixels[0]), self.depth, self.colour, self.interlaced)
        if self.palette:
            out += chunk(b"PLTE", b"".join(bytes(c) for c in self.palette))
        if self.trns:
            out += chunk(b"tRNS", bytes(self.trns) if self.colour == PALETTE
                         else struct.pack(">%dH" % len(self.trns), *self.trns))
        half = len(data) // 2  # two IDAT chunks
        return out + chunk(b"IDAT", data[:half]) + chunk(b"IDAT", data[half:]) + END

    def value(self, p):
        """The exact value of a pixel: luma of ITU-R BT.601, over black."""
        top, opacity = (1 << self.depth) - 1, Fraction(1)
        if self.colour == PALETTE:
            if self.trns and p[0] < len(self.trns):
                opacity = Fraction(self.trns[p[0]], 255)
            p, top = self.palette[p[0]], 255
        elif self.trns and p == self.trns:
            opacity = Fraction(0)
        if self.colour in (GREY_ALPHA, RGBA):
            opacity, p = Fraction(p[-1], top), p[:-1]
        r, g, b = p if len(p) == 3 else p * 3
        return Fraction(299 * r + 587 * g + 114 * b, 1000 * top) * opacity

    def record(self, kind):
        values = [self.value(p) for row in self.pixels for p in row]
        if kind == "u8":
            return bytes((255 * v + Fraction(1, 2)).__floor__() for v in values)
        return b"".join(struct.pack("<f" if kind == "f32" else "<d", f32(v)) for v in values)


def f32(q):
    """The float32 nearest to q, by exact comparison with its neighbours."""
    bits = struct.unpack("<I", struct.pack("<f", float(q)))[0]
    near = [struct.unpack("<f", struct.pack("<I", b))[0] for b in (max(bits, 1) - 1, bits, bits + 1)]
    return min(near, key=lambda v: abs(Fraction(v) - q))


def ramp(height, width, depth):
    """All grey values in order."""
    p = Picture(height, width, depth, GREY)
    p.pixels = [[(y * width + x,) for x in range(width)] for y in range(height)]
    return p


COLOURS = [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 34, 56), (200, 100, 50), (1, 2, 3),
           (99, 98, 97), (7, 7, 7), (128, 128, 128), (254, 255, 1), (3, 1, 4), (15, 92, 65), (35, 89, 79), (32, 38, 46)]

PICTURES = {"ramp8": ramp(16, 16, 8), "ramp16": ramp(256, 256, 16)}
for i in "", "i":
    for h, w in (7, 13), (1, 1), (3, 2), (9, 5):
        size = "-%dx%d" % (h, w)
        for d in 1, 2, 4, 8, 16:
            PICTURES["grey%d%s%s" % (d, i, size)] = Picture(h, w, d, GREY, bool(i))
            PICTURES["grey%dt%s%s" % (d, i, size)] = Picture(h, w, d, GREY, bool(i), trns=((1 << d) - 1,))
            if d <= 8:
                n = min(1 << d, len(COLOURS))
                PICTURES["palette%d%s%s" % (d, i, size)] = Picture(h, w, d, PALETTE, bool(i), COLOURS[:n])
                PICTURES["palette%dt%s%s" % (d, i, size)] = Picture(h, w, d, PALETTE, bool(i), COLOURS[:n], (128, 3)[:n])
            if d >= 8:
                PICTURES["rgb%d%s%s" % (d, i, size)] = Picture(h, w, d, RGB, bool(i))
                PICTURES["rgb%dt%s%s" % (d, i, size)] = Picture(h, w, d, RGB, bool(i), trns=(1, 2, 3))
                PICTURES["greyalpha%d%s%s" % (d, i, size)] = Picture(h, w, d, GREY_ALPHA, bool(i))
                PICTURES["rgba%d%s%s" % (d, i, size)] = Picture(h, w, d, RGBA, bool(i))

GOOD = ramp(16, 16, 8)
LINES = scanlines(GOOD.pixels, 8)


def file(*chunks, head=header(16, 16, 8, GREY), data=chunk(b"IDAT", zlib.compress(LINES)), end=END):
    return SIGNATURE + head + b"".join(chunks) + data + end


def hostile():
    """Name: (file, what the message must hold); None: it is a good one; "? ...": may be one."""
    return {
        "huge": (file(head=header(100000, 100000, 8, GREY)), "100000x100000 pixels (height x width) are too many"),
        "wide": (file(head=header(1, 65537, 16, RGBA)), "1x65537 pixels (height x width) are too many"),
        "tall": (file(head=header(65537, 1, 8, GREY)), "65537x1 pixels (height x width) are too many"),
        "area": (file(head=header(4097, 4096, 16, RGBA, True)), "4097x4096 pixels (height x width) are too many"),
        "most": (file(head=header(2**31 - 1, 2**31 - 1, 16, RGBA)), "too many"),
        "zero": (file(head=header(0, 16, 8, GREY)), "PNG: Invalid IHDR data"),
        "depth": (file(head=header(16, 16, 3, GREY)), "PNG: Invalid IHDR data"),
        "crc": (file(data=chunk(b"IDAT", zlib.compress(LINES), 1)), "PNG: IDAT: CRC error"),
        "headcrc": (file(head=header(16, 16, 8, GREY)[:-1] + b"x"), "PNG: IHDR: CRC error"),
        "textcrc": (file(chunk(b"tEXt", b"a\0b", 1)), "PNG: tEXt: CRC error"),
        "short": (file(data=chunk(b"IDAT", zlib.compress(LINES[:-1]))), "PNG: Not enough image data"),
        "long": (file(data=chunk(b"IDAT", zlib.compress(LINES + b"\0"))), "PNG: IDAT: Too much image data"),
        "bomb": (file(data=chunk(b"IDAT", zlib.compress(LINES + bytes(10**8)))), "PNG: IDAT: Too much image data"),
        "extra": (file(data=chunk(b"IDAT", zlib.compress(LINES) + b"\0" * 9)), "PNG: IDAT: Extra compressed data"),
        "deflate": (file(data=chunk(b"IDAT", b"\x78\x9c\xff\xff")), "PNG: IDAT: invalid block type"),
        "adler": (file(data=chunk(b"IDAT", zlib.compress(LINES)[:-1] + b"x")), "PNG: IDAT: "),
        "filter": (file(data=chunk(b"IDAT", zlib.compress(b"\5" + LINES[1:]))), "PNG: bad adaptive filter value"),
        "nodata": (SIGNATURE + header(16, 16, 8, GREY) + END, "PNG: "),
        "nopalette": (file(head=header(16, 16, 8, PALETTE)), "PNG: "),
        "critical": (file(chunk(b"ABCD", b"")), "PNG: ABCD: unhandled critical chunk"),
        "length": (file(struct.pack(">I", 2**32 - 1) + b"tEXt"), "PNG: "),
        # Refused by libpng before 1.6.45 or so, skipped by newer ones.
        "text": (file(chunk(b"tEXt", b"a\0" + bytes(8000001))), "? PNG: tEXt: chunk data is too large"),
        "trailing": (file() + b"\0", "trailing bytes after the picture"),
        "twice": (file() + file(), "trailing bytes after the picture"),
        "jpeg": (b"\xff\xd8\xff\xe0 and so on", "not a PNG file: it starts with the bytes ff d8 ff e0"),
        "empty": (b"", "unexpected end of the PNG file"),
        # Good ones, whose ancillary chunks are skipped, whatever is in them.
        "texts": (file(*[chunk(b"tEXt", b"a\0b")] * 5000), None),
        "ztxt": (file(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))), None),
        "profile": (file(chunk(b"iCCP", b"a\0\0junk"), chunk(b"gAMA", b"\0\0\0\1"), chunk(b"sBIT", b"\1")), None),
        "time": (file(chunk(b"tIME", b"junk")), None),
    }


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


if __name__ == "__main__":
    if sys.argv[1:] == ["good"]:
        for name, picture in PICTURES.items():
            write(name + ".png", picture.png())
            for kind in "u8", "f32", "f64":
                write(name + "." + kind, picture.record(kind))
    else:
        for name, (data, message) in hostile().items():
            write(name + ".png", data)
            print(name, message or "")
