"""A recording of the demo: slides as a silent film that every browser plays, made from their pictures alone.

Each slide is one H.264 picture of uncompressed macroblocks (ITU-T H.264, 7.3.5.3 and table 7-11: I_PCM), which needs no
encoder; ISO/IEC 14496-12 and -15 say how such pictures lie in an MP4 file.
"""

import struct
import zlib

import numpy as np

BLOCK = 16
BLACK, WHITE = 16, 235  # of luma; no byte of a picture is 0, so that nothing in it looks like a start code


def film(pictures: list[bytes], seconds: int) -> bytes:
    """An MP4 file that shows each picture (PNG, red-green-blue-alpha, sides in whole blocks of 16) for so many seconds."""
    shown = [_pixels(picture) for picture in pictures]
    height, width, _channels = shown[0].shape
    samples = [_sample(pixels, number) for number, pixels in enumerate(shown)]
    kind = _box(b"ftyp", b"isom", _u32(512), b"isomavc1")
    start = len(kind) + 8
    return kind + _box(b"mdat", *samples) + _movie([len(held) for held in samples], start, seconds, width, height)


def _pixels(png: bytes) -> np.ndarray:
    """Height by width by four, of a PNG with eight bits a channel (PNG, third edition, 9.2: filters undone)."""
    place, data, width, height = 8, b"", 0, 0
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        kind, body = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body)
        data += body if kind == b"IDAT" else b""
        place += length + 12
    rows = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + 4 * width)
    above, undone = np.zeros((width, 4), np.uint8), []
    for row in rows:
        above = _undo(int(row[0]), row[1:].reshape(width, 4), above)
        undone.append(above)
    return np.stack(undone)


def _undo(kind: int, row: np.ndarray, above: np.ndarray) -> np.ndarray:
    if kind in (0, 2):
        return row + above * np.uint8(kind // 2)
    if kind == 1:
        return np.cumsum(row, axis=0, dtype=np.uint8)
    found, left, corner = [], [0] * 4, [0] * 4
    for pixel, over in zip(row.tolist(), above.tolist(), strict=True):
        guess = [(a + b) // 2 if kind == 3 else _paeth(a, b, c) for a, b, c in zip(left, over, corner, strict=True)]
        left, corner = [(value + g) % 256 for value, g in zip(pixel, guess, strict=True)], over
        found.append(left)
    return np.array(found, np.uint8)


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def _sample(pixels: np.ndarray, number: int) -> bytes:
    """One picture as a slice of I_PCM macroblocks, with its length before it."""
    red, green, blue = (pixels[..., channel].astype(float) for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue  # ITU-R BT.601
    planes = [
        _blocks(BLACK + luma * (WHITE - BLACK) / 255, BLOCK),
        *(
            _blocks(_halved(128 + (colour - luma) * scale), BLOCK // 2)
            for colour, scale in ((blue, 0.496), (red, 0.627))
        ),
    ]
    content = np.concatenate(planes, axis=1)
    intra_pcm = np.tile(np.frombuffer(b"\x0d\x00", np.uint8), (len(content), 1))  # ue(25), then zeros to a whole byte
    rest = np.concatenate([intra_pcm, content], axis=1).tobytes()[2:]
    first = _bits(_ue(0), _ue(7), _ue(0), "0000", _ue(number % 2), "00", _ue(0), _ue(1), _ue(25))
    slice_of = b"\x65" + first + rest + b"\x80"
    return _u32(len(slice_of)) + slice_of


def _blocks(plane: np.ndarray, side: int) -> np.ndarray:
    """A row for each macroblock, with its part of the plane."""
    height, width = plane.shape
    tiles = np.clip(np.rint(plane), BLACK, 240).astype(np.uint8).reshape(height // side, side, width // side, side)
    return tiles.swapaxes(1, 2).reshape(-1, side * side)


def _halved(plane: np.ndarray) -> np.ndarray:
    height, width = plane.shape
    return plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))


def _ue(value: int) -> str:
    """A whole number as H.264 writes it (9.1, Exp-Golomb)."""
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def _bits(*parts: str) -> bytes:
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _sets(width: int, height: int) -> tuple[bytes, bytes]:
    """Sequence and picture parameter sets (7.3.2.1, 7.3.2.2) of the constrained baseline profile."""
    sequence = b"\x67\x42\xc0\x1e" + _bits(
        _ue(0), _ue(0), _ue(2), _ue(1), "0", _ue(width // BLOCK - 1), _ue(height // BLOCK - 1), "11000", "1"
    )
    picture = b"\x68" + _bits(_ue(0), _ue(0), "00", _ue(0), _ue(0), _ue(0), "000", _ue(0), _ue(0), _ue(0), "100", "1")
    return sequence, picture


def _movie(sizes: list[int], start: int, seconds: int, width: int, height: int) -> bytes:
    count, length = len(sizes), len(sizes) * seconds
    unity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    sequence, picture = _sets(width, height)
    config = b"\x01" + sequence[1:4] + b"\xff\xe1" + struct.pack(">H", len(sequence)) + sequence
    config += b"\x01" + struct.pack(">H", len(picture)) + picture
    looks = struct.pack(">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 24, -1)
    table = _box(
        b"stbl",
        _full(b"stsd", _u32(1), _box(b"avc1", looks, _box(b"avcC", config))),
        _full(b"stts", _u32(1, count, seconds)),
        _full(b"stsc", _u32(1, 1, count, 1)),
        _full(b"stsz", _u32(0, count, *sizes)),
        _full(b"stco", _u32(1, start)),
    )
    data = _box(b"dinf", _full(b"dref", _u32(1), _full(b"url ", flags=1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", _u32(0, 0, 1, length), b"\x55\xc4\0\0"),
        _full(b"hdlr", _u32(0), b"vide", bytes(12), b"slides\0"),
        _box(b"minf", _full(b"vmhd", bytes(8), flags=1), data, table),
    )
    track = _full(b"tkhd", _u32(0, 0, 1, 0, length), bytes(16), unity, _u32(width << 16, height << 16), flags=3)
    head = _full(b"mvhd", _u32(0, 0, 1, length, 0x10000), b"\1\0", bytes(10), unity, bytes(24), _u32(2))
    return _box(b"moov", head, _box(b"trak", track, media))


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return _u32(len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(kind, _u32(flags), *parts)


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)
