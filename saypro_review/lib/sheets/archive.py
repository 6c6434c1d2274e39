"""The archive that a spreadsheet is, looked through before anything reads the cells in it.

Every part is unpacked once, a piece at a time, and forgotten: what its sizes say is not believed. Nothing of the content is kept.
Links to other workbooks, pictures and embedded files are let be: calamine opens the sheets and nothing else, and follows no link.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import worksheet
from .child import column_name
from .limits import RATIO_FREE, BadSheet, Limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
ENTRY = b"PK\x01\x02"  # begins each entry of the archive's list of contents
ODS = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_END = b"</office:document-content>"
PIECE = 1 << 20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NOT_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError, IndexError, OverflowError)

AGAIN = "Open it in your spreadsheet program, save it again, and upload that."
SAVE_AS = "Save it as “Excel Workbook (.xlsx)” and upload that."
UNPROTECTED = "The workbook is protected with a password. Save it without one and upload that."
UNREADABLE = {
    "xls": f"This is an old Excel workbook (.xls) or another old Office document. {SAVE_AS}",
    "xlsb": f"This is a binary Excel workbook (.xlsb). {SAVE_AS}",
    "zip": "This is an archive, not a spreadsheet. Unpack it and upload the spreadsheet in it.",
    None: "This is no Excel (.xlsx) or OpenDocument (.ods) spreadsheet. Save it as one of these, or as “CSV UTF-8”, and upload that.",
}
OTHERS = {
    "word/": "This is a text document. Copy its table into a spreadsheet, save it as “Excel Workbook (.xlsx)”, and upload that.",
    "ppt/": "This is a presentation. Copy its table into a spreadsheet, save it as “Excel Workbook (.xlsx)”, and upload that.",
    "index/document.iwa": "This is a Numbers file. Export it as Excel (.xlsx) and upload that.",
    "content.xml": "This is an OpenDocument file, and no spreadsheet. Copy its table into one, save it, and upload that.",
}
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")  # what Excel puts into an old Office container, to protect it
MACROS = re.compile(r"(?:^|/)vbaproject\.bin$|^xl/macrosheets/|^scripts/.|^basic/.*(?<!/script-lc\.xml)(?<!/script-lb\.xml)(?<!/)$")
UNREAD = "customxml/"  # of programs that add to Excel; some write UTF-16 there
DRIVE = re.compile(r"[a-z]:")
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
DROPPED = (b">Err:", b"<text:line-break", b"<text:tab")


@dataclass
class Scan:
    """What is known of the archive: `kind` is "xlsx" or "ods", `unpacked` its real size, `mend` the parts that hold what calamine
    would drop (see child.mended)."""

    kind: str
    unpacked: int = 0
    mend: set[str] = field(default_factory=set)


def looks_like(content: bytes) -> str | None:
    """What the bytes are: "xlsx", "ods", "xlsb", "xls" (an old Office container; protected workbooks are one too), "zip" (another
    archive, or a damaged one); None for anything else."""
    if content.startswith(OLE):
        return "xls"
    if not content.startswith(ZIP):
        return None
    try:
        return _kind(_opened(content, Limits()))
    except BadSheet:
        return "zip"


def scan(content: bytes, limits: Limits) -> Scan:
    """What the reading needs to know. Raises BadSheet for all that can be told without reading a cell."""
    if content.startswith(OLE) or not content.startswith(ZIP):
        protected = content.startswith(OLE) and ENCRYPTED_PACKAGE in content
        raise BadSheet(UNPROTECTED if protected else UNREADABLE[looks_like(content)])
    archive = _opened(content, limits)
    kind = _kind(archive)
    if kind not in ("xlsx", "ods"):
        names = _names(archive)
        raise BadSheet(next((text for start, text in OTHERS.items() if any(n.startswith(start) for n in names)), UNREADABLE[kind]))
    _refuse_by_name(archive)
    if kind == "ods" and b"encryption-data" in _beginning(archive, "META-INF/manifest.xml", PIECE):
        raise BadSheet(UNPROTECTED)
    found = Scan(kind)
    allowance = min(limits.unpacked, RATIO_FREE + limits.ratio * len(content))
    for entry in archive.infolist():
        part = _Part(kind, entry.filename, found)
        for piece in _pieces(archive, entry):
            found.unpacked += piece.fresh
            if found.unpacked > allowance:
                raise BadSheet(f"The file unpacks to more than {allowance // 1_000_000:,} MB. Split it, or save the sheet as “CSV UTF-8”.")
            part.look(piece)
    return found


def strayed(content: bytes, limits: Limits) -> str:
    """The cell that makes the sheet too large to be read, where cells lie far apart (XLSX); else "". Reads `content` as `scan` did."""
    last_row = last_column = cells = 0
    archive = _opened(content, limits)
    for entry in archive.infolist():
        if not _is_worksheet(_plain(entry.filename)):
            continue
        for piece in _pieces(archive, entry):
            row, column, number = worksheet.farthest(piece.text)
            last_row, last_column, cells = max(last_row, row), max(last_column, column), cells + number
    return f"{column_name(last_column)}{last_row}" if last_row * last_column > 20 * cells else ""


def _opened(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, its list of contents read. The list is counted first: reading a million entries takes seconds."""
    if content.count(ENTRY) > limits.parts:
        raise BadSheet(f"The file is an archive of more than {limits.parts:,} parts. Copy the table into a new workbook and upload that.")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except NOT_ZIP:
        raise _damaged() from None


