"""Spreadsheets that are damaged, forged or made to harm, and what each is to be answered with."""

from __future__ import annotations

import io
import os
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable

from tests.sheets import MAIN, ODS_NAMES, OFFICE, SHEET, archive, ods, raw_ods, raw_xlsx, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOOK = xlsx([["a", "b"], [1, 2]])
OPEN = archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
UNPACKS = "unpacks to more than"
DAMAGED = "is damaged"
UNSAFE = "not read safely"
ENTITIES = "declares entities"
TOO_LONG = "takes too long"
TOO_LARGE = "takes more memory than there is"
MACROS = "holds macros"
ONE = 'office:value-type="float" office:value="1"'
XML = '<?xml version="1.0" encoding="UTF-8"?>'
FORGED_DTD = (
    f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&a;</v></c></row>'
    "</sheetData></worksheet>"
)
NO_NUMBERS = ("nan", "1e999", "0x10", "1_000", "\uff11\uff12", "-")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def row(cells: str) -> bytes:
    return raw_xlsx(f'<row r="1">{cells}</row>', shared="<si><t>hello</t></si>")


def sheet(text: str | bytes) -> bytes:
    return raw_xlsx(replace={"xl/worksheets/sheet1.xml": text})


def with_part(name: str, text: bytes | str = b"x", book: bytes = BOOK) -> bytes:
    """The workbook with one part more."""
    out = io.BytesIO(book)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, text)
    return out.getvalue()


