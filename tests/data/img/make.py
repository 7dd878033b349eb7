#!/usr/bin/env python3
"""Makes the images of this folder, which test_img_decode.c reads. Needs Pillow for JPEG, GIF and WebP.

All but the lossy ones show the picture of 5x3 pixels whose samples sample() says, of the colours in the name. The
header of huge.png lies.
"""
import io
import struct
import zlib

from PIL import Image

W, H = 5, 3


def sample(x, y, c):
    return 16 + 40 * x + 20 * y + 60 * c & 255


def write(name, data):
    with open(name, "wb") as f:
        f.write(data)


def pixel(x, y, kind, bits):
    """kind: "L", "LA", "RGB", "RGBA"; alpha is what must not matter."""
    n = 3 if "RGB" in kind else 1
    v = [sample(x, y, c) for c in range(n)] + ([37 * x & 255] if "A" in kind else [])
    if bits == 16:
        return [(s << 8) + 255 - s for s in v]
    return [s >> 8 - bits for s in v]


def pack(values, bits, order=">"):
    if bits == 16:
        return struct.pack(f"{order}{len(values)}H", *values)
    out, n = 0, len(values) * bits
    for v in values:
        out = out << bits | v
    return (out << -n % 8).to_bytes((n + 7) // 8, "big")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(name, kind, bits, interlaced=False, palette=None, extra=b"", size=(W, H)):
    color = {"L": 0, "RGB": 2, "P": 3, "LA": 4, "RGBA": 6}[kind]
    raw = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for y in range(y0, H, dy):
            xs = range(x0, W, dx)
            if not xs:
                continue
            row = [x + y * W if kind == "P" else v for x in xs for v in (pixel(x, y, kind, bits) if kind != "P" else [0])]
            raw += b"\0" + pack(row, bits)
    head = struct.pack(">IIBBBBB", *size, bits, color, 0, 0, interlaced)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    if palette:
        out += chunk(b"PLTE", palette)
    out += extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
    write(name, out)


def tiff(name, kind, bits, order="<", planar=1, inverted=False, orientation=1, extra_kind=2):
    n = len(kind)
    values = [[pixel(x, y, kind, bits) for x in range(W)] for y in range(H)]
    if inverted:
        values = [[[(1 << bits) - 1 - s for s in p] for p in row] for row in values]
    if planar == 1:
        strips = [b"".join(pack([s for p in row for s in p], bits, order) for row in values)]
    else:
        strips = [b"".join(pack([p[c] for p in row], bits, order) for row in values) for c in range(n)]
    color = 2 if "RGB" in kind else 0 if inverted else 1
    tags, tail = [], b""
    count = 12 + ("A" in kind)
    at = 8 + 2 + 12 * count + 4

    def tag(number, size, *v):
        nonlocal tail
        data = b"".join(struct.pack(order + {3: "H", 4: "I"}[size], x) for x in v)
        if len(data) > 4:
            where, tail = at + len(tail), tail + data
            data = struct.pack(order + "I", where)
        tags.append(struct.pack(order + "HHI", number, size, len(v)) + data.ljust(4, b"\0"))

    tag(256, 4, W)
    tag(257, 4, H)
    tag(258, 3, *[bits] * n)
    tag(259, 3, 1)
    tag(262, 3, color)
    # placed first in the tail, so that strips have a known place
    starts, place = [], at + (2 * n if 2 * n > 4 else 0) + (8 * len(strips) if len(strips) > 1 else 0)
    for s in strips:
        starts.append(place)
        place += len(s)
    tag(273, 4, *starts)
    tag(274, 3, orientation)
    tag(277, 3, n)
    tag(278, 4, H)
    tag(279, 4, *[len(s) for s in strips])
    tag(284, 3, planar)
    if "A" in kind:
        tag(338, 3, extra_kind)
    tag(339, 3, *[1] * 1)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    out = head + struct.pack(order + "H", len(tags)) + b"".join(tags) + struct.pack(order + "I", 0)
    assert len(out) == at, (len(out), at)
    out += tail
    assert len(out) == starts[0]
    write(name, out + b"".join(strips))


def saved(im, kind, **args):
    out = io.BytesIO()
    im.save(out, kind, **args)
    return out.getvalue()


def picture(kind):
    im = Image.new(kind, (W, H))
    im.putdata([tuple(pixel(x, y, kind, 8)) if len(kind) > 1 else pixel(x, y, kind, 8)[0]
                for y in range(H) for x in range(W)])
    return im


def lossy():
    im = Image.new("RGB", (24, 20))
    im.putdata([(8 * x, 10 * y, 255 - 6 * x) for y in range(20) for x in range(24)])
    return im


def indexed():
    """Pixel i of the picture has the palette's colour i."""
    im = Image.new("P", (W, H))
    im.putdata(range(W * H))
    im.putpalette([s for y in range(H) for x in range(W) for s in pixel(x, y, "RGB", 8)])
    return im


def noise():
    """64x32, and so many bytes that they are in several blocks."""
    im = Image.new("P", (64, 32))
    im.putdata([zlib.crc32(bytes([i & 255, i >> 8])) & 255 for i in range(64 * 32)])
    im.putpalette([s for i in range(256) for s in (i, 255 - i, i ^ 85)])
    return im


def main():
    palette = bytes(s for y in range(H) for x in range(W) for s in pixel(x, y, "RGB", 8))
    for kind in "L", "LA", "RGB", "RGBA":
        for bits in 8, 16:
            png(f"{kind}{bits}.png", kind, bits)
            png(f"{kind}{bits}-adam7.png", kind, bits, interlaced=True)
    for bits in 1, 2, 4:
        png(f"L{bits}.png", "L", bits)
    png("P4.png", "P", 4, palette=palette)
    png("P8.png", "P", 8, palette=palette)
    png("P8-alpha.png", "P", 8, palette=palette, extra=chunk(b"tRNS", bytes([0, 128, 0])))
    png("RGB8-key.png", "RGB", 8, extra=chunk(b"tRNS", struct.pack(">HHH", *pixel(0, 0, "RGB", 8))))
    png("L8-key.png", "L", 8, extra=chunk(b"tRNS", struct.pack(">H", *pixel(0, 0, "L", 8))))
    png("huge.png", "RGB", 8, size=(60000, 60000))
    for kind in "L", "LA", "RGB", "RGBA":
        for bits in 8, 16:
            tiff(f"{kind}{bits}.tif", kind, bits)
    tiff("L1.tif", "L", 1)
    tiff("L4.tif", "L", 4)
    tiff("L8-inverted.tif", "L", 8, inverted=True)
    tiff("L16-inverted.tif", "L", 16, order=">", inverted=True)
    tiff("RGB8-planes.tif", "RGB", 8, planar=2)
    tiff("RGB16-planes.tif", "RGB", 16, order=">", planar=2)
    tiff("RGB8-turned.tif", "RGB", 8, orientation=3)
    write("RGB8-lzw.tif", saved(picture("RGB"), "TIFF", compression="tiff_lzw"))
    write("P8.tif", saved(indexed(), "TIFF"))
    gif = saved(indexed(), "GIF", interlace=0)
    write("P8.gif", gif)
    write("P8-interlaced.gif", saved(indexed(), "GIF", interlace=1))
    write("noise.gif", saved(noise(), "GIF", interlace=0))
    write("noise-interlaced.gif", saved(noise(), "GIF", interlace=1))
    write("P8-clear.gif", saved(indexed(), "GIF", interlace=0, transparency=3))
    # the frame lies at 2, 1 on a screen of 6x5, and hangs over its right edge
    at = gif.index(b",\0\0\0\0")
    write("P8-moved.gif", gif[:6] + struct.pack("<HH", 6, 5) + gif[10:at + 1] + struct.pack("<HH", 2, 1) + gif[at + 5:])
    write("RGB8.webp", saved(picture("RGB"), "WEBP", lossless=True))
    write("RGBA8.webp", saved(picture("RGBA"), "WEBP", lossless=True, exact=True))
    second = Image.new("RGB", (W, H), (1, 2, 3))
    write("RGB8-animated.webp", saved(picture("RGB"), "WEBP", lossless=True, save_all=True, append_images=[second]))
    write("lossy.webp", saved(lossy(), "WEBP", quality=90))
    for name, args in [("444", dict(subsampling=0)), ("422", dict(subsampling=1)), ("420", dict(subsampling=2)),
                       ("progressive", dict(subsampling=2, progressive=True))]:
        write(f"lossy-{name}.jpg", saved(lossy(), "JPEG", quality=95, **args))
    write("lossy-gray.jpg", saved(lossy().convert("L"), "JPEG", quality=95))
    write("lossy-cmyk.jpg", saved(lossy().convert("CMYK"), "JPEG", quality=95))
    small = saved(picture("RGB"), "PNG")
    write("RGB8.ico", struct.pack("<HHHBBBBHHII", 0, 1, 1, W, H, 0, 0, 1, 24, len(small), 22) + small)


main()