def _kind(archive: zipfile.ZipFile) -> str:
    names = _names(archive)
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    return "ods" if "mimetype" in names and _beginning(archive, "mimetype", len(ODS)) == ODS else "zip"


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [_plain(name) for name in archive.namelist()]


def _plain(name: str) -> str:
    """The name as programs compare it."""
    return name.replace("\\", "/").lower()


def _beginning(archive: zipfile.ZipFile, name: str, size: int) -> bytes:
    """The first bytes of a part; none if it is not there."""
    if name not in archive.namelist():
        return b""
    try:
        with archive.open(name) as part:
            return part.read(size)
    except NOT_ZIP:
        raise _damaged(name) from None


def _refuse_by_name(archive: zipfile.ZipFile) -> None:
    """Raise BadSheet for what the list of contents tells."""
    seen: set[str] = set()
    for entry in archive.infolist():
        name = _plain(entry.filename)
        if entry.flag_bits & 1:
            raise BadSheet(UNPROTECTED)
        if entry.compress_type not in METHODS:
            raise BadSheet(f"The file is packed in an unusual way. {AGAIN}")
        if name.startswith("/") or ".." in name.split("/") or DRIVE.match(name):
            raise BadSheet(f"The file holds a part that would lie outside of it: {_shown(entry.filename)}. {AGAIN}")
        if name in seen:
            raise BadSheet(f"The file holds two parts called {_shown(entry.filename)}. {AGAIN}")
        if MACROS.search(name):
            raise _with_macros()
        seen.add(name)


@dataclass(frozen=True)
class _Piece:
    """Some of a part: its `fresh` last bytes, and before these the end of the piece before, so that nothing hides on the border.
    What begins at `stop` or after is in the next piece too."""

    text: bytes
    fresh: int
    stop: int


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[_Piece]:
    text, last = b"", False
    try:
        with archive.open(entry) as part:
            while not last:
                fresh = part.read(PIECE)
                last = len(fresh) < PIECE
                text = text[-worksheet.MARGIN :] + fresh
                yield _Piece(text, len(fresh), len(text) if last else len(text) - worksheet.MARGIN)
    except NOT_ZIP:
        raise _damaged(entry.filename) from None


class _Part:
    """A part of the workbook, looked at piece by piece."""

    def __init__(self, kind: str, name: str, found: Scan):
        self.name, self._found = name, found
        plain = _plain(name)
        self._cells = kind == "xlsx" and _is_worksheet(plain)
        self._texts = kind == "ods" and plain == "content.xml"
        self._xml = self._cells or (plain.endswith((".xml", ".rels")) and not plain.startswith(UNREAD))
        self._types = plain == "[content_types].xml"
        self._inside = False

    def look(self, piece: _Piece) -> None:
        """Raise BadSheet for what must not be in it; note what is to be mended."""
        text = piece.text
        if self._xml:
            self._refuse_foreign(text)
        if self._types and b"macroEnabled" in text:
            raise _with_macros()
        for fault in self._faults(piece):
            raise BadSheet(f"The file is written in a way that is not read safely: {fault} in {_shown(self.name)}. {AGAIN}")
        if (self._cells and worksheet.has_errors(text)) or (self._texts and _drops(text)):
            self._found.mend.add(self.name)

    def _faults(self, piece: _Piece) -> Iterator[str]:
        if self._cells:
            yield from worksheet.faults(piece.text, piece.stop, inside=self._inside)
            self._inside = self._inside or b"sheetData" in piece.text
        if self._texts and worksheet.repeats(piece.text):
            yield "a row or cell that is repeated more often than a sheet has rows"
        if self._texts and piece.stop == len(piece.text) and not piece.text.rstrip().endswith(ODS_END):
            raise _damaged(self.name)  # calamine would wait for the end of a table for ever

    def _refuse_foreign(self, text: bytes) -> None:
        if b"\0" in text:
            raise BadSheet(f"The file is not written in UTF-8, or damaged: {_shown(self.name)} in it holds a NUL. {AGAIN}")
        if b"!" in text and b"<!" in text and DTD.search(text):
            raise BadSheet(f"The file declares entities, which no spreadsheet program does: {_shown(self.name)} in it. {AGAIN}")


def _is_worksheet(plain: str) -> bool:
    return "worksheets/" in plain and "/_rels/" not in plain


def _drops(text: bytes) -> bool:
    """Whether calamine would drop something in this text of an ODS file; see child.mended."""
    return (b"#" in text and b">#" in text) or any(mark in text for mark in DROPPED)


def _with_macros() -> BadSheet:
    return BadSheet(
        "The workbook holds macros, which are never run here. Save it without them, as “Excel Workbook (.xlsx)”, and upload that."
    )


def _damaged(name: str = "") -> BadSheet:
    what = f": {_shown(name)} in it cannot be unpacked" if name else ""
    return BadSheet(f"The file is damaged or was cut off on its way{what}. Download it again, or open it, save it again, and upload that.")


def _shown(name: str) -> str:
    """The name of a part, for a sentence."""
    return f"“{''.join(c if c.isprintable() else '?' for c in name[:60])}”"