def filled(name: str, piece: bytes, times: int) -> bytes:
    """The workbook with a part, or instead of it one, that repeats the same bytes."""
    with zipfile.ZipFile(io.BytesIO(BOOK)) as source:
        parts = {part: source.read(part) for part in source.namelist() if part != name}
    out = io.BytesIO(archive(parts))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target, target.open(name, "w") as part:
        for _ in range(times // 1000):
            part.write(piece * 1000)
    return out.getvalue()


def twice(name: str) -> bytes:
    with warnings.catch_warnings(action="ignore"):
        return with_part(name)


def patched(content: bytes, name: str, *, size: int | None = None, flag: int = 0) -> bytes:
    """The archive with lies about a part in both places: its unpacked size, its flags."""
    data = bytearray(content)
    for signature, size_at, flag_at, name_at in ((b"PK\x01\x02", 24, 8, 46), (b"PK\x03\x04", 22, 6, 30)):
        place = data.find(signature)
        while place >= 0:
            if data[place + name_at :].startswith(name.encode()):
                if size is not None:
                    struct.pack_into("<I", data, place + size_at, size)
                struct.pack_into("<H", data, place + flag_at, struct.unpack_from("<H", data, place + flag_at)[0] | flag)
            place = data.find(signature, place + 4)
    return bytes(data)


def quoted_bomb(files: int, size: int) -> bytes:
    """Parts that lie over each other: each quotes the next one's header as a stored block, and all end in one block of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(b"\0" * size) + packer.flush()
    crc, length, listed, body = zlib.crc32(b"\0" * size), size, [], data
    for number in reversed(range(files)):
        name = f"xl/media/{number}.bin".encode()
        local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0x21, crc, len(body), length, len(name), 0) + name
        listed.append((name, crc, len(body), length, local))
        quote = struct.pack("<BHH", 0, len(local), len(local) ^ 0xFFFF) + local
        length += len(local)
        crc = zlib.crc32(b"\0" * size, zlib.crc32(b"".join(entry[4] for entry in reversed(listed)))) if number else crc
        body = quote + body if number else local + body
    contents, place = b"", 0
    for name, crc, packed, length, local in reversed(listed):
        contents += (
            struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0x21, crc, packed, length, len(name), 0, 0, 0, 0, 0, place) + name
        )
        place += len(local) + 5
    return body + contents + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, files, files, len(contents), len(body), 0)


def listing(number: int, **attributes: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"{more}/>' for n in range(1, number + 1))


def ods_rows(rows: str) -> bytes:
    return raw_ods(f'<table:table table:name="S">{rows}</table:table>')


def ods_cell(attributes: str, inside: str = "", *, rows: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell {attributes}>{inside}</table:table-cell></table:table-row>'
    )


def ods_content(text: str) -> bytes:
    return raw_ods("", content=text)


# A name, what makes the file, and either a part of the refusal or (bytes) the table.
FORGED: dict[str, tuple[Callable[[], bytes], str | bytes]] = {
    # archives
    "nothing in it": (lambda: archive({}), "This is an archive, not a spreadsheet"),
    "a magic number and no more": (lambda: b"PK\x03\x04", DAMAGED),
    "a magic number before noise": (lambda: b"PK\x03\x04" + random.Random(1).randbytes(5000), DAMAGED),
    "cut off early": (lambda: BOOK[:100], DAMAGED),
    "cut off in the middle": (lambda: BOOK[: len(BOOK) // 2], DAMAGED),
    "cut off at the end": (lambda: BOOK[:-10], DAMAGED),
    "noise after the end": (lambda: BOOK + b"\xff" * 1000, b"a,b\n1,2\n"),
    "much noise after the end": (lambda: BOOK + b"\xff" * 70_000, DAMAGED),
    "noise before the beginning": (lambda: b"\xff" * 10 + BOOK, "This is no Excel"),
    "a part overwritten": (lambda: BOOK[:60] + b"\0" * 60 + BOOK[120:], DAMAGED),
    "no list of contents left": (lambda: BOOK.replace(b"PK\x01\x02", b"PK\x01\x03"), DAMAGED),
    "a list of contents that lies elsewhere": (lambda: BOOK[:-6] + b"\xff\xff\xff\x7f\0\0", DAMAGED),
    "a list of contents beyond four gigabytes": (lambda: BOOK[:-10] + b"\xff" * 8 + b"\0\0", DAMAGED),
    "six thousand parts": (lambda: archive({f"xl/p{n}": b"" for n in range(6000)}), "more than 5,000 parts"),
    "a part outside": (lambda: with_part("../../etc/cron.d/x"), "would lie outside"),
    "a part outside, for Windows": (lambda: with_part("xl\\..\\..\\x"), "would lie outside"),
    "a part at the root": (lambda: with_part("/etc/passwd"), "would lie outside"),
    "a part on a drive": (lambda: with_part("C:/x"), "would lie outside"),
    "a part twice": (lambda: twice("xl/workbook.xml"), "two parts called “xl/workbook.xml”"),
    "a part twice but for its case": (lambda: with_part("xl/Workbook.xml"), "two parts called"),
    "a protected part": (lambda: patched(BOOK, "xl/workbook.xml", flag=1), "protected with a password"),
    "an archive in it": (lambda: with_part("xl/embeddings/bomb.zip", archive({"a": b"\0" * 10_000_000})), b"a,b\n1,2\n"),
    "archives in an archive": (lambda: archive({f"{n}.zip": archive({"a": b"\0" * 1_000_000}) for n in range(16)}), "This is an archive"),
    # more in it than there seems to be
    "zeros": (lambda: filled("xl/media/zeros.bin", b"\0" * 100, 1_500_000), UNPACKS),
    "cells without end": (lambda: filled("xl/worksheets/sheet1.xml", b"<row><c><v>1</v></c></row>", 12_000_000), UNPACKS),
    "texts without end": (lambda: filled("xl/sharedStrings.xml", b"<si><t>x</t></si>", 20_000_000), UNPACKS),
    "a size that is too small": (lambda: patched(BOOK, "xl/worksheets/sheet1.xml", size=10), DAMAGED),
    "zeros and a size that is too small": (lambda: patched(with_part("xl/x", b"\0" * 90_000_000), "xl/x", size=100), DAMAGED),
    "a size that is too large": (lambda: patched(BOOK, "xl/worksheets/sheet1.xml", size=0x7FFFFFFF), b"a,b\n1,2\n"),
    "parts over each other": (lambda: quoted_bomb(100, 2_000_000), f"{UNPACKS}|{DAMAGED}"),
    # XML
    "an entity from a file": (lambda: sheet(FORGED_DTD), ENTITIES),
    "an entity from a file, in small letters": (lambda: sheet(FORGED_DTD.replace("DOCTYPE", "doctype")), ENTITIES),
    "an entity from a file, in UTF-16": (lambda: sheet(FORGED_DTD.encode("utf-16")), "not written in UTF-8"),
    "an entity from a file, in UTF-16 without mark": (lambda: sheet(FORGED_DTD.encode("utf-16-be")), "not written in UTF-8"),
    "an entity from a file, far down": (lambda: sheet(XML + " " * 1_048_570 + FORGED_DTD), ENTITIES),
    "an entity from a file, in ODS": (
        lambda: ods_content(f'{XML}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        ENTITIES,
    ),
    "a declaration in the list of relations": (
        lambda: raw_xlsx(replace={"xl/_rels/workbook.xml.rels": f"{XML}<!DOCTYPE x><Relationships/>"}),
        ENTITIES,
    ),
    "a billion laughs": (
        lambda: raw_xlsx(
            '<row><c t="s"><v>0</v></c></row>',
            replace={"xl/sharedStrings.xml": f'<!DOCTYPE s [<!ENTITY l0 "ha">{LAUGHS}]><sst xmlns="{MAIN}"><si><t>&l9;</t></si></sst>'},
        ),
        ENTITIES,
    ),
    "an entity that is not declared": (lambda: row('<c r="A1" t="str"><v>&foo;</v></c>'), DAMAGED),
    "a NUL": (
        lambda: sheet(f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>a\0b</v></c></row></sheetData></worksheet>'),
        "holds a NUL",
    ),
    "a NUL as an entity": (lambda: row('<c r="A1" t="str"><v>a&#0;b</v></c>'), DAMAGED),
    "no UTF-8": (
        lambda: sheet(
            f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>caf\xe9</v></c></row></sheetData></worksheet>'.encode("latin-1")
        ),
        DAMAGED,
    ),
    "no UTF-8 among the texts": (
        lambda: raw_xlsx('<row><c t="s"><v>0</v></c></row>', replace={"xl/sharedStrings.xml": b"<sst><si><t>\xff\xfe\x80</t></si></sst>"}),
        DAMAGED,
    ),
    "elements within elements": (lambda: sheet(f'<worksheet xmlns="{MAIN}"><sheetData>' + "<row>" * 200_000), DAMAGED),
    "texts within texts": (
        lambda: raw_xlsx('<row><c t="s"><v>0</v></c></row>', shared="<si>" + "<r>" * 200_000 + "<t>x</t>" + "</r>" * 200_000 + "</si>"),
        b"x\n",
    ),
    "tables within tables": (lambda: ods_rows(ods_cell("", "<table:table>" * 100_000)), "No sheet that is shown"),
    "an element that does not end": (lambda: sheet(f'<worksheet xmlns="{MAIN}"><sheetData><row><c r="A1"><v>1'), DAMAGED),
    "no XML": (lambda: sheet("department,kpi\nSales,1\n"), DAMAGED),
    "an empty part": (lambda: sheet(""), DAMAGED),
    # the workbook
    "no list of sheets": (lambda: raw_xlsx(replace={"xl/workbook.xml": None}), "No sheet that is shown|" + DAMAGED),
    "no sheet": (
        lambda: raw_xlsx(replace={"xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets/></workbook>'}),
        "No sheet that is shown",
    ),
    "a sheet that is not there": (lambda: raw_xlsx(replace={"xl/worksheets/sheet1.xml": None}), DAMAGED),
    "a relation that is not there": (lambda: raw_xlsx(sheets=SHEET.replace("rId1", "rId9")), DAMAGED),
    "a sheet that leads outside": (
        lambda: raw_xlsx(
            replace={"xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="/etc/passwd"/></Relationships>'}
        ),
        DAMAGED,
    ),
    "a state that there is not": (lambda: raw_xlsx(sheets=SHEET.replace("/>", ' state="x"/>')), DAMAGED),
    "a hundred thousand sheets": (
        lambda: raw_xlsx('<row r="1"><c r="A1"><v>1</v></c></row>', sheets=listing(100_000)),
        "more than 1,000 sheets",
    ),
    "a hundred thousand hidden sheets": (lambda: raw_xlsx(sheets=listing(100_000, state="hidden")), "No sheet that is shown"),
    "a name of a sheet that is a book": (lambda: raw_xlsx(sheets=SHEET.replace('"S"', f'"{"S" * 100_000}"')), "name of a sheet is longer"),
    "a name of a sheet on two lines": (lambda: raw_xlsx(sheets=SHEET.replace('"S"', '"a&#10;b"')), "or holds a line break"),
    "a thousand empty sheets": (lambda: raw_xlsx(sheets=listing(1_000)), "No sheet that is shown"),
    "a style that is not there": (lambda: row('<c r="A1" s="999999"><v>1</v></c>'), b"1\n"),
    # places
    "two cells at opposite ends": (
        lambda: raw_xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'),
        "Cell XFD1048576 lies so far",
    ),
    "two cells far apart": (lambda: row('<c r="A1"><v>1</v></c><c r="CV1000000"><v>1</v></c>'), "Cell CV1000000 lies so far"),
    "a cell in the last row": (lambda: row('<c r="B1048576"><v>1</v></c>'), b"\n" * 1_048_575 + b",1\n"),
    "a cell below the last row": (lambda: row('<c r="A1048577"><v>1</v></c>'), "more than 1,048,576 rows"),
    "a cell right of the last column": (lambda: row('<c r="XFE1"><v>1</v></c>'), "There is something in column XFE"),
    "a row that a number of 32 bits cannot hold": (lambda: row('<c r="A4294967297"><v>1</v></c>'), f"{UNSAFE}: the cell “A4294967297”"),
    "a column that a number of 32 bits cannot hold": (lambda: row('<c r="ZZZZZZZ1"><v>1</v></c>'), f"{UNSAFE}: the cell “ZZZZZZZ1”"),
    "row zero": (lambda: row('<c r="A0"><v>1</v></c>'), UNSAFE),
    "a row below zero": (lambda: row('<c r="A-1"><v>1</v></c>'), UNSAFE),
    "no place": (lambda: row('<c r=""><v>1</v></c>'), UNSAFE),
    "a range for a place": (lambda: row('<c r="A1:XFD1048576"><v>1</v></c>'), UNSAFE),
    "an entity in a place": (lambda: row('<c r="&#65;1"><v>1</v></c>'), UNSAFE),
    "a row's own number that is too large": (
        lambda: raw_xlsx('<row r="4294967295"><c><v>1</v></c></row><row><c><v>1</v></c></row>'),
        DAMAGED + "|rows",
    ),
    "a row's own number that is huge": (lambda: raw_xlsx('<row r="99999999999999999999"><c><v>1</v></c></row>'), DAMAGED + "|rows"),
    "a declared size that is not so": (
        lambda: sheet(
            f'<worksheet xmlns="{MAIN}"><dimension ref="A1:XFD1048576"/><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>'
        ),
        b"1\n",
    ),
    "merged cells everywhere": (
        lambda: sheet(
            f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c></row></sheetData><mergeCells>'
            + '<mergeCell ref="A1:XFD1048576"/>' * 1000
            + "</mergeCells></worksheet>"
        ),
        b"1\n",
    ),
    # values
    "a text of a number below zero": (lambda: row('<c r="A1" t="s"><v>-1</v></c>'), f"{UNSAFE}: a cell whose text is nowhere"),
    "a text of a number that is none": (lambda: row('<c t="s" r="A1"><v>x</v></c>'), UNSAFE),
    "a text of a huge number": (lambda: row('<c r="A1" t="s"><v>99999999999999999999</v></c>'), UNSAFE),
    "a text that is not there": (lambda: row('<c r="A1" t="s"><v>5</v></c>'), DAMAGED),
    "a type that there is not": (lambda: row('<c r="A1" t="zz"><v>5</v></c>'), DAMAGED),
    "a truth that is neither": (lambda: row('<c r="A1" t="b"><v>2</v></c>'), DAMAGED),
    "numbers that are none": (
        lambda: row("".join(f'<c r="{column}1"><v>{text}</v></c>' for column, text in zip("ABCDEF", NO_NUMBERS, strict=True))),
        "nan,inf,0x10,1_000,\uff11\uff12,-\n".encode(),
    ),
    "a number with a comment in it": (lambda: row('<c r="A1"><v>1<!-- 0 -->2</v></c>'), f"{UNSAFE}: a comment"),
    "a number with an instruction in it": (lambda: row('<c r="A1"><v>1<?x?>2</v></c>'), f"{UNSAFE}: a comment"),
    "a number quoted as text": (lambda: row('<c r="A1" t="str"><v><![CDATA[1]]></v></c>'), f"{UNSAFE}: a comment"),
    "a long cell": (
        lambda: row(f'<c r="A1" t="inlineStr"><is><t>{"x" * 10_001}</t></is></c>'),
        "Cell A1 of the sheet “S” holds more than 10,000",
    ),
    "a cell of twenty million letters": (lambda: row(f'<c r="A1" t="inlineStr"><is><t>{"x" * 20_000_000}</t></is></c>'), "Cell A1 of"),
    "one text in very many cells": (
        lambda: raw_xlsx(
            "<row>" + '<c t="s"><v>0</v></c>' * 1900 + "</row>" + ("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 2000,
            shared=f"<si><t>{'x' * 9000}</t></si>",
        ),
        TOO_LARGE,
    ),
    "a duration longer than time": (
        lambda: raw_xlsx(
            '<row r="1"><c r="A1" s="0"><v>1e300</v></c></row>',
            replace={"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="46"/></cellXfs></styleSheet>'},
        ),
        "Row 1 of the sheet “S” holds a duration",
    ),
    # ODS
    "ODS: rows repeated": (lambda: ods_rows(ods_cell(ONE, rows=1_000_000_000)), f"{UNSAFE}: a row or cell that is repeated"),
    "ODS: cells repeated": (lambda: ods_rows(ods_cell(f'table:number-columns-repeated="2000000000" {ONE}')), UNSAFE),
    "ODS: cells repeated to the last column": (
        lambda: ods_rows(ods_cell(f'table:number-columns-repeated="16384" {ONE}')),
        "something in column XFD",
    ),
    "ODS: rows and cells repeated": (
        lambda: ods_rows(ods_cell(f'table:number-columns-repeated="16384" {ONE}', rows=1_048_576)),
        f"{DAMAGED}|{TOO_LARGE}",
    ),
    "ODS: rows repeated again and again": (lambda: ods_rows(ods_cell(ONE, rows=1_000_000) * 50), f"rows|{TOO_LARGE}"),
    "ODS: a gap without end": (lambda: ods_rows(ods_cell(ONE) + ods_cell("", rows=1_000_000) * 9 + ods_cell(ONE)), f"rows|{TOO_LARGE}"),
    "ODS: blank rows without end": (lambda: ods_rows(ods_cell(ONE) + ods_cell("", rows=4_000_000_000)), UNSAFE),
    "ODS: blank rows to the last and beyond": (lambda: ods_rows(ods_cell(ONE) + ods_cell("", rows=1_048_576)), b"1\n"),
    "ODS: repeated more often than numbers go": (lambda: ods_rows(ods_cell("", rows=10**30)), UNSAFE),
    "ODS: repeated less than never": (lambda: ods_rows(ods_cell("", rows=-1)), DAMAGED),
    "ODS: blanks without end": (
        lambda: ods_rows(ods_cell('office:value-type="string"', '<text:p>a<text:s text:c="4000000000"/></text:p>')),
        f"{DAMAGED}|{TOO_LARGE}|Cell A1",
    ),
    "ODS: a number that is none": (lambda: ods_rows(ods_cell('office:value-type="float" office:value="1,5"')), DAMAGED),
    "ODS: a table that does not end": (lambda: raw_ods('<table:table table:name="S">' + ods_cell(ONE)), TOO_LONG),
    "ODS: content cut off": (lambda: ods_content(f'{XML}<office:document-content {ODS_NAMES}><table:table table:name="S">'), DAMAGED),
    "ODS: no content": (lambda: OPEN, DAMAGED),
    "ODS: protected": (
        lambda: raw_ods(
            "", manifest="<m:manifest><m:file-entry><manifest:encryption-data/></m:file-entry></m:manifest>", content=os.urandom(999)
        ),
        "protected with a password",
    ),
    "ODS: another kind of document": (lambda: raw_ods("", mimetype="application/vnd.oasis.opendocument.text"), "no spreadsheet"),
    # macros
    "macros": (lambda: with_part("xl/vbaProject.bin"), MACROS),
    "macros on a sheet": (lambda: with_part("xl/macrosheets/sheet1.xml"), MACROS),
    "macros by its type": (
        lambda: raw_xlsx(replace={"[Content_Types].xml": "<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>"}),
        MACROS,
    ),
    "ODS: macros": (lambda: with_part("Basic/Standard/Module1.xml", book=ods([[1]])), MACROS),
    "ODS: scripts": (lambda: with_part("Scripts/python/x.py", book=ods([[1]])), MACROS),
    "ODS: an empty library": (lambda: with_part("Basic/Standard/script-lb.xml", "<x/>", book=ods([[1]])), b"1\n"),
    # other files
    "an old workbook": (lambda: OLE + b"\0" * 2000, "old Excel workbook"),
    "a protected workbook": (lambda: OLE + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "protected with a password"),
    "a binary workbook": (lambda: archive({"xl/workbook.bin": b"x", "xl/worksheets/sheet1.bin": b"x"}), "binary Excel workbook"),
    "a letter": (lambda: archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "This is a text document"),
    "slides": (lambda: archive({"ppt/presentation.xml": "<p/>"}), "This is a presentation"),
    "a file of Numbers": (lambda: archive({"Index/Document.iwa": b"x"}), "This is a Numbers file"),
    "a program": (lambda: archive({"META-INF/MANIFEST.MF": b"x", "Main.class": b"x"}), "This is an archive"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "This is no Excel"),
    "a text": (lambda: b"department,kpi\n", "This is no Excel"),
    "nothing": (lambda: b"", "This is no Excel"),
}


def forged(name: str) -> tuple[bytes, str | bytes]:
    """The file, and what it is to be answered with."""
    make, expected = FORGED[name]
    return make(), expected
